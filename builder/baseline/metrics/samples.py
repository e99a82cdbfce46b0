"""Scores as means over items of people, and how much they would vary with other people.

People are resampled with replacement, each with all of their items (the cluster bootstrap: Davison & Hinkley 1997,
section 3.8), because a person's questions are not independent of one another. The same people are drawn for every
model, so that differences between models are paired.
"""

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

DRAWS = 1000
"""How often people are drawn again."""
_COVERED = 0.95
_SEED = 20_250_103

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """The values (N,) whose mean is a score, and the person each is about."""

    people: tuple[str, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, float | None]]) -> "Sample":
        """A sample from (person, value) pairs, without the values that are None or NaN: they were not measured."""
        kept = [(person, value) for person, value in pairs if value is not None and not math.isnan(value)]
        return cls(tuple(person for person, _ in kept), tuple(value for _, value in kept))

    @property
    def mean(self) -> float | None:
        """The mean; None if the sample is empty."""
        return sum(self.values) / len(self.values) if self.values else None


@dataclass
class People:
    """The people of one set; `drawn` counts each person in each draw, (DRAWS, P)."""

    names: Sequence[str]
    drawn: Array = field(init=False)

    def __post_init__(self) -> None:
        self._places = {name: place for place, name in enumerate(self.names)}
        self.drawn = _draw(len(self.names))

    def means(self, sample: Sample) -> Array:
        """The sample's mean in each draw, (DRAWS,); NaN if the draw has nobody with a value."""
        places = np.array([self._places[name] for name in sample.people], dtype=np.intp)
        sums = np.bincount(places, weights=sample.values, minlength=len(self.names))
        counts = np.bincount(places, minlength=len(self.names))
        return divide(self.drawn @ sums, self.drawn @ counts)

    def places(self, names: Iterable[str]) -> list[int]:
        """The columns of these people in `drawn`."""
        return [self._places[name] for name in names]


@functools.cache
def _draw(count: int) -> Array:
    stream = np.random.default_rng([_SEED, count])
    return stream.multinomial(count, [1 / count] * count, size=DRAWS).astype(np.float64)


def divide(sums: Array, counts: Array) -> Array:
    """Elementwise quotient; NaN where the divisor is 0."""
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def harmonic(parts: Sequence[Array]) -> Array:
    """The harmonic mean of the parts in each draw; 0 if any part is 0."""
    stacked = np.stack(parts)
    low = stacked.min(0)  # NaN if any part is
    inverse = np.divide(1.0, stacked, out=np.zeros_like(stacked), where=stacked > 0)
    means = divide(np.full(stacked.shape[1], float(len(parts))), inverse.sum(0))
    return np.where(np.isnan(low), np.nan, np.where(low <= 0, 0.0, means))


def areas(higher: Sample, people: People, lower: Sample, others: People) -> Array:
    """The area under the ROC curve in each draw of both groups; a pair of items counts as often as its people."""
    above = (np.asarray(higher.values)[:, None] > np.asarray(lower.values)[None]).astype(np.float64)
    above += 0.5 * (np.asarray(higher.values)[:, None] == np.asarray(lower.values)[None])
    one, other = (np.zeros((len(each.names), len(mine.values))) for each, mine in ((people, higher), (others, lower)))
    one[people.places(higher.people), range(len(higher.values))] = 1
    other[others.places(lower.people), range(len(lower.values))] = 1
    wins = one @ above @ other.T
    drawn, theirs = people.drawn, others.drawn
    pairs = (drawn @ one.sum(1)) * (theirs @ other.sum(1))
    return divide(np.einsum("dp,pq,dq->d", drawn, wins, theirs), pairs)


def interval(draws: Array) -> tuple[float, float] | None:
    """The middle 95 % of the draws' values; None if most draws have none."""
    kept = draws[~np.isnan(draws)]
    if len(kept) < len(draws) / 2:
        return None
    low, high = np.quantile(kept, [(1 - _COVERED) / 2, (1 + _COVERED) / 2])
    return float(low), float(high)


def average(draws: Sequence[Array]) -> Array:
    """The mean of several scores in each draw, over those that have a value."""
    stacked = np.stack(draws)
    there = ~np.isnan(stacked)
    return divide(np.where(there, stacked, 0).sum(0), there.sum(0).astype(np.float64))


def crowd(members: Mapping[str, Sequence[str]]) -> dict[str, People]:
    """The people of each set, in the order of their ids."""
    return {name: People(sorted(set(people))) for name, people in members.items()}
