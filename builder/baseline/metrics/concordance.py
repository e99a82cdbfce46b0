"""Do the measures agree, with each other and with the distance to the oracle?

Every measure orders the models of all methods and seeds. As most papers read it, the best model is the one that shows
least of the forget set. Kendall's τ-b says how similarly two measures order the models; Spearman's ρ says how similarly
a measure and the distance to the oracle do. ρ is 1 if the model that shows least is the nearest to the oracle, and
below 0 if the measure rewards models far from it. A measure that does not tell vanilla from the oracle is blind: its
score of a method means nothing.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from builder.baseline.metrics import samples
from builder.baseline.metrics.ranking import LEAST, distance, tau
from builder.baseline.metrics.samples import Array, divide
from builder.baseline.metrics.summary import MODALITIES, Measured, judged_paths

SHOWS_MORE, SHOWS_LESS = 1, -1
"""The sign of a measure: whether a larger value shows more or less of what was to be forgotten."""

Seeds = Mapping[int, Mapping[str, Measured]]
"""The models of each seed, by name."""


@dataclass(frozen=True)
class Agreement:
    """How one measure agrees with the others; None if all models score the same on it.

    `spearman` is its ρ with the distance to the oracle, and its ρ in each draw of people if the measure has draws.
    """

    spearman: float | None
    draws: Array | None
    tau: Mapping[str, float | None]
    blind: bool


def concordance(seeds: Seeds, methods: Sequence[str], of_attacks: Mapping[str, int]) -> dict[str, Agreement]:
    """Each measure that all models have, by path. `of_attacks` are the signs of the attacks' figures.

    Empty for fewer than three methods or without an oracle.
    """
    if len(methods) < LEAST or not all("oracle" in models for models in seeds.values()):
        return {}
    points = [(models[name], models["oracle"]) for models in seeds.values() for name in methods]
    apart = [distance(mine, oracle) for mine, oracle in points]
    known = [each for each in apart if each is not None]
    if len(known) < len(points):
        return {}
    signs = {**_signs(seeds), **of_attacks}
    columns = {path: sign * np.array(_values(points, path)) for path, sign in signs.items() if _shared(points, path)}
    far = np.array([value for value, _ in known])
    far_draws = np.stack([draws for _, draws in known], axis=1)
    return {
        path: Agreement(
            spearman=_number(spearman(column[None], far[None])),
            draws=_draws(points, path, signs[path], far_draws),
            tau={other: _number(tau(column[None], theirs[None])) for other, theirs in columns.items() if other != path},
            blind=is_blind(seeds, path),
        )
        for path, column in columns.items()
    }


def mean_tau(found: Mapping[str, Agreement]) -> float | None:
    """The mean of Kendall's τ over the pairs of measures that have one."""
    values = [found[one].tau[other] for one, other in itertools.combinations(found, 2)]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def spearman(one: Array, other: Array) -> Array:
    """Spearman's ρ row by row, (D, M) and (D, M) to (D,): Pearson's r of the ranks; NaN if all are tied."""
    ranks = [np.asarray(rankdata(each, axis=1), dtype=np.float64) for each in (one, other)]
    first, second = (each - each.mean(1, keepdims=True) for each in ranks)
    return divide((first * second).sum(1), np.sqrt((first**2).sum(1) * (second**2).sum(1)))


def is_blind(seeds: Seeds, path: str) -> bool:
    """Whether a measure fails to tell vanilla from the oracle: the interval of their difference contains zero."""
    pairs = [(models["vanilla"], models["oracle"]) for models in seeds.values() if "vanilla" in models]
    drawn = [
        vanilla.draws[path] - oracle.draws[path]
        for vanilla, oracle in pairs
        if path in vanilla.draws and path in oracle.draws
    ]
    found = samples.interval(samples.average(drawn)) if drawn else None
    if found is not None:
        return found[0] <= 0 <= found[1]
    return all(vanilla.scores.get(path) == oracle.scores.get(path) for vanilla, oracle in pairs)


def _signs(seeds: Seeds) -> dict[str, int]:
    """The measures to compare besides those of attacks: of right and wrong, of wording by likelihood, of models."""
    oracle = next(iter(seeds.values()))["oracle"].scores
    rights = {path: SHOWS_MORE for path in judged_paths(oracle) if path.startswith("forget/")}
    likelihoods = {
        f"forget/{modality}/{name}": sign
        for modality in MODALITIES
        for name, sign in (("truth_ratio", SHOWS_LESS), ("extraction_strength", SHOWS_MORE))
    }
    of_models = {"model/forget_quality_d": SHOWS_MORE, "model/nearness": SHOWS_LESS}
    return {**rights, **likelihoods, **of_models}


def _shared(points: Sequence[tuple[Measured, Measured]], path: str) -> bool:
    return all(mine.scores.get(path) is not None for mine, _ in points)


def _values(points: Sequence[tuple[Measured, Measured]], path: str) -> list[float]:
    return [value for mine, _ in points if (value := mine.scores[path]) is not None]


def _draws(points: Sequence[tuple[Measured, Measured]], path: str, sign: int, far: Array) -> Array | None:
    """Spearman's ρ with the distance in each draw of people."""
    if not all(path in mine.draws for mine, _ in points):
        return None
    column = sign * np.stack([mine.draws[path] for mine, _ in points], axis=1)
    there = ~np.isnan(column).any(1) & ~np.isnan(far).any(1)
    found = np.full(len(column), np.nan)
    if there.any():
        found[there] = spearman(column[there], far[there])
    return found


def _number(values: Array) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])
