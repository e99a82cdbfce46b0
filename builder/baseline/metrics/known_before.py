"""The known-before gate: about public figures, a model can keep only what it knew before it was trained.

The untrained model is asked everything about them. A fact is known before if its open answer states the value or its
blank is filled right; a multiple choice can be guessed, so it counts only for a known fact. Utility counts only the
items that the untrained model answered right about facts that it knew: it scores 1 on them itself, so whatever another
model lacks was lost in training or unlearning.
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
    """What the untrained model knew of public figures: the items that count, the facts known, the facts asked."""

    items: frozenset[str]
    facts: frozenset[Fact]
    asked: frozenset[Fact]

    def lets_through(self, outcome: Outcome) -> bool:
        """Whether an item is not about a public figure, or was known before."""
        return outcome.item.set != PUBLIC_FIGURES or outcome.item.id in self.items


def known_before(untrained: Iterable[Outcome]) -> KnownBefore | None:
    """The gate, from the untrained model's outcomes; None if it was asked about no public figure."""
    asked = [each for each in untrained if each.item.set == PUBLIC_FIGURES and not each.item.control]
    if not asked:
        return None
    answered = [each for each in asked if each.measured and right(each)]
    facts = frozenset(_fact(each) for each in answered if not tasks.of(each.item).has_options)
    items = frozenset(each.item.id for each in answered if _fact(each) in facts)
    return KnownBefore(items, facts, frozenset(map(_fact, asked)))


def _fact(outcome: Outcome) -> Fact:
    return outcome.item.profile_id, outcome.item.fact, outcome.item.modality
