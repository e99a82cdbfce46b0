"""Membership inference: can the forget set be told from people no model has seen? A higher score says member."""

import math
import zlib
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from builder import tasks
from builder.baseline.attacks.base import Figure, Headline, OutcomeAttack, Target
from builder.baseline.metrics.groups import privacy_leakage
from builder.baseline.metrics.samples import Sample
from builder.baseline.outcomes.records import Outcome, key
from builder.format.lacking import Need

_LOWEST = 0.4
"""Share of tokens that Min-K% and Min-K%++ average over."""


class Membership(OutcomeAttack):
    """One score of an answer; the figure is the AUC between forget and holdout people."""

    needs: ClassVar[tuple[Need, ...]] = ("held-out people",)
    name: str

    def figures(self, target: Target) -> Mapping[str, Figure]:
        """The AUC of the score, over answers that are more than a letter."""
        sides = (_stated(target.outcomes.get(name, ())) for name in ("forget", "holdout"))
        members, others = (
            Sample.of((each.item.profile_id, self.score(each, target)) for each in side) for side in sides
        )
        return {self.name: Figure(members, others=others)}

    @abstractmethod
    def score(self, outcome: Outcome, target: Target) -> float | None:
        """How much an answer looks like a member's; None where it cannot be said."""


class Loss(Membership):
    """LOSS: the mean log p of the answer's tokens (Yeom et al. 2018)."""

    name = "mia_loss"

    def score(self, outcome: Outcome, target: Target) -> float:
        """Minus the mean NLL."""
        return -outcome.truth.mean_nll


class Zlib(Membership):
    """ZLIB: minus the mean NLL of a token by the zlib length of the answer (Carlini et al. 2021).

    Their score divides the log of the perplexity, which is the mean.
    """

    name = "mia_zlib"

    def score(self, outcome: Outcome, target: Target) -> float:
        """Minus the mean NLL by the length in bytes."""
        return -outcome.truth.mean_nll / len(zlib.compress(outcome.item.truth.encode()))


class MinK(Membership):
    """Min-K%: the mean of the lowest 40% of log p (Shi et al. 2023), and the privacy leakage that follows from it."""

    headlines: ClassVar[Mapping[str, Headline]] = {
        "mia_min_k": Headline("Min-K% AUC"),
        "privacy_leakage": Headline("PrivLeak", shows_more=False),
    }

    name = "mia_min_k"

    def score(self, outcome: Outcome, target: Target) -> float:
        """The mean of the lowest."""
        return lowest_mean(outcome.truth.log_p)

    def compared(
        self, mine: Mapping[str, float | None], oracles: Mapping[str, float | None]
    ) -> Mapping[str, float | None]:
        """PrivLeak of the unlearned model against the oracle."""
        unlearned, oracle = mine.get(self.name), oracles.get(self.name)
        if unlearned is None or oracle is None:
            return {}
        return {"privacy_leakage": privacy_leakage(unlearned, oracle)}


class MinKPlusPlus(Membership):
    """Min-K%++: as Min-K%, of log p normalised by the vocabulary's mean and deviation (Zhang et al. 2024)."""

    name = "mia_min_k_plus_plus"

    def score(self, outcome: Outcome, target: Target) -> float:
        """The mean of the lowest."""
        return lowest_mean(outcome.truth.scores)


class GainOverUntrained(Membership):
    """Reference: how far the mean log p has risen above the untrained model's."""

    name = "mia_reference"

    def figures(self, target: Target) -> Mapping[str, Figure]:
        """The AUC of the gain; nothing without an untrained model."""
        return super().figures(target) if target.untrained else {}

    def score(self, outcome: Outcome, target: Target) -> float | None:
        """The difference of LOSS; None for an item that the untrained model was not asked."""
        before = target.untrained.get(key(outcome))
        return before.truth.mean_nll - outcome.truth.mean_nll if before else None


def lowest_mean(values: Sequence[float]) -> float:
    """The mean of the lowest 40%, of one value at least; NaN where one is."""
    if any(map(math.isnan, values)):
        return math.nan
    count = max(1, int(len(values) * _LOWEST))
    return sum(sorted(values)[:count]) / count


def _stated(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if not tasks.of(each.item).has_options]
