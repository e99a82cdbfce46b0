"""The sheet that a portrait is painted on.

Shapes are filled on a sheet several times as fine as the picture, and reduced: that is the antialiasing. Soft tones are
laid on the picture itself through small blurred masks. Shapes wait until a tone or the picture is asked for, so work of
one kind belongs together.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from builder.portraits.drawn.curves import Points
from builder.portraits.drawn.palette import Colour

Fill = Colour | tuple[int, int, int, int]
"""A colour, or a colour with an opacity of 0 to 255."""

Box = tuple[int, int, int, int]

_STENCIL = 2
"""How much finer a stencil is drawn than the picture: its edges lie on edges that are already smooth."""


@dataclass(frozen=True)
class Shape:
    """A filled outline in picture pixels."""

    outline: Points
    fill: Fill


def filled(outlines: Iterable[Points], *fills: Fill) -> list[Shape]:
    """A shape for each outline; the fills take turns."""
    return [Shape(outline, fills[index % len(fills)]) for index, outline in enumerate(outlines)]


@dataclass(frozen=True)
class Tone:
    """An outline of a soft mask: how strong the tone is inside it, 0 to 1. Later ones replace earlier ones."""

    outline: Points
    strength: float


@dataclass(frozen=True)
class Wash:
    """Tones blurred together by `blur` pixels."""

    tones: Sequence[Tone]
    blur: float


@dataclass(frozen=True)
class Stencil:
    """Where a soft tone may go: an antialiased mask over a part of the picture."""

    box: Box
    mask: Image.Image


class Canvas:
    """A square picture of `size` pixels that is being painted."""

    def __init__(self, backdrop: Image.Image, fineness: int) -> None:
        self.size = backdrop.width
        self._fineness = fineness
        self._picture = backdrop
        self._waiting: list[Shape] = []

    def fill(self, shapes: Iterable[Shape]) -> None:
        """Fill the shapes in their order."""
        self._waiting.extend(shapes)

    def stencil(self, inside: Sequence[Points], outside: Sequence[Points] = ()) -> Stencil:
        """The mask of what the first outlines cover and the second do not."""
        box = self._box(inside)
        mask = Image.new("L", ((box[2] - box[0]) * _STENCIL, (box[3] - box[1]) * _STENCIL))
        draw = ImageDraw.Draw(mask)
        for outlines, value in ((inside, 255), (outside, 0)):
            for outline in outlines:
                draw.polygon(_flat(outline - box[:2], _STENCIL), fill=value)
        return Stencil(box, mask.reduce(_STENCIL))

    def glaze(self, stencil: Stencil, colour: Colour, *washes: Wash) -> None:
        """Lay `colour` over the stencil, as strong as the strongest of the washes."""
        box = _reached(stencil.box, washes)
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        left, top = stencil.box[:2]
        mask = stencil.mask.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
        self.picture().paste(colour, box, ImageChops.multiply(self._soft(box, washes), mask))

    def picture(self) -> Image.Image:
        """The picture as it stands."""
        if self._waiting:
            shapes, grid = self._waiting, self._fineness
            box = self._box([shape.outline for shape in shapes])
            size = (box[2] - box[0]) * grid, (box[3] - box[1]) * grid
            sheet = self._picture.resize(size, Image.Resampling.NEAREST, box=box)
            opaque, blending = ImageDraw.Draw(sheet), ImageDraw.Draw(sheet, "RGBA")
            flat, start = _flat(np.concatenate([shape.outline for shape in shapes]) - box[:2], grid), 0
            for shape in shapes:  # one conversion for all of them: it costs more than the drawing
                draw, end = opaque if len(shape.fill) == 3 else blending, start + 2 * len(shape.outline)
                draw.polygon(flat[start:end], fill=shape.fill)
                start = end
            self._picture.paste(sheet.reduce(grid), box)
            self._waiting = []
        return self._picture

    def _soft(self, box: Box, washes: Sequence[Wash]) -> Image.Image:
        width, height = box[2] - box[0], box[3] - box[1]
        blur = min(wash.blur for wash in washes)
        coarseness = max(1, min(4, int(blur / 1.5), self.size // 64))
        size = -(-width // coarseness) + 1, -(-height // coarseness) + 1
        mask = functools.reduce(ImageChops.lighter, (_washed(size, box, wash, coarseness) for wash in washes))
        if coarseness == 1:
            return mask.crop((0, 0, width, height))
        part = (0.0, 0.0, width / coarseness, height / coarseness)
        return mask.resize((width, height), Image.Resampling.BILINEAR, box=part)

    def _box(self, outlines: Sequence[Points]) -> Box:
        """The smallest box of whole pixels inside the picture that holds the outlines."""
        every = np.concatenate(outlines)
        left, top = (int(max(0, min(edge, self.size - 1))) for edge in every.min(axis=0))
        right, bottom = (int(max(1, min(edge + 2, self.size))) for edge in every.max(axis=0))
        return left, top, max(right, left + 1), max(bottom, top + 1)


def _reached(box: Box, washes: Sequence[Wash]) -> Box:
    """The part of the box that the washes can reach."""
    every = np.concatenate([tone.outline for wash in washes for tone in wash.tones if tone.strength > 0])
    margin = 2.5 * max(wash.blur for wash in washes) + 2
    (left, top), (right, bottom) = every.min(axis=0) - margin, every.max(axis=0) + margin
    return max(box[0], int(left)), max(box[1], int(top)), min(box[2], int(right) + 1), min(box[3], int(bottom) + 1)


def _washed(size: tuple[int, int], box: Box, wash: Wash, coarseness: int) -> Image.Image:
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    for tone in wash.tones:
        draw.polygon(_flat(tone.outline - box[:2], 1 / coarseness), fill=round(255 * tone.strength))
    return mask.filter(ImageFilter.GaussianBlur(wash.blur / coarseness)) if wash.blur > 0 else mask


def _flat(outline: Points, scale: float) -> list[float]:
    # Pillow truncates coordinates to whole pixels. The small shift keeps a value that is a whole number but for the
    # last bit of its arithmetic on the same side on every processor.
    flat: list[float] = (outline * scale + 1e-4).ravel().tolist()
    return flat
