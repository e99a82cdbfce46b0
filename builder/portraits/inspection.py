"""The inspection that every painted picture goes through, whoever painted it."""

import dataclasses
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from builder.base.recipe import Recipe
from builder.portraits import checks, checks_faces
from builder.portraits.painter import Order, painter_spec

if TYPE_CHECKING:
    from PIL import Image

    from builder.portraits.checks_models import Decency, Likeness


@dataclasses.dataclass(frozen=True)
class Inspection:
    """The checks that a recipe asks for, the cheap ones first."""

    one_face: bool = False
    likeness: "Likeness | None" = None
    same_person: float = -1.0
    decency: "Decency | None" = None

    def fault(self, order: Order, picture: "Image.Image") -> str | None:
        """The fault of a picture, as the end of a sentence that starts with "it"; None if there is none."""
        tests: tuple[Callable[[Order, Image.Image], str | None], ...] = (
            lambda order, picture: picture.info.get("fault"),  # the painter's own verdict
            lambda order, picture: checks.fault(picture, order.size),
            self._faces,
            self._person,
            self._safety,
        )
        return next((fault for test in tests if (fault := test(order, picture))), None)

    def _faces(self, order: Order, picture: "Image.Image") -> str | None:
        return checks_faces.face_fault(picture, order.view) if self.one_face else None

    def _person(self, order: Order, picture: "Image.Image") -> str | None:
        if self.likeness is None or not order.reference:
            return None
        from PIL import Image

        reference = Image.open(io.BytesIO(order.reference)).convert("RGB")
        cosine = float(self.likeness.of(self._face(reference)) @ self.likeness.of(self._face(picture)))
        if cosine >= self.same_person:
            return None
        return f"shows somebody else than the reference (cosine {cosine:.2f}, at least {self.same_person} is asked)"

    def _face(self, picture: "Image.Image") -> "Image.Image":
        """The face with some margin, if faces are looked for; else the whole picture."""
        found = checks_faces.faces(picture, frontal=False) if self.one_face else []
        if not found:
            return picture
        x, y, width, height = found[0]
        edge = width // 4
        return picture.crop((max(0, x - edge), max(0, y - edge), x + width + edge, y + height + edge))

    def _safety(self, order: Order, picture: "Image.Image") -> str | None:
        return self.decency.fault(picture) if self.decency else None


def inspection_of(recipe: Recipe, device: str = "cpu") -> Inspection:
    """The checks of a recipe, their models loaded onto `device`."""
    photographed = painter_spec(recipe.portraits.painter).photographic
    one_face = recipe.portraits.faces == "on" or (recipe.portraits.faces == "auto" and photographed)
    if not photographed or not (recipe.diffusion.embedding or recipe.diffusion.nsfw):
        return Inspection(one_face)
    from builder.portraits.checks_models import Decency, Likeness

    part = recipe.diffusion
    return Inspection(
        one_face=one_face,
        likeness=Likeness(part.embedding, device) if part.embedding else None,
        same_person=part.same_person,
        decency=Decency(part.nsfw, device) if part.nsfw else None,
    )
