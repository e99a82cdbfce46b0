"""Do the seeds rank the methods alike?"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from builder.baseline.metrics.samples import Array, average
from builder.baseline.metrics.summary import Measured, judged_paths

LEAST = 3
"""Fewer methods than these have no ranking to speak of."""


def distance(mine: Measured, oracle: Measured) -> tuple[float, Array] | None:
    """The distance of a model from the oracle of its seed, also in each draw of people.

    It is the mean difference over the forget set's scores of right and wrong. None without such scores.
    """
    paths = judged_paths(oracle.draws)
    if not paths or any(path not in mine.draws for path in paths):
        return None
    pairs = [(mine.scores[path], oracle.scores[path]) for path in paths]
    known = [abs(one - other) for one, other in pairs if one is not None and other is not None]
    draws = average([abs(mine.draws[path] - oracle.draws[path]) for path in paths])
    return (sum(known) / len(known), draws) if known else None


def distances(models: Mapping[str, Measured], names: Sequence[str]) -> Array | None:
    """The distance of each method from the oracle of its seed, in each draw of people, (DRAWS, methods).

    None for fewer than three methods, or if one of them or the oracle is missing.
    """
    if len(names) < LEAST or "oracle" not in models or not set(names) <= models.keys():
        return None
    found = [distance(models[name], models["oracle"]) for name in names]
    known = [draws for each in found if each is not None for draws in each[1:]]
    return np.stack(known, axis=1) if len(known) == len(names) else None


def agreement(seeds: Sequence[Array]) -> Array | None:
    """Kendall's τ-b of the methods' distances between two seeds, averaged over all pairs of seeds, in each draw.

    None for fewer than two seeds. (Kendall 1945: concordant minus discordant pairs of methods, divided by the root of
    the pairs not tied in one times the pairs not tied in the other.)
    """
    if len(seeds) < 2:
        return None
    return average([tau(one, other) for one, other in itertools.combinations(seeds, 2)])


def tau(one: Array, other: Array) -> Array:
    """τ-b row by row, (D, M) and (D, M) to (D,); NaN if all are tied."""
    first, second = np.triu_indices(one.shape[1], 1)
    signs = [np.sign(each[:, first] - each[:, second]) for each in (one, other)]
    untied = [(each != 0).sum(1) for each in signs]
    product = np.sqrt(untied[0] * untied[1])
    agreeing = (signs[0] * signs[1]).sum(1)
    found: Array = np.divide(agreeing, product, out=np.full(len(one), np.nan), where=product > 0)
    return found
