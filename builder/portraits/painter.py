"""Who paints: the interface that every painter has, and what it is asked for."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from builder.base.randomness import digest, stream
from builder.base.records import AgeGroup, Appearance, Gender, Scene, View

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class Order:
    """One picture that is wanted.

    `size` is its width and height in pixels. `seed` is the recipe's. `attempt` counts from 0 and rises when a picture
    was refused; `casting` counts from 0 and rises when the person looked like another one, and makes another face of
    the same description. `reference` is the encoded reference picture of the person, for painters that work from it;
    empty where the reference itself is ordered. What makes the person depends on `seed`, `profile_id` and `casting`
    alone, what makes the picture on all of the order.
    """

    profile_id: str
    gender: Gender
    age_group: AgeGroup
    appearance: Appearance
    scene: Scene
    view: View
    index: int
    size: int
    seed: int
    attempt: int = 0
    casting: int = 0
    reference: bytes = b""

    @property
    def identity(self) -> random.Random:
        """A random stream that is the same for every picture of this person."""
        return stream(self.seed, self.profile_id, "portraits", "face", *self._recast)

    @property
    def chance(self) -> random.Random:
        """A random stream of this picture's own."""
        return stream(self.seed, *self._names)

    @property
    def image_seed(self) -> int:
        """A 63-bit seed of this picture's own, for generators that take a number."""
        return digest(self.seed, *self._names) >> 193

    @property
    def _names(self) -> tuple[str | int, ...]:
        return self.profile_id, "portraits", self.view, self.index, "attempt", self.attempt, *self._recast

    @property
    def _recast(self) -> tuple[str | int, ...]:
        return ("casting", self.casting) if self.casting else ()


@dataclass(frozen=True)
class Finished:
    """What came of one order: the encoded picture, or why it was refused, as the end of "refused because it …"."""

    image: bytes = b""
    fault: str = ""


class Painter(Protocol):
    """Paints pictures of people. A picture must depend on its order alone, not on the batch that it is painted in."""

    def paint(self, orders: Sequence[Order]) -> "list[Image.Image]":
        """One RGB picture for each order, in their order."""
        ...
