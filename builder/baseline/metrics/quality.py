"""Forget quality: do the truth ratios of the forget set match the oracle's? (Maini et al. 2024, TOFU.)

TOFU compares them by the two-sample Kolmogorov-Smirnov test, as if all items were independent. But both models answer
the same items, and the items of a person depend on one another: four people with four items each are far less than
sixteen independent observations. So the p-value here comes from a permutation test: if the two models were alike, it
would not matter which of them gave a person's truth ratios, so all ratios of a person are exchanged together. With n
people, p cannot fall below 2 / 2^n, so a few people prove nothing.

A two-sample test asks only whether a model differs from the oracle. With enough items, even a second oracle, trained
with another seed, differs. So a three-sample test also asks which of the two the model is nearer to:

    nearness = D(model, vanilla) − D(model, oracle)

By the triangle inequality it lies between −D(vanilla, oracle), the value of vanilla, and D(vanilla, oracle), the value
of the oracle. People are resampled with all of their items (see `samples`); the model is nearer to the oracle if the
whole interval is above 0.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder import tasks
from builder.baseline.metrics.groups import kolmogorov_smirnov
from builder.baseline.metrics.item_metrics import raw_truth_ratio
from builder.baseline.metrics.samples import Array, People, Sample
from builder.baseline.outcomes.records import Outcome, key

_ALL_UP_TO = 11
"""People whose exchanges are all tried; of more, so many are drawn."""
_EXCHANGES = 2000
_SEED = 20_250_104


@dataclass(frozen=True)
class ForgetQuality:
    """Kolmogorov's D, the p-value by exchanging people, and TOFU's p-value, which takes items as independent."""

    d: float
    p: float
    p_tofu: float


def forget_quality(mine: Iterable[Outcome], oracles: Iterable[Outcome]) -> ForgetQuality | None:
    """Forget quality over the open items that both models answered; None if there are none."""
    theirs = {key(each): each for each in oracles if tasks.of(each.item).in_sentences}
    pairs = [(each, theirs[key(each)]) for each in mine if key(each) in theirs]
    one = Sample.of((each.item.profile_id, raw_truth_ratio(each)) for each, _ in pairs)
    other = Sample.of((each.item.profile_id, raw_truth_ratio(each)) for _, each in pairs)
    plain = kolmogorov_smirnov(one.values, other.values)
    if plain is None or len(one.values) != len(other.values):
        return None
    return ForgetQuality(plain[0], exchanged_p(one, other), plain[1])


def exchanged_p(one: Sample, other: Sample) -> float:
    """Share of exchanges of people between two paired samples whose D is at least the observed one."""
    names = sorted(set(one.people))
    places = np.array([names.index(person) for person in one.people])
    values = np.array([one.values, other.values])
    found = distance(values[0], values[1])
    reached = [
        distance(np.where(swap[places], values[1], values[0]), np.where(swap[places], values[0], values[1]))
        >= found - 1e-12
        for swap in _exchanges(len(names))
    ]
    return sum(reached) / len(reached)


def nearness(
    mine: Iterable[Outcome], oracles: Iterable[Outcome], vanillas: Iterable[Outcome], people: People
) -> tuple[float, Array] | None:
    """Nearness by the truth ratios of the open items that all three models answered, also in each draw of people.

    None if there are no such items.
    """
    ratios = [_ratios(each) for each in (mine, oracles, vanillas)]
    shared = sorted(set.intersection(*map(set, ratios)))
    if not shared:
        return None
    values = np.array([[each[item] for item in shared] for each in ratios])
    grid, places = np.unique(values, return_inverse=True)
    places = places.reshape(values.shape)

    def weighted(weights: Array) -> float:
        """Nearness with these weights on the items."""
        own, oracle, vanilla = (np.cumsum(np.bincount(row, weights, len(grid))) for row in places)
        total = weights.sum()
        return float((np.abs(own - vanilla).max() - np.abs(own - oracle).max()) / total) if total else np.nan

    drawn = people.drawn[:, people.places(person for _, person in shared)]
    return weighted(np.ones(len(shared))), np.array([weighted(each) for each in drawn])


def _ratios(outcomes: Iterable[Outcome]) -> Mapping[tuple[tuple[str, str], str], float]:
    """The truth ratios that are not NaN, by item and person."""
    opened = (each for each in outcomes if tasks.of(each.item).in_sentences)
    found = {(key(each), each.item.profile_id): raw_truth_ratio(each) for each in opened}
    return {item: ratio for item, ratio in found.items() if not np.isnan(ratio)}


def _exchanges(count: int) -> Sequence[npt.NDArray[np.bool_]]:
    if count <= _ALL_UP_TO:
        return [np.array(each) for each in itertools.product((False, True), repeat=count)]
    drawn = np.random.default_rng(_SEED).integers(0, 2, (_EXCHANGES, count)).astype(bool)
    return [np.zeros(count, dtype=bool), *drawn]  # the observed assignment is one of them, so p is never 0


def distance(one: Array, other: Array) -> float:
    """Kolmogorov's D: the largest difference of two empirical distribution functions."""
    grid = np.concatenate([one, other])
    below = [np.searchsorted(np.sort(each), grid, side="right") / len(each) for each in (one, other)]
    return float(np.abs(below[0] - below[1]).max())
