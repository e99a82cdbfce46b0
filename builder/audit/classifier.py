"""A trained solver: naive Bayes over what options look like, cross-validated over people.

For each fact it learns from other people's options which features speak for the true one: words, three-letter pieces,
length, shape, the whole option; told more than the options, also each of them together with the country, the gender,
the age group and the family name. Features are hashed, so that a note is a small array.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
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


def hashed(options: Sequence[str], told: Sequence[str] = ()) -> Hashed:
    """The features of `options`; `told` is what else the solver is told: the country, the gender, …"""
    lists = [_combined(_parts(option), told) if told else _looks(option) for option in options]
    starts = np.cumsum([0, *map(len, lists[:-1])])
    return Hashed(np.fromiter(itertools.chain(*lists), np.uint16), starts.astype(np.uint16))


@functools.lru_cache(maxsize=50_000)
def _parts(option: str) -> tuple[int, ...]:
    """Digests of the whole option and of its words."""
    return tuple(crc32(part.encode()) for part in (option, *(option.split() if " " in option else ())))


@functools.lru_cache(maxsize=50_000)
def _looks(option: str) -> tuple[int, ...]:
    """What an option looks like by itself."""
    spelled = (f"length {len(option)}", f"shape {_DIGIT.sub('9', _LETTER.sub('a', option))}", *pieces(option))
    # Sorted: pieces are a set, and a sum of fractions depends on the order in its last digits.
    return tuple(sorted(part % _SPACE for part in (*_parts(option), *(crc32(each.encode()) for each in spelled))))


def _combined(parts: Sequence[int], told: Sequence[str]) -> list[int]:
    """Each part together with each thing told: both digests mixed by multiplication (Knuth's constant)."""
    return [((part ^ digest) * 2654435761 >> 15) % _SPACE for digest in map(_digest, told) for part in parts]


@functools.lru_cache(maxsize=50_000)
def _digest(told: str) -> int:
    return crc32(told.encode())


def hits(units: Sequence[Hashed], truth: Sequence[int], folds: Sequence[int]) -> list[bool]:
    """Whether the solver, trained on the other folds, picks the true option of each unit (one person's fact)."""
    features = np.concatenate([unit.features for unit in units]).astype(np.int64)
    offsets = np.cumsum([0, *(len(unit.features) for unit in units[:-1])])
    starts = np.concatenate([unit.starts + offset for unit, offset in zip(units, offsets, strict=True)]).astype(int)
    options = len(starts) // len(units)
    wanted, own_fold = np.asarray(truth), np.asarray(folds)
    sizes = np.diff(np.append(starts, len(features)))
    true = np.repeat(np.arange(len(starts)) % options == np.repeat(wanted, options), sizes)
    placed = features + _SPACE * np.repeat(np.repeat(own_fold, options), sizes)
    speaks_for, against = _counts(placed[true]), _counts(placed[~true]) / (options - 1)
    # For each fold, the logarithm of how much likelier a true option of the others has a feature than a wrong one.
    ratios = np.log((speaks_for.sum(axis=0) - speaks_for + 1) / (against.sum(axis=0) - against + 1))
    scores = np.add.reduceat(ratios.reshape(-1)[placed], starts).reshape(-1, options)
    return [bool(hit) for hit in scores.argmax(axis=1) == wanted]


def _counts(placed: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How often each feature stands in each fold."""
    return np.bincount(placed, minlength=FOLDS * _SPACE).astype(float).reshape(FOLDS, _SPACE)


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
