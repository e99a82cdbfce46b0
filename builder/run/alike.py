"""Which people are too alike, and who of them is made again: the one thing that can only be seen across a run.

The rule is fixed: where two people are too alike, the one with the higher number is made again, as another one of the
same description, until no lower number is like it. Who a person is depends on lower numbers alone, and neither on the
order of the work nor on how often it was stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Mark = str
"""What a person is compared by: 256 bits in hexadecimal."""

_WORDS = 4
"""64-bit words of a mark."""


@dataclass(frozen=True)
class Apart:
    """How the people of a stage are told apart.

    `key` gives a digest of what a record's mark depends on, or "" for a record that is not compared; it is given the
    record's `columns`. `mark` works the mark out. Two people are too alike when their marks differ in `distance` bits
    or fewer, a knob of the recipe; 0 compares nobody. Who is too like others after `limit` times is given up.
    """

    columns: tuple[str, ...]
    key: Callable[[Mapping[str, Any]], str]
    mark: Callable[[Any], Mark]
    distance: Callable[[Any], int]
    limit: int = 8


def set_aside(
    marks: Mapping[int, Mark], before: Mapping[int, Sequence[Mark]], distance: int
) -> dict[int, tuple[Mark, ...]]:
    """The marks that each person has to leave behind, by number: of those who stay as they are, what they left before.

    `marks` are the people as they stand, `before` what was set aside until now. When nothing differs from `before`, the
    run is settled: every person is unlike all lower numbers, and was like one of them in every mark set aside.
    """
    settled = _Settled(len(marks))
    result: dict[int, tuple[Mark, ...]] = {}
    for number in sorted(marks.keys() | before.keys()):
        left = tuple(before.get(number, ()))
        sound = next((place for place, mark in enumerate(left) if not settled.near(mark, distance)), len(left))
        if sound < len(left):
            left = left[:sound]  # whom it was like is not there any more
        elif number in marks and settled.near(marks[number], distance):
            left = (*left, marks[number])
        elif number in marks:
            settled.add(marks[number])
        if left:
            result[number] = left
    return result


class _Settled:
    """The marks of those who stay."""

    def __init__(self, most: int) -> None:
        self._words = np.zeros((most, _WORDS), np.uint64)
        self._count = 0

    def add(self, mark: Mark) -> None:
        self._words[self._count] = _words(mark)
        self._count += 1

    def near(self, mark: Mark, distance: int) -> bool:
        differing = np.bitwise_count(self._words[: self._count] ^ _words(mark)).sum(axis=1)
        return bool((differing <= distance).any())


def _words(mark: Mark) -> npt.NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex(mark), np.uint64, _WORDS)
