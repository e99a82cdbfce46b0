"""Where the light comes from and what colour it has."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from builder.base.records import View
from builder.portraits.drawn.canvas import Pixels
from builder.portraits.drawn.palette import Colour, rgb, tinted


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


def lit(picture: Pixels, light: Light) -> None:
    """Let the light's colour fall into a painted picture."""
    if not light.cool:
        _wash(picture, light, light.wash)


def lit_place(backdrop: Pixels, light: Light) -> None:
    """Bring a backdrop into this light, as `Canvas` brings the colours that are painted on it."""
    backdrop[:] = cv2.LUT(backdrop, _levels(light.tint))
    if light.cool:
        _wash(backdrop, light, tinted(light.wash, light.on_people))


def lit_cloth(colour: Colour, light: Light) -> Colour:
    """A garment's colour as `Canvas` expects it."""
    return tinted(colour, light.on_the_rest)


def _wash(picture: Pixels, light: Light, colour: Colour) -> None:
    """Blend the light's colour in from its side."""
    if not light.spill:
        return
    kept, added = _spill(light, colour, len(picture))
    reach = kept.shape[1]
    part = picture[:, :reach] if light.side < 0 else picture[:, -reach:]
    blended = np.multiply(part, kept, dtype=np.uint16)
    blended += added
    blended >>= 8
    part[:] = blended


@functools.lru_cache(maxsize=64)
def _levels(gains: tuple[float, float, float]) -> Pixels:
    return np.array([[tinted((level, level, level), gains) for level in range(256)]], np.uint8)


@functools.lru_cache(maxsize=16)
def _spill(light: Light, colour: Colour, size: int) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """What of a picture stays and what comes to it, in 256ths: a ramp that ends at three quarters of its width."""
    reach = 3 * size // 4
    shares = [light.spill * max(0.0, 1 - 1.02 * place / reach) ** 1.3 for place in range(reach)]
    ramp = np.array(shares if light.side < 0 else shares[::-1])[None, :, None]
    kept = (256 * (1 - ramp)).round().repeat(3, axis=2)
    added = 256 * ramp * colour + 128
    return kept.astype(np.uint16), np.minimum(added, 65535 - 255 * kept).astype(np.uint16)
