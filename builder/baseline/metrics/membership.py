"""Membership inference: can the forget set be told from people no model has seen? A higher score says member."""

import math
import zlib
from collections.abc import Callable, Mapping, Sequence

from builder.baseline.evaluation.asking import Outcome
from builder.baseline.metrics.groups import auc

_LOWEST = 0.4
"""Share of tokens that Min-K% and Min-K%++ average over."""

Attack = Callable[[Outcome], float]


def loss(outcome: Outcome) -> float:
    """LOSS: the mean log p of the answer's tokens (Yeom et al. 2018)."""
    return -outcome.truth.mean_nll


def compressed(outcome: Outcome) -> float:
    """ZLIB: −NLL by the zlib length of the answer (Carlini et al. 2021)."""
    return -outcome.truth.nll / len(zlib.compress(outcome.item.truth.encode()))


def min_k(outcome: Outcome) -> float:
    """Min-K%: the mean of the lowest 40% of log p (Shi et al. 2023)."""
    return lowest_mean(outcome.truth.log_p)


def min_k_plus_plus(outcome: Outcome) -> float:
    """Min-K%++: the same of log p normalised by the vocabulary's mean and deviation (Zhang et al. 2024)."""
    return lowest_mean(outcome.truth.scores)


ATTACKS: Mapping[str, Attack] = {
    "mia_loss": loss,
    "mia_zlib": compressed,
    "mia_min_k": min_k,
    "mia_min_k_plus_plus": min_k_plus_plus,
}


def lowest_mean(values: Sequence[float]) -> float:
    """The mean of the lowest 40%, of one value at least; NaN where one is."""
    if any(map(math.isnan, values)):
        return math.nan
    count = max(1, int(len(values) * _LOWEST))
    return sum(sorted(values)[:count]) / count


def membership(
    members: Sequence[Outcome], others: Sequence[Outcome], before: Mapping[tuple[str, str], Outcome]
) -> dict[str, float | None]:
    """The AUC of every attack. `before` are the untrained model's outcomes by (set, id), for the attack Reference."""
    found = {name: auc([*map(attack, members)], [*map(attack, others)]) for name, attack in ATTACKS.items()}
    if before:
        risen = (
            [loss(each) - loss(before[key(each)]) for each in group if key(each) in before]
            for group in (members, others)
        )
        found["mia_reference"] = auc(*risen)
    return found


def key(outcome: Outcome) -> tuple[str, str]:
    """What an outcome is known by across models."""
    return outcome.item.set, outcome.item.id
