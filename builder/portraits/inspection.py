"""The inspection that every painted picture goes through, whoever painted it."""

import dataclasses
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image

from builder.base.recipe import Recipe
from builder.portraits import checks, checks_faces
from builder.portraits.painter import Order, painter_spec
from builder.portraits.resemblance import differing_bits, perceptual_hash

if TYPE_CHECKING:
    from builder.portraits.checks_models import Decency, Likeness


@dataclasses.dataclass(frozen=True)
class Inspection:
    """The checks that a recipe asks for, the cheap ones first."""

    one_face: bool = False
    copied: int = 0
    likeness: "Likeness | None" = None
    same_person: float = -1.0
    decency: "Decency | None" = None

    def fault(self, order: Order, picture: Image.Image) -> str | None:
        """The fault of a picture, as the end of a sentence that starts with "it"; None if there is none."""
        tests: tuple[Callable[[Order, Image.Image], str | None], ...] = (
            lambda order, picture: picture.info.get("fault"),  # the painter's own verdict
            lambda order, picture: checks.fault(picture, order.size),
            self._faces,
            self._copy,
            self._person,
            self._safety,
        )
        return next((fault for test in tests if (fault := test(order, picture))), None)

    def _faces(self, order: Order, picture: Image.Image) -> str | None:
        return checks_faces.face_fault(picture, order.view) if self.one_face else None

    def _copy(self, order: Order, picture: Image.Image) -> str | None:
        """The fault of a held-out view that shows the reference once more: a model that knows one would know it too."""
        if not self.copied or order.view != "test" or not order.reference:
            return None
        bits = differing_bits(perceptual_hash(_opened(order.reference)), perceptual_hash(picture))
        if bits > self.copied:
            return None
        return f"is a copy of the reference (of 256 perceptual bits {bits} differ, more than {self.copied} are asked)"

    def _person(self, order: Order, picture: Image.Image) -> str | None:
        if self.likeness is None or not order.reference:
            return None
        cosine = float(self.likeness.of(self._face(_opened(order.reference))) @ self.likeness.of(self._face(picture)))
        if cosine >= self.same_person:
            return None
        return f"shows somebody else than the reference (cosine {cosine:.2f}, at least {self.same_person} is asked)"

    def _face(self, picture: Image.Image) -> Image.Image:
        """The face with some margin, if faces are looked for; else the whole picture."""
        found = checks_faces.faces(picture, frontal=False) if self.one_face else []
        if not found:
            return picture
        x, y, width, height = found[0]
        edge = width // 4
        return picture.crop((max(0, x - edge), max(0, y - edge), x + width + edge, y + height + edge))

    def _safety(self, order: Order, picture: Image.Image) -> str | None:
        return self.decency.fault(picture) if self.decency else None


def _opened(reference: bytes) -> Image.Image:
    return Image.open(io.BytesIO(reference)).convert("RGB")


def inspection_of(recipe: Recipe, device: str = "cpu") -> Inspection:
    """The checks of a recipe, their models loaded onto `device`."""
    photographed = painter_spec(recipe.portraits.painter).photographic
    one_face = recipe.portraits.faces == "on" or (recipe.portraits.faces == "auto" and photographed)
    copied = recipe.portraits.copied
    if not photographed or not (recipe.diffusion.embedding or recipe.diffusion.nsfw):
        return Inspection(one_face, copied)
    from builder.portraits.checks_models import Decency, Likeness

    part = recipe.diffusion
    return Inspection(
        one_face=one_face,
        copied=copied,
        likeness=Likeness(part.embedding, device) if part.embedding else None,
        same_person=part.same_person,
        decency=Decency(part.nsfw, device) if part.nsfw else None,
    )
