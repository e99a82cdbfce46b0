"""Where the light comes from and what colour it has."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from builder.base.records import View
from builder.portraits.drawn.palette import Colour, rgb


@dataclass(frozen=True)
class Light:
    """A key light: `side` -1 from the viewer's left to 1 from the right; `shade` is the depth of the shadows.

    `tint` scales red, green and blue of the finished picture; `wash` is a colour that falls in from the light's side,
    `spill` strong. Bluish light falls on the surroundings in full, but hardly on people: it turns pale skin lilac in a
    drawing, which has none of what an eye corrects for.
    """

    side: float
    shade: float
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    wash: Colour = (255, 255, 255)
    spill: float = 0.0

    @property
    def cool(self) -> bool:
        """Whether it is bluer than it is red."""
        return self.tint[2] > self.tint[0]

    @property
    def on_people(self) -> tuple[float, float, float]:
        """The part of the tint that people get."""
        if not self.cool:
            return self.tint
        grey = sum(self.tint) / 3
        red, green, blue = (grey + _COOLED * (gain - grey) for gain in self.tint)
        return red, green, blue

    @property
    def on_the_rest(self) -> tuple[float, float, float]:
        """The part of the tint that clothes and backdrop get besides."""
        red, green, blue = (whole / part for whole, part in zip(self.tint, self.on_people, strict=True))
        return red, green, blue


_COOLED = 0.25
"""How much of a bluish tint shows on people."""


LIGHTS: Mapping[View, Mapping[str, Light]] = {
    "reference": {"soft studio light": Light(-0.8, 0.55)},
    "train": {
        "daylight from the left": Light(-1, 0.75, (1.0, 1.0, 1.01), rgb("FFFFFF"), 0.10),
        "daylight from the right": Light(1, 0.75, (1.0, 1.0, 1.01), rgb("FFFFFF"), 0.10),
        "warm afternoon light": Light(1, 0.8, (1.04, 0.99, 0.91), rgb("FFC77A"), 0.20),
        "cool overcast light": Light(-0.5, 0.5, (0.94, 0.98, 1.04), rgb("D5E6F5"), 0.08),
        "bright even light": Light(-0.6, 0.35, (1.03, 1.03, 1.02)),
    },
    "test": {
        "low evening sun from the left": Light(-1, 1.0, (1.05, 0.95, 0.84), rgb("FF9A4D"), 0.30),
        "dim lamplight from the right": Light(1, 1.1, (0.93, 0.85, 0.73), rgb("FFC070"), 0.16),
        "blue dusk": Light(-0.8, 0.95, (0.88, 0.91, 1.0), rgb("8FB0E8"), 0.10),
        "hard noon light": Light(0.7, 1.2, (1.04, 1.02, 0.98), rgb("FFF6DC"), 0.12),
    },
}


def lit(picture: Image.Image, light: Light) -> Image.Image:
    """The finished picture in this light."""
    picture = _tinted(picture, light.on_people)
    return picture if light.cool else _washed(picture, light)


def lit_place(backdrop: Image.Image, light: Light) -> Image.Image:
    """The backdrop as `lit` expects it."""
    return _washed(_tinted(backdrop, light.on_the_rest), light) if light.cool else backdrop


def lit_cloth(colour: Colour, light: Light) -> Colour:
    """A garment's colour as `lit` expects it."""
    red, green, blue = (min(255, round(level * gain)) for level, gain in zip(colour, light.on_the_rest, strict=True))
    return red, green, blue


def _tinted(picture: Image.Image, gains: tuple[float, float, float]) -> Image.Image:
    return picture if gains == (1.0, 1.0, 1.0) else picture.point(_levels(gains))


def _washed(picture: Image.Image, light: Light) -> Image.Image:
    if light.spill:
        spill = _spill(light, picture.width)
        picture.paste(light.wash, (0 if light.side < 0 else picture.width - spill.width, 0), spill)
    return picture


@functools.lru_cache(maxsize=64)
def _levels(gains: tuple[float, float, float]) -> list[int]:
    return [min(255, round(level * gain)) for gain in gains for level in range(256)]


@functools.lru_cache(maxsize=64)
def _spill(light: Light, size: int) -> Image.Image:
    """A ramp that ends at three quarters of the picture's width."""
    ramp = Image.linear_gradient("L").rotate(90 if light.side < 0 else -90)
    levels = [round(light.spill * 255 * max(0.0, 1 - level / 250) ** 1.3) for level in range(256)]
    return ramp.resize((32, 32)).point(levels).resize((3 * size // 4, size), Image.Resampling.BILINEAR)
