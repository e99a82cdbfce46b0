"""The memorisation gate: forgetting can be judged only on facts that were known, and known of the person.

After training, vanilla is asked for every fact of the forget set and of some of the retain set, in both modalities: as
an open question, as a blank to fill and as a multiple choice, each also with another of the person's quartet put in. An
answer is known if greedy decoding gives the training answer to the letter (for a choice: if the right letter is the
likeliest) and does not give it just as well when another person is put in. A fact is known in a modality if its open
answer or its blank is. Unknown facts are dropped from the forgetting scores; if too few facts are known, the scores are
not valid. The shares known in each task are reported as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builder import tasks
from builder.baseline.metrics.groups import mean
from builder.baseline.metrics.item_metrics import right
from builder.baseline.metrics.likelihoods import exposure
from builder.baseline.outcomes.records import Outcome

Key = tuple[str, str, str]
"""(profile id, fact key, modality)"""
Cell = tuple[str, str]
"""(modality, task)"""
_MODALITIES = ("image_text", "text")


@dataclass(frozen=True)
class Gate:
    """What vanilla knows.

    `cells` are the shares of answers known by modality and task; `right` are the shares right, whoever is put in.
    `exposure` is the mean in bits, `most_exposure` the largest possible mean.
    """

    known: frozenset[Key]
    asked: frozenset[Key]
    cells: dict[Cell, float]
    right: dict[Cell, float]
    exposure: dict[str, float]
    most_exposure: float
    threshold: float

    def share(self, modality: str | None = None, people: Iterable[str] | None = None) -> float | None:
        """Share of facts known, in one modality and of some people if given; None if none was asked."""
        chosen = set(people) if people is not None else None
        asked = [key for key in self.asked if modality in (None, key[2]) and (chosen is None or key[0] in chosen)]
        return mean([float(key in self.known) for key in asked])

    @property
    def valid(self) -> bool:
        """Whether forgetting scores mean anything: enough is known in each modality."""
        shares = [self.share(modality) for modality in _MODALITIES]
        return all(share is None or share >= self.threshold for share in shares)

    def unknown_people(self) -> list[str]:
        """People with a smaller share of known facts than the threshold."""
        people: dict[str, list[float]] = defaultdict(list)
        for key in self.asked:
            people[key[0]].append(float(key in self.known))
        return sorted(each for each, known in people.items() if (mean(known) or 0) < self.threshold)

    def lets_through(self, outcome: Outcome) -> bool:
        """Whether vanilla knows the fact that an item asks for, or was not asked for it."""
        key = _key(outcome)
        return key in self.known or key not in self.asked


def make_gate(outcomes: Sequence[Outcome], threshold: float) -> Gate:
    """The gate, from vanilla's outcomes on `known_facts` and their swaps."""
    asked = [each for each in outcomes if not each.item.control]
    swapped = {each.item.id: each for each in outcomes if each.item.control}
    told = [each for each in asked if _given(each) and not (each.item.id in swapped and _given(swapped[each.item.id]))]
    written = [each for each in asked if not tasks.of(each.item).has_options]
    blanks = [each for each in asked if tasks.of(each.item).has_blank and each.candidates]
    return Gate(
        known=frozenset(_key(each) for each in told if not tasks.of(each.item).has_options),
        asked=frozenset(map(_key, written)),
        cells=_shares(asked, told),
        right=_shares(asked, [each for each in asked if _given(each)]),
        exposure={
            modality: mean([exposure(each.candidates) for each in blanks if each.item.modality == modality]) or 0.0
            for modality in _MODALITIES
        },
        most_exposure=mean([exposure((0.0, *[1.0] * (len(each.candidates) - 1))) for each in blanks]) or 0.0,
        threshold=threshold,
    )


def _given(outcome: Outcome) -> bool:
    """Whether the model gives the person's training answer to the letter."""
    if not outcome.measured:
        return False
    return right(outcome) if tasks.of(outcome.item).has_options else all(outcome.truth.right)


def _shares(asked: Sequence[Outcome], chosen: Sequence[Outcome]) -> dict[Cell, float]:
    ids = {each.item.id for each in chosen}
    cells: dict[Cell, list[float]] = defaultdict(list)
    for each in asked:
        cells[each.item.modality, each.item.task].append(float(each.item.id in ids))
    return {cell: sum(values) / len(values) for cell, values in sorted(cells.items())}


def _key(outcome: Outcome) -> Key:
    return outcome.item.profile_id, outcome.item.fact, outcome.item.modality
