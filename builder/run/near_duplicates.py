"""Near-duplicates among the people of a run, and who of them is made again: the one thing seen only across a run.

The rule is fixed: of two people who look too much alike, the one with the higher number is made again, as another
person of the same description, until no lower number looks like that person. Who a person is depends on lower numbers
alone, and neither on the order of the work nor on how often it was stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

PerceptualHash = str
"""What people are compared by: 256 bits in hexadecimal."""

_WORDS = 4
"""64-bit words of a hash."""


@dataclass(frozen=True)
class NearDuplicateRule:
    """How a stage recognises near-duplicates.

    `key` gives a digest of what a record's hash depends on, or "" for a record that is not compared; it is given the
    record's `columns`. `perceptual_hash` computes the hash. Two people are near-duplicates if their hashes differ in at
    most `distance` bits, a setting of the recipe; 0 compares nobody. A person who is still a near-duplicate after
    `limit` attempts is given up.
    """

    columns: tuple[str, ...]
    key: Callable[[Mapping[str, Any]], str]
    perceptual_hash: Callable[[Any], PerceptualHash]
    distance: Callable[[Any], int]
    limit: int = 8


def find_near_duplicates(
    hashes: Mapping[int, PerceptualHash], before: Mapping[int, Sequence[PerceptualHash]], distance: int
) -> dict[int, tuple[PerceptualHash, ...]]:
    """The rejected hashes of each person who has any, by number: those of `before` that still hold, and new ones.

    `hashes` are the people as they are, `before` the hashes rejected until now. When the result equals `before`, the
    run is settled: every person differs from all lower numbers, and every rejected hash was like one of them.
    """
    settled = _Settled(len(hashes))
    result: dict[int, tuple[PerceptualHash, ...]] = {}
    for number in sorted(hashes.keys() | before.keys()):
        rejected = tuple(before.get(number, ()))
        valid = next((place for place, each in enumerate(rejected) if not settled.near(each, distance)), len(rejected))
        if valid < len(rejected):
            rejected = rejected[:valid]  # the person whom the next one was like is gone
        elif number in hashes and settled.near(hashes[number], distance):
            rejected = (*rejected, hashes[number])
        elif number in hashes:
            settled.add(hashes[number])
        if rejected:
            result[number] = rejected
    return result


class _Settled:
    """The hashes of the people who stay."""

    def __init__(self, most: int) -> None:
        self._words = np.zeros((most, _WORDS), np.uint64)
        self._count = 0

    def add(self, perceptual_hash: PerceptualHash) -> None:
        self._words[self._count] = _words(perceptual_hash)
        self._count += 1

    def near(self, perceptual_hash: PerceptualHash, distance: int) -> bool:
        differing = np.bitwise_count(self._words[: self._count] ^ _words(perceptual_hash)).sum(axis=1)
        return bool((differing <= distance).any())


def _words(perceptual_hash: PerceptualHash) -> npt.NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex(perceptual_hash), np.uint64, _WORDS)
