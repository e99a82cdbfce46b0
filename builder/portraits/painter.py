"""The interface of every painter, and the orders that it receives."""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from builder.base.errors import CallError
from builder.base.makers import PAINTERS, Maker
from builder.base.randomness import digest, stream
from builder.base.recipe import Recipe
from builder.base.records import AgeGroup, Appearance, Gender, Scene, View
from builder.run.fetching import Fetcher
from builder.run.made_on import MadeOn

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class Order:
    """One picture to paint.

    `size` is its width and height in pixels. `seed` is the recipe's. `attempt` counts from 0 and rises when a picture
    is refused; `casting` counts from 0 and rises when the person looks like another one, and gives another face of the
    same description. `reference` is the encoded reference picture of the person, for painters that work from it; it is
    empty in an order of the reference itself. The person's looks depend only on `seed`, `profile_id` and `casting`; the
    picture depends on the whole order.
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
        """A random stream for this picture alone."""
        return stream(self.seed, *self._names)

    @property
    def image_seed(self) -> int:
        """A 63-bit seed for this picture alone, for generators that take a number."""
        return digest(self.seed, *self._names) >> 193

    @property
    def _names(self) -> tuple[str | int, ...]:
        return self.profile_id, "portraits", self.view, self.index, "attempt", self.attempt, *self._recast

    @property
    def _recast(self) -> tuple[str | int, ...]:
        return ("casting", self.casting) if self.casting else ()


@dataclass(frozen=True)
class Finished:
    """The result of one order: the encoded picture, or why it was refused, as the end of "refused because it …"."""

    image: bytes = b""
    fault: str = ""


class Painter(Protocol):
    """Paints pictures of people. A picture must depend on its order alone, not on the batch that it is painted in."""

    def paint(self, orders: Sequence[Order]) -> "list[Image.Image]":
        """One RGB picture for each order, in their order."""
        ...


class Studio(Protocol):
    """Opens what paints for a whole run beside its worker processes, a batch at a time: see `diffusion.studio`."""

    def __call__(
        self, recipe: Recipe, shelf_of: Callable[[Order], Path], setting: str, made_on: MadeOn
    ) -> AbstractContextManager[Fetcher]:
        """The fetcher of the portraits stage.

        It puts its pictures on the `Shelf` at `shelf_of(order)`, under `setting`, and notes in `made_on` the devices
        and versions that painted them.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class PainterSpec(Maker):
    """A painter that a recipe can choose: `portraits.painter` is its name.

    `open(recipe)` returns a painter that paints in the worker processes; the recipe has the parts that the painter
    declares, the seed and `portraits`. A painter that holds a large model has a `studio` instead. `photographic` says
    that its faces look like photographs, so that a detector finds them.
    """

    open: Callable[[Recipe], Painter] | None = None
    studio: Studio | None = None
    photographic: bool = False


def painter_spec(name: str) -> PainterSpec:
    """The painter of this name. Raises CallError if there is none."""
    found = PAINTERS.get(name)
    if not isinstance(found, PainterSpec) or (found.open is None) == (found.studio is None):
        raise CallError(f"The painter '{name}' must be a PainterSpec that either opens a painter or has a studio.")
    return found
