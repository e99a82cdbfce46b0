"""The order of training examples: shuffled, with rows of similar length together."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

_POOL = 50
"""Batches that are drawn together and sorted by length among themselves."""

T = TypeVar("T")


def length_grouped(items: Sequence[T], lengths: Sequence[int], batch: int, stream: Random) -> Iterator[list[T]]:
    """One pass over `items` in batches with little padding, in random order."""
    order = stream.sample(range(len(items)), len(items))
    batches = []
    for start in range(0, len(order), batch * _POOL):
        pool = sorted(order[start : start + batch * _POOL], key=lambda place: lengths[place])
        batches += [pool[at : at + batch] for at in range(0, len(pool), batch)]
    stream.shuffle(batches)
    for places in batches:
        yield [items[place] for place in places]


def endlessly(items: Sequence[T], batch: int, stream: Random) -> Iterator[list[T]]:
    """Endless full batches: every item comes once before any comes again."""
    queue: list[T] = []
    while True:
        while len(queue) < batch:
            queue += stream.sample(items, len(items))
        yield queue[:batch]
        del queue[:batch]
