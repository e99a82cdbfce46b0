"""Membership inference: can the forget set be told from people no model has seen? A higher score says member."""

import math
import zlib
from collections.abc import Callable, Mapping, Sequence

from builder.baseline.evaluation.asking import Outcome
from builder.baseline.metrics.samples import Sample

_LOWEST = 0.4
"""Share of tokens that Min-K% and Min-K%++ average over."""

Attack = Callable[[Outcome], float]


def loss(outcome: Outcome) -> float:
    """LOSS: the mean log p of the answer's tokens (Yeom et al. 2018)."""
    return -outcome.truth.mean_nll


def compressed(outcome: Outcome) -> float:
    """ZLIB: minus the mean NLL of a token by the zlib length of the answer (Carlini et al. 2021; the log of their
    perplexity is the mean)."""
    return -outcome.truth.mean_nll / len(zlib.compress(outcome.item.truth.encode()))


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


def attacks(
    members: Sequence[Outcome], others: Sequence[Outcome], before: Mapping[tuple[str, str], Outcome]
) -> dict[str, tuple[Sample, Sample]]:
    """What every attack says of members and of others; its strength is the AUC between them.

    `before` are the untrained model's outcomes by (set, id), for the attack Reference.
    """
    found = {name: (_sample(attack, members), _sample(attack, others)) for name, attack in ATTACKS.items()}
    if before:
        risen: Attack = lambda each: loss(each) - loss(before[key(each)])  # noqa: E731 - as the others are
        groups = ([each for each in group if key(each) in before] for group in (members, others))
        one, other = (_sample(risen, group) for group in groups)
        found["mia_reference"] = (one, other)
    return found


def _sample(attack: Attack, outcomes: Sequence[Outcome]) -> Sample:
    return Sample.of((each.item.profile_id, attack(each)) for each in outcomes)


def key(outcome: Outcome) -> tuple[str, str]:
    """What an outcome is known by across models."""
    return outcome.item.set, outcome.item.id
