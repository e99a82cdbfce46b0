"""Blocks: a pool of values cut into fours, and which quartet is dealt which of them.

A quartet is dealt one block of each fact, a value to each member. So whatever else is known of the strings, each of
the four options of a question is right for exactly one of four people. Two quartets of a stratum always share a block:
what is forgotten of one is still held by somebody who is retained.
"""

import functools
from collections.abc import Callable, Sequence

from builder.base.errors import CallError
from builder.base.randomness import stream
from builder.base.recipe import FOUR

Block = tuple[str, ...]


@functools.cache
def cut(seed: int, name: str, pool: tuple[str, ...]) -> tuple[Block, ...]:
    """A pool cut into blocks of four in a seeded order; a remainder is not used."""
    order = stream(seed, "blocks", name).sample(pool, len(pool))
    return tuple(tuple(order[start : start + FOUR]) for start in range(0, len(order) - FOUR + 1, FOUR))


def spread(values: Sequence[str]) -> tuple[Block, ...]:
    """Ascending values cut into blocks whose members lie far apart: of twelve, the first, fourth, seventh and tenth."""
    step = len(values) // FOUR
    return tuple(tuple(values[start + step * place] for place in range(FOUR)) for start in range(step))


def turn(seed: int, name: str, index: int, window: int) -> int:
    """The turn of quartet number `index` of a stratum: two quartets of each `window` of them have the same one."""
    run, place = divmod(index, window)
    order = stream(seed, "turns", name, run).sample(range(window), window)
    return (run * window + order[place]) // 2


def partner(seed: int, name: str, index: int, window: int) -> int:
    """The other quartet of the stratum whose turn is that of quartet number `index`."""
    run = index // window
    mine = turn(seed, name, index, window)
    return next(
        other
        for other in range(run * window, (run + 1) * window)
        if other != index and turn(seed, name, other, window) == mine
    )


def dealt(
    seed: int, name: str, blocks: Sequence[Block], turn: int, allowed: Callable[[Block], bool] = lambda block: True
) -> Block:
    """The block of a turn: as many turns as there are blocks use each block once, in an order of their own.

    A block that is not allowed is passed over for the next one that is. Raises CallError when none is.
    """
    run, place = divmod(turn, len(blocks))
    order = stream(seed, "dealt", name, run).sample(range(len(blocks)), len(blocks))
    for step in range(len(blocks)):
        block = blocks[order[(place + step) % len(blocks)]]
        if allowed(block):
            return block
    raise CallError(f"No four values of {name} suit these people; another seed may help.")
