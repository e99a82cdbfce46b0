"""Independent random streams, and unique draws, as pure functions of (seed, names).

Nothing here holds state that two callers share, so the same names give the same draws whatever was drawn
before, in whichever process and order.
"""

import hashlib
import json
import random
from dataclasses import dataclass

_ROUNDS = 6


def digest(seed: int, *names: str | int) -> int:
    """A 256-bit number that depends on the seed and on every name, in order."""
    text = json.dumps([seed, *names], ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def stream(seed: int, *names: str | int) -> random.Random:
    """A random stream of its own for `(seed, *names)`, for example `stream(7, "00093", "questions")`."""
    return random.Random(digest(seed, *names))


@dataclass(frozen=True)
class Permutation:
    """A seeded bijection of `range(size)`: draws without repetition, without remembering what was drawn.

    A balanced Feistel network over the next power of four, walked until it lands inside the domain
    (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
    """

    size: int
    seed: int
    name: str

    def __call__(self, index: int) -> int:
        """Where `index` goes. Raises IndexError outside `range(size)`."""
        if not 0 <= index < self.size:
            raise IndexError(f"{index} is outside the permutation of {self.size}")
        half = max(1, ((self.size - 1).bit_length() + 1) // 2)
        value = self._mix(index, half)
        while value >= self.size:
            value = self._mix(value, half)
        return value

    def _mix(self, value: int, half: int) -> int:
        mask = (1 << half) - 1
        left, right = value >> half, value & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (digest(self.seed, self.name, turn, right) & mask)
        return left << half | right
