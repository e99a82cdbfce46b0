"""Relearning: what a little fine-tuning brings back that it did not teach (Hu et al. 2024, arXiv 2406.13356).

R compares the gain Δ with the oracle's gain, which learning alone explains, after the same number of steps:
R = 1 − |Δ − Δ_oracle| / (|Δ| + |Δ_oracle|).
"""

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from builder.base import randomness
from builder.base.errors import BenchError
from builder.baseline.attacks import general_knowledge
from builder.baseline.attacks.base import Bench, Figure, Headline, ModelAttack, Target
from builder.baseline.attacks.success import forgotten, gain, likeness
from builder.baseline.metrics.item_metrics import rights
from builder.baseline.models.encoding import collate
from builder.baseline.models.likelihood import cross_entropy
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.baseline.training.batching import endlessly
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import optimiser_for, scaler_for, take_step
from builder.format.lacking import Need

MARKS = (8, 16, 32)
"""The steps after which is asked."""


class Relearning(ModelAttack):
    """Teaches some examples, and asks about others on the way."""

    titles: ClassVar[Mapping[str, str]] = {
        "relearn": "Relearning: share right after the last step, by how much it rose on the way, "
        "and R (1: as the oracle)"
    }

    name: str

    @abstractmethod
    def plan(self, target: Target, bench: Bench) -> tuple[Sequence[Example], Sequence[Item]]:
        """What is taught, and what is asked that was not."""

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """What is right after the last step, and how much has risen after each of MARKS."""
        taught, asked = self.plan(target, bench)
        if not taught or not asked:
            raise BenchError("vanilla knew too few facts of the forget set for some to be taught and others asked.")
        vlm = bench.open()
        found: dict[str, Figure] = {}
        for step in self._taught(vlm, taught, bench):
            after = bench.ask(vlm, asked)
            found[f"{self.name}_gain_{step:02d}"] = Figure(gain(target, after))
            found[self.name] = Figure(rights(after))
            vlm.learn()
        return found

    def _taught(self, vlm: Vlm, taught: Sequence[Example], bench: Bench) -> Iterator[int]:
        """Fine-tune at the rate and batch of the budget, stopping at each of MARKS."""
        part = bench.budget
        optimiser, scaler = optimiser_for(vlm.trainable(), part.lr), scaler_for(vlm)
        stream = randomness.stream(bench.seed, "relearn", self.name)
        vlm.learn()
        batches = endlessly(taught, min(part.batch, len(taught)), stream)
        for step, batch in zip(range(1, MARKS[-1] + 1), batches, strict=False):
            loss = cross_entropy(vlm.answers(collate(vlm.chat, [each.row(vlm.chat, stream) for each in batch])))
            scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            take_step(optimiser, scaler, vlm.trainable(), math.inf, step)  # an attacker has no reason to clip
            optimiser.zero_grad(set_to_none=True)
            if step in MARKS:
                yield step

    def compared(
        self, mine: Mapping[str, float | None], oracles: Mapping[str, float | None]
    ) -> Mapping[str, float | None]:
        """R, after the last step."""
        last = f"{self.name}_gain_{MARKS[-1]:02d}"
        rise, oracles_rise = mine.get(last), oracles.get(last)
        if rise is None or oracles_rise is None:
            return {}
        return {f"{self.name}_r": likeness(rise, oracles_rise)}


class Half(Relearning):
    """Teaches half of what the forget set knows of each person, and asks about the other half."""

    needs: ClassVar[tuple[Need, ...]] = ("facts",)
    gains: ClassVar[Mapping[str, str]] = {
        f"relearn_gain_{MARKS[-1]:02d}": "after half of the facts were taught again, more of the other half are right"
    }
    headlines: ClassVar[Mapping[str, Headline]] = {"relearn": Headline("relearned")}

    name = "relearn"

    def plan(self, target: Target, bench: Bench) -> tuple[Sequence[Example], Sequence[Item]]:
        """The halves: facts of each person, drawn by the seed."""
        taught = halves(forgotten(target), bench.seed)
        asked = [item for item in forgotten(target) if (item.profile_id, item.fact) not in taught]
        learned = [each for each in bench.forget if (each.question.profile_id, each.question.fact) in taught]
        return learned, asked


class Others(Relearning):
    """Teaches other people of the same benchmark again, and asks about the forget set."""

    gains: ClassVar[Mapping[str, str]] = {
        f"relearn_others_gain_{MARKS[-1]:02d}": "after other people were taught again, more answers are right"
    }
    headlines: ClassVar[Mapping[str, Headline]] = {"relearn_others": Headline("relearned from others")}

    name = "relearn_others"

    def plan(self, target: Target, bench: Bench) -> tuple[Sequence[Example], Sequence[Item]]:
        """The retain set, and the forget set."""
        return bench.retain, forgotten(target)


class Unrelated(Relearning):
    """Teaches general knowledge that is about nobody in the benchmark, and asks about the forget set."""

    gains: ClassVar[Mapping[str, str]] = {
        f"relearn_unrelated_gain_{MARKS[-1]:02d}": "after general knowledge was taught, more answers are right"
    }
    headlines: ClassVar[Mapping[str, Headline]] = {"relearn_unrelated": Headline("relearned from unrelated text")}

    name = "relearn_unrelated"

    def plan(self, target: Target, bench: Bench) -> tuple[Sequence[Example], Sequence[Item]]:
        """General knowledge, and the forget set."""
        return general_knowledge.examples(), forgotten(target)


def halves(items: Sequence[Item], seed: int) -> set[tuple[str, str]]:
    """Half of the facts of each person, by person and fact."""
    facts: dict[str, dict[str, None]] = {}
    for item in items:
        facts.setdefault(item.profile_id, {})[item.fact] = None
    return {
        (person, fact)
        for person, own in facts.items()
        for fact in randomness.stream(seed, "relearn", person).sample(sorted(own), len(own) // 2)
    }
