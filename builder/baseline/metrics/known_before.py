"""The known-before gate: of public figures a model can only keep what it knew before anything was done to it.

The untrained model is asked everything about them. A fact is known before when its open answer states the value or its
blank is filled right; a multiple choice can be guessed, so it counts for a known fact alone. Utility counts the items
that the untrained model answered right about facts that it knew, and no others: it has all of them right itself, and
whatever another model has less was lost on the way.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from builder import tasks
from builder.baseline.metrics.item_metrics import right
from builder.baseline.outcomes.records import Outcome

PUBLIC_FIGURES = "public_figures"
Fact = tuple[str, str, str]
"""(profile id, fact key, modality)"""


@dataclass(frozen=True)
class KnownBefore:
    """What the untrained model knew of public figures: the items that count, the facts it knew, those it was asked."""

    items: frozenset[str]
    facts: frozenset[Fact]
    asked: frozenset[Fact]

    def lets_through(self, outcome: Outcome) -> bool:
        """Whether an item is about nobody public, or was known before."""
        return outcome.item.set != PUBLIC_FIGURES or outcome.item.id in self.items


def known_before(untrained: Iterable[Outcome]) -> KnownBefore | None:
    """The gate, from the outcomes of the untrained model; None when it was asked about no public figure."""
    asked = [each for each in untrained if each.item.set == PUBLIC_FIGURES and not each.item.control]
    if not asked:
        return None
    answered = [each for each in asked if each.measured and right(each)]
    facts = frozenset(_fact(each) for each in answered if not tasks.of(each.item).has_options)
    items = frozenset(each.item.id for each in answered if _fact(each) in facts)
    return KnownBefore(items, facts, frozenset(map(_fact, asked)))


def _fact(outcome: Outcome) -> Fact:
    return outcome.item.profile_id, outcome.item.fact, outcome.item.modality
