"""A trained solver: naive Bayes over what options look like, cross-validated over people.

For each fact it learns from other people's options which features speak for the true one: words, three-letter pieces,
length, shape, the whole option; told more than the options, also each of them together with the country, the gender,
the age group and the family name. Features are hashed, so that a note is a small array.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from builder.audit.solvers import pieces
from builder.base.recipe import FOUR

_SPACE = 1 << 16
FOLDS = 5
_LETTER, _DIGIT = re.compile(r"[^\W\d_]+"), re.compile(r"\d")

_TOGETHER = 500
"""How many people are processed at once."""


class Hashed(NamedTuple):
    """The features of four options in a row, and where each option's begin: 16-bit numbers."""

    features: bytes
    starts: bytes


def hash_features(options: Sequence[str], told: Sequence[str] = ()) -> Hashed:
    """The features of `options`; `told` is what else the solver is told: the country, the gender, …"""
    lists = [_combine(_parts(option), told) if told else _looks(option) for option in options]
    starts = np.cumsum([0, *map(len, lists[:-1])])
    features = np.fromiter(itertools.chain(*lists), np.uint16)
    return Hashed(features.tobytes(), starts.astype(np.uint16).tobytes())


@functools.lru_cache(maxsize=4096)
def _parts(option: str) -> tuple[int, ...]:
    """Digests of the whole option and of its words."""
    return tuple(crc32(part.encode()) for part in (option, *(option.split() if " " in option else ())))


@functools.lru_cache(maxsize=4096)
def _looks(option: str) -> tuple[int, ...]:
    """The features of an option by itself."""
    spelled = (f"length {len(option)}", f"shape {_DIGIT.sub('9', _LETTER.sub('a', option))}", *pieces(option))
    # Sorted: pieces are a set, and a sum of fractions depends on the order in its last digits.
    return tuple(sorted(part % _SPACE for part in (*_parts(option), *(crc32(each.encode()) for each in spelled))))


def _combine(parts: Sequence[int], told: Sequence[str]) -> list[int]:
    """Each part together with each thing told: both digests mixed by multiplication (Knuth's constant)."""
    return [((part ^ digest) * 2654435761 >> 15) % _SPACE for digest in map(_digest, told) for part in parts]


@functools.lru_cache(maxsize=4096)
def _digest(told: str) -> int:
    return crc32(told.encode())


@dataclass(frozen=True)
class _Batch:
    """Units side by side: the features of all options, each placed in its person's fold, and what belongs to which."""

    placed: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    true: npt.NDArray[np.bool_]
    truth: npt.NDArray[np.int64]
    options: int


def hits(units: Sequence[Hashed], truth: Sequence[int], folds: Sequence[int]) -> list[bool]:
    """Whether the solver, trained on the other folds, picks the true option of each unit (one person's fact)."""
    speaks_for, against = np.zeros((2, FOLDS * _SPACE))
    for batch in _batches(units, truth, folds):
        speaks_for += np.bincount(batch.placed[batch.true], minlength=FOLDS * _SPACE)
        against += np.bincount(batch.placed[~batch.true], minlength=FOLDS * _SPACE) / (batch.options - 1)
    # For each fold, the logarithm of how much likelier a true option of the others has a feature than a wrong one.
    ratios = np.log(_of_others(speaks_for) / _of_others(against)).reshape(-1)
    found: list[bool] = []
    for batch in _batches(units, truth, folds):
        scores = np.add.reduceat(ratios[batch.placed], batch.starts).reshape(-1, batch.options)
        found += (scores.argmax(axis=1) == batch.truth).tolist()
    return found


def _of_others(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How often each feature occurs in the other folds, plus one."""
    by_fold = counts.reshape(FOLDS, _SPACE)
    return np.asarray(by_fold.sum(axis=0) - by_fold + 1)


def _batches(units: Sequence[Hashed], truth: Sequence[int], folds: Sequence[int]) -> Iterator[_Batch]:
    for first in range(0, len(units), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        yield _batch(units[some], np.asarray(truth[some]), np.asarray(folds[some]))


def _batch(units: Sequence[Hashed], truth: npt.NDArray[np.int64], folds: npt.NDArray[np.int64]) -> _Batch:
    features = np.frombuffer(b"".join(unit.features for unit in units), np.uint16).astype(np.int64)
    starts = np.frombuffer(b"".join(unit.starts for unit in units), np.uint16).reshape(len(units), -1).astype(np.int64)
    starts += np.cumsum([0, *(len(unit.features) // 2 for unit in units[:-1])])[:, None]
    options = starts.shape[1]
    sizes = np.diff(np.append(starts, len(features)))
    true = np.repeat((np.arange(options) == truth[:, None]).reshape(-1), sizes)
    placed = features + _SPACE * np.repeat(np.repeat(folds, options), sizes)
    return _Batch(placed, starts.reshape(-1), true, truth, options)


def fold_of(identity: str) -> int:
    """The fold a person belongs to: that of the quartet, whose members show the same options."""
    return crc32(str(int(identity) // FOUR).encode()) % FOLDS


def frequent_hits(units: Iterable[tuple[Sequence[str], int]]) -> list[bool]:
    """Whether the option that other people's options name most often is the true one."""
    listed = list(units)
    counts: dict[str, int] = {}
    for options, _ in listed:
        for option in options:
            counts[option] = counts.get(option, 0) + 1
    found = []
    for options, truth in listed:
        most = max(counts[option] for option in options)
        tied = [option for option in options if counts[option] == most]
        best = tied[0] if len(tied) == 1 else max(tied, key=lambda option: crc32(f"{options}{option}".encode()))
        found.append(options.index(best) == truth)
    return found
