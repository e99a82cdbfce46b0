"""The memorisation gate: forgetting can only be judged on what was known.

After vanilla is trained it is asked for every fact of the forget set and of some of the retain set, in both
modalities, as an open question and with a blank to fill. A fact is known in a modality when greedy decoding gives one
of these training answers to the letter. Facts that are not known leave the forgetting scores; when too few are known
the scores are not valid.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builder.baseline.evaluation.asking import Outcome
from builder.baseline.metrics.groups import mean
from builder.baseline.metrics.likelihoods import exposure

Key = tuple[str, str, str]
"""(profile id, fact key, modality)"""


@dataclass(frozen=True)
class Gate:
    """What vanilla knows.

    `sentences` is the share of open questions answered to the letter, by modality; `exposure` the mean in bits and
    `most_exposure` the largest mean there could be.
    """

    known: frozenset[Key]
    asked: frozenset[Key]
    sentences: dict[str, float]
    exposure: dict[str, float]
    most_exposure: float
    threshold: float

    def share(self, modality: str | None = None, people: Iterable[str] | None = None) -> float | None:
        """Share of facts known, of one modality and of some people when given; None when none was asked."""
        chosen = set(people) if people is not None else None
        asked = [key for key in self.asked if modality in (None, key[2]) and (chosen is None or key[0] in chosen)]
        return mean([float(key in self.known) for key in asked])

    @property
    def valid(self) -> bool:
        """Whether forgetting scores mean anything: enough is known in each modality."""
        shares = [self.share(modality) for modality in ("image_text", "text")]
        return all(share is None or share >= self.threshold for share in shares)

    def unknown_people(self) -> list[str]:
        """People of whom fewer facts are known than the threshold asks for."""
        people: dict[str, list[float]] = defaultdict(list)
        for key in self.asked:
            people[key[0]].append(float(key in self.known))
        return sorted(each for each, known in people.items() if (mean(known) or 0) < self.threshold)

    def lets_through(self, outcome: Outcome) -> bool:
        """Whether an item asks for a fact that vanilla knows, or was not asked for."""
        key = (outcome.item.profile_id, outcome.item.fact, outcome.item.modality)
        return key in self.known or key not in self.asked


def judge(outcomes: Sequence[Outcome], threshold: float) -> Gate:
    """The gate, from vanilla's outcomes on `known_facts`."""
    opened = [each for each in outcomes if each.item.task == "generation"]
    blanks = [each for each in outcomes if each.item.task == "cloze" and each.candidates]
    shown = {
        modality: mean([exposure(each.candidates) for each in blanks if each.item.modality == modality]) or 0.0
        for modality in ("image_text", "text")
    }
    return Gate(
        known=frozenset(_key(each) for each in outcomes if all(each.truth.right)),
        asked=frozenset(map(_key, outcomes)),
        sentences={
            modality: mean([float(all(each.truth.right)) for each in opened if each.item.modality == modality]) or 0.0
            for modality in ("image_text", "text")
        },
        exposure=shown,
        most_exposure=mean([exposure((0.0, *[1.0] * (len(each.candidates) - 1))) for each in blanks]) or 0.0,
        threshold=threshold,
    )


def _key(outcome: Outcome) -> Key:
    return outcome.item.profile_id, outcome.item.fact, outcome.item.modality
