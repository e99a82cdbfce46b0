"""A trained solver: naive Bayes over what options look like, cross-validated over people.

For each fact it learns from other people's options which features speak for the true one: words, three-letter pieces,
length, shape, the whole option; told more than the options, also each of them together with the country, the gender,
the age group and the family name. Features are hashed, so that a note is a small array.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from builder.audit.solvers import pieces

_SPACE = 1 << 16
FOLDS = 5
_LETTER, _DIGIT = re.compile(r"[^\W\d_]+"), re.compile(r"\d")

Features = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Hashed:
    """The features of four options in a row, and where each option's begin."""

    features: Features
    starts: npt.NDArray[np.uint16]


def hashed(options: Sequence[str], told: Sequence[str]) -> Hashed:
    """The features of `options`; `told` is what else the solver is told: the country, the gender, …"""
    lists = [_features(option, tuple(told)) for option in options]
    starts = np.cumsum([0, *map(len, lists[:-1])])
    return Hashed(np.fromiter((each for found in lists for each in found), np.uint16), starts.astype(np.uint16))


@functools.lru_cache(maxsize=50_000)
def _features(option: str, told: tuple[str, ...]) -> list[int]:
    return [crc32(feature.encode()) % _SPACE for feature in _spelled(option, told)]


def _spelled(option: str, told: Sequence[str]) -> Iterator[str]:
    parts = [option, *(option.split() if " " in option else ())]
    if told:
        for each in told:
            yield from (f"{each}&{part}" for part in parts)
        return
    yield from parts
    yield f"length {len(option)}"
    yield f"shape {_DIGIT.sub('9', _LETTER.sub('a', option))}"
    yield from pieces(option)


def hits(units: Sequence[Hashed], truth: Sequence[int], folds: Sequence[int]) -> list[bool]:
    """Whether the solver, trained on the other folds, picks the true option of each unit (one person's fact)."""
    features = np.concatenate([unit.features for unit in units]).astype(np.int64)
    sizes = np.array([len(unit.features) for unit in units])
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    starts = np.concatenate([unit.starts + offset for unit, offset in zip(units, offsets, strict=True)]).astype(int)
    option_sizes = np.diff(np.append(starts, len(features)))
    wanted = np.asarray(truth)
    options = len(starts) // len(units)
    is_true = np.arange(len(starts)) % options == np.repeat(wanted, options)
    fold = np.repeat(np.repeat(np.asarray(folds), options), option_sizes)
    true = np.repeat(is_true, option_sizes)
    guessed = np.empty(len(units), dtype=int)
    for number in range(FOLDS):
        ratio = _ratios(features, true, fold != number, options)
        scores = np.add.reduceat(ratio[features], starts).reshape(-1, options)
        mine = np.asarray(folds) == number
        guessed[mine] = scores[mine].argmax(axis=1)
    return [bool(hit) for hit in guessed == wanted]


def _ratios(
    features: npt.NDArray[np.int64], true: npt.NDArray[np.bool_], learnt: npt.NDArray[np.bool_], options: int
) -> npt.NDArray[np.float64]:
    """For each feature the logarithm of how much likelier a true option has it than a wrong one, smoothed."""
    speaks_for = np.bincount(features[true & learnt], minlength=_SPACE)
    against = np.bincount(features[~true & learnt], minlength=_SPACE) / (options - 1)
    return np.asarray(np.log((speaks_for + 1) / (against + 1)))


def fold_of(identity: str) -> int:
    """The fold a person belongs to."""
    return crc32(identity.encode()) % FOLDS


def frequent_hits(units: Iterable[tuple[Sequence[str], int]]) -> list[bool]:
    """Whether the option that other people's options name most often is the true one."""
    listed = list(units)
    counts: dict[str, int] = {}
    for options, _ in listed:
        for option in options:
            counts[option] = counts.get(option, 0) + 1
    found = []
    for options, truth in listed:
        best = max(options, key=lambda option: (counts[option], crc32(f"{options}{option}".encode())))
        found.append(options.index(best) == truth)
    return found
