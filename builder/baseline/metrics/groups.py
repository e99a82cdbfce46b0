"""Measures that compare groups of values."""

import math
from collections.abc import Iterable, Sequence

import numpy as np


def numbers(values: Iterable[float]) -> list[float]:
    """The values that are not NaN: NaN means not measured."""
    return [value for value in values if not math.isnan(value)]


def mean(values: Iterable[float]) -> float | None:
    """The mean of the measured values; None if there are none."""
    found = numbers(values)
    return sum(found) / len(found) if found else None


def harmonic_mean(values: Sequence[float]) -> float | None:
    """The harmonic mean: 0 if any value is 0, None if there are no values or one was not measured."""
    if not values or len(numbers(values)) < len(values):
        return None
    return 0.0 if min(values) <= 0 else len(values) / sum(1 / value for value in values)


def auc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """The area under the ROC curve: the chance that one of `higher` exceeds one of `lower`; ties count half.

    NaN means not measured and does not count.
    """
    higher, lower = numbers(higher), numbers(lower)
    if not higher or not lower:
        return None
    one, other = np.asarray(higher)[:, None], np.asarray(lower)[None]
    return float(((one > other) + 0.5 * (one == other)).mean())


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> tuple[float, float] | None:
    """D and p-value of the two-sample test on the measured values; None if a sample is empty."""
    one, other = numbers(one), numbers(other)
    if not one or not other:
        return None
    from scipy.stats import ks_2samp

    found = ks_2samp(one, other)
    return float(found.statistic), float(found.pvalue)


def log10_p(p: float) -> float:
    """log10 of a p-value, kept finite."""
    return math.log10(max(p, 1e-300))


def privacy_leakage(unlearned: float, oracle: float) -> float | None:
    """PrivLeak = 100·(a_unl − a_oracle)/a_oracle, a = 1 − AUC (Shi et al. 2024, MUSE); None when a_oracle is 0."""
    a_unlearned, a_oracle = 1 - unlearned, 1 - oracle
    return 100 * (a_unlearned - a_oracle) / a_oracle if a_oracle > 0 else None
