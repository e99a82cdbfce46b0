"""Solvers that see the options of a question, and at most the name, and guess by rule."""

import functools
import itertools
import re
import statistics
from collections.abc import Callable, Sequence
from datetime import date
from zlib import crc32

Scores = Sequence[float]
Solver = Callable[[Sequence[str], str], Scores]
"""From the options and the person's name to a score for each option: the highest is the guess."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"(?:(\d{1,2})\.? )?([A-Z][a-z]{2})[a-z]* (?:(\d{1,2}), )?(\d{4})")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RUN = re.compile(r"[^\W_]+")


def guess(solver: Solver, options: Sequence[str], name: str, key: str) -> int:
    """The index that a solver picks."""
    return pick(solver(options, name), options, key)


def pick(scores: Scores, options: Sequence[str], key: str) -> int:
    """The index of the highest score. Ties are broken by a digest of `key` and the option, independent of the truth."""
    best = max(scores)
    tied = [index for index, score in enumerate(scores) if score == best]
    return tied[0] if len(tied) == 1 else min(tied, key=_lot(options, key).__getitem__)


@functools.lru_cache(maxsize=8)  # of the same options several solvers ask
def _lot(options: Sequence[str], key: str) -> list[int]:
    """A number for each option that has nothing to do with the truth."""
    return [crc32(f"{key}|{option}".encode()) for option in options]


@functools.lru_cache(maxsize=4096)
def number_in(option: str) -> float | None:
    """The date in an option, in days, or its first number; None when it has neither."""
    found = _DATE.search(option)
    if found and found[2].lower() in _MONTHS:
        return float(date(int(found[4]) or 1, _MONTHS.index(found[2].lower()) + 1, 1).toordinal()) + int(
            found[1] or found[3] or 0
        )
    number = _NUMBER.search(option)
    return float(number.group().replace(",", "")) if number else None


@functools.lru_cache(maxsize=4096)  # several solvers ask for the pieces of one option
def pieces(text: str) -> frozenset[str]:
    """The three-letter pieces of a text, its edges marked."""
    padded = f"^{text.casefold()}$"
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def _longest(options: Sequence[str], _: str) -> Scores:
    return [len(option) for option in options]


def _shortest(options: Sequence[str], _: str) -> Scores:
    return [-len(option) for option in options]


def _most_words(options: Sequence[str], _: str) -> Scores:
    return [len(option.split()) for option in options]


def _alphabetical(options: Sequence[str], _: str) -> Scores:
    order = sorted(option.casefold() for option in options)
    return [-order.index(option.casefold()) for option in options]


@functools.lru_cache(maxsize=8)  # three solvers ask for the numbers of the same options, one after the other
def _numbers(options: Sequence[str]) -> list[float]:
    found = [number_in(option) for option in options]
    return [0.0 if number is None else number for number in found]


def _largest(options: Sequence[str], _: str) -> Scores:
    return _numbers(options)


def _smallest(options: Sequence[str], _: str) -> Scores:
    return [-number for number in _numbers(options)]


def _middle(options: Sequence[str], _: str) -> Scores:
    numbers = _numbers(options)
    middle = statistics.median(numbers)
    return [-abs(number - middle) for number in numbers]


def _round(options: Sequence[str], _: str) -> Scores:
    return [_zeros(option) for option in options]


@functools.lru_cache(maxsize=4096)
def _zeros(option: str) -> int:
    """The zeros that an option's digits end with."""
    digits = "".join(filter(str.isdigit, option))
    return len(digits) - len(digits.rstrip("0"))


@functools.lru_cache(maxsize=4096)
def _shape(option: str) -> tuple[int, ...]:
    letters = sum(map(str.isalpha, option))
    return (
        len(_RUN.findall(option)),
        sum(map(str.isupper, option)),
        sum(map(str.isdigit, option)),
        len(option) - letters - option.count(" "),
        int(option.isascii()),
        len(option) // 4,
    )


def _odd_one_out(options: Sequence[str], _: str) -> Scores:
    shapes = [_shape(option) for option in options]
    traits = list(zip(*shapes, strict=True))
    return [-sum(trait.count(own) for trait, own in zip(traits, shape, strict=True)) for shape in shapes]


@functools.lru_cache(maxsize=8)
def _likeness(options: Sequence[str]) -> list[float]:
    """How alike each option is to the others: the sum of Jaccard's index over their pieces."""
    sets = [pieces(option) for option in options]
    scores = [0.0] * len(sets)
    for a, b in itertools.combinations(range(len(sets)), 2):
        common = len(sets[a] & sets[b])
        index = common / (len(sets[a]) + len(sets[b]) - common)
        scores[a] += index
        scores[b] += index
    return scores


def _most_alike(options: Sequence[str], _: str) -> Scores:
    return _likeness(options)


def _least_alike(options: Sequence[str], _: str) -> Scores:
    return [-score for score in _likeness(options)]


def _like_the_name(options: Sequence[str], name: str) -> Scores:
    given = pieces(name)
    return [len(pieces(option) & given) / (1 + len(option)) for option in options]


OPTIONS_ONLY: dict[str, Solver] = {
    "longest": _longest,
    "shortest": _shortest,
    "most words": _most_words,
    "first in the alphabet": _alphabetical,
    "largest number": _largest,
    "smallest number": _smallest,
    "middle number": _middle,
    "roundest number": _round,
    "odd one out": _odd_one_out,
    "most alike": _most_alike,
    "least alike": _least_alike,
}
"""Rules over the options alone."""

NAME_ONLY: dict[str, Solver] = {"most like the name": _like_the_name}
"""Rules over the options and the name."""
