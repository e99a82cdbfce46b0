"""The few statistics that audits need: exact binomial tails, Wilson's interval, entropy."""

import math
from collections.abc import Iterable
from statistics import NormalDist

import numpy as np

_TERMS = 20_000
"""Terms of a tail that are summed; they fall off geometrically long before."""


def upper_tail(hits: int, trials: int, rate: float) -> float:
    """The chance of `hits` or more successes in `trials` independent trials that each succeed at `rate`, exactly.

    One half or more, where the hits are no more than expected, is returned as 1: no test asks for it precisely.
    """
    if hits <= trials * rate:
        return 1.0
    if rate <= 0:
        return 0.0
    first = (
        math.lgamma(trials + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(trials - hits + 1)
        + hits * math.log(rate)
        + (trials - hits) * math.log1p(-rate)
    )
    count = np.arange(hits, min(trials, hits + _TERMS), dtype=float)
    steps = np.log((trials - count) / (count + 1)) + math.log(rate / (1 - rate))
    logs = first + np.concatenate([[0.0], np.cumsum(steps)])
    return float(min(1.0, np.exp(logs).sum()))


def lower_tail(hits: int, trials: int, rate: float) -> float:
    """The chance of `hits` or fewer successes; 1 where the hits are no fewer than expected."""
    return upper_tail(trials - hits, trials, 1 - rate)


def wilson(hits: float, trials: int, level: float) -> tuple[float, float]:
    """Wilson's score interval of a rate that covers it with probability 1 - `level` (Wilson, 1927)."""
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(1 - level / 2)
    rate, weight = hits / trials, z * z / trials
    centre = (rate + weight / 2) / (1 + weight)
    half = z * math.sqrt(rate * (1 - rate) / trials + weight / (4 * trials)) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)


def detectable(trials: int, rate: float, level: float, power: float = 0.9) -> float:
    """The smallest true rate that a test against `rate` at `level` finds with `power`, by the normal approximation."""
    if trials == 0:
        return 1.0
    normal = NormalDist()
    reach = normal.inv_cdf(1 - level) * math.sqrt(rate * (1 - rate)) + normal.inv_cdf(power) * 0.5
    return min(1.0, rate + reach / math.sqrt(trials))


def entropy(counts: Iterable[int]) -> float:
    """Shannon's entropy of a distribution given by its counts, in bits."""
    numbers = np.array([count for count in counts if count], dtype=float)
    shares = numbers / numbers.sum()
    return float(-(shares * np.log2(shares)).sum()) + 0.0
