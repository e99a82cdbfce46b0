"""What a hair style is made of, and the parts that styles share.

A style is built from sheaves: the hair between two guide lines, with darker and lighter strands that run along them.
Guides are mapped to pixels before they meet, since one may lie on the face and the other on the head's outline.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from builder.portraits.drawn.canvas import Shape, Tone, filled
from builder.portraits.drawn.curves import (
    Points,
    arched,
    between,
    even,
    moved,
    paired,
    points,
    ribbon,
    ribbons,
    smooth,
    spaced,
)
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.palette import Colour, Tones, mix
from builder.portraits.drawn.pose import Rig

SIDES = (1, -1)
"""The viewer's right and left."""

_DARK = np.array([0.04, 0.11, 0.21, 0.29, 0.40, 0.52, 0.59, 0.71, 0.83, 0.93])
_LIGHT = np.array([0.075, 0.17, 0.25, 0.36, 0.46, 0.65, 0.77])
"""Where strands lie between their guides: close together here, apart there."""

_ROUND = 0.91
"""How round the crown is: 1 for an ellipse, less for a fuller curve."""


@dataclass
class Hairdo:
    """The hair of one picture, in pixels, as the painter lays it on."""

    back: list[Shape] = field(default_factory=list)
    """Behind the neck and the shoulders."""
    scalp: list[Tone] = field(default_factory=list)
    """Very short hair: a tone on the skin of the head."""
    front: list[Shape] = field(default_factory=list)
    """Over the face and the shoulders."""
    mass: list[Points] = field(default_factory=list)
    """The outlines in `front` that gloss may lie on."""
    gloss: list[Tone] = field(default_factory=list)
    cast: list[Points] = field(default_factory=list)
    """Outlines whose shadow falls on the face."""
    covers_ears: bool = False


def dome(face: Face, top: float, side: float, start: float = 0.0, count: int = 7) -> Points:
    """The right half of the hair's outer edge in head units, `top` above the skull and `side` beside it.

    It begins at `start` on the crown, measured across; a negative one lies left of the middle.
    """
    width, height = face.head_width * 0.97 + side, face.skull_height + top
    share = min(0.9, abs(start) / width) ** (1 / _ROUND)
    first = math.copysign(math.asin(share), start)
    angle = first + (np.pi / 2 - first) * even(count)
    sine, cosine = np.sin(angle), np.abs(np.cos(angle))
    return paired(width * np.copysign(np.abs(sine) ** _ROUND, sine), -height * cosine**_ROUND)


def hairline(face: Face, peak: float = 0.0, temple: float = 0.0) -> Points:
    """The right half of the hairline on the face, from the middle to before the ear.

    `peak` lowers its middle, `temple` raises its corner.
    """
    width, level = face.head_width, -face.hairline
    return points(
        (0, level + peak),
        (0.34 * width, level - 0.005 - 0.3 * temple),
        (0.64 * width, level + 0.07 - temple),
        (0.80 * width, level + 0.22 - 0.4 * temple),
        (0.855 * width, -0.22),
        (0.905 * width, -0.06),
    )


def flipped(at: Points, side: int) -> Points:
    """Points drawn for the viewer's right, on the given side."""
    return at if side > 0 else at * (-1, 1)


def framed(rig: Rig, crown: Points, line: Points, lift: float = 0.0) -> Points:
    """The hair between an outer edge over the crown and the hairline, both right halves from the middle down."""
    outer = smooth(rig.outline(arched(crown)), 6)
    inner = smooth(rig.surface(arched(line), lift), 5)
    return np.concatenate([outer, inner[::-1]])


def skullcap(rig: Rig, top: float, side: float) -> Points:
    """The hair that lies flat on the skull above the forehead."""
    return framed(rig, dome(rig.face, top, side)[:-1], hairline(rig.face)[:4])


def backing(rig: Rig, tones: Tones, top: float, side: float) -> Shape:
    """Short hair as seen behind the forehead and the temples of a turned head."""
    half = np.concatenate([dome(rig.face, top, side), points((0.93 * rig.face.head_width, 0.08))])
    return Shape(smooth(rig.outline(arched(half)), 5), mix(tones.base, tones.dark, 0.8))


def forehead_shadow(rig: Rig, line: Points, drop: float) -> Points:
    """What short hair above a hairline, given in pixels, casts on the forehead; `drop` in head units."""
    above = moved(line, 0, -0.3 * rig.unit)
    return moved(np.concatenate([line, above[::-1]]), 0, drop * rig.unit)


def sheaf(outer: Points, inner: Points, tones: Tones, width: float) -> list[Shape]:
    """The hair between two guides of equal length, with strands of up to `width` pixels along them."""
    return [
        Shape(np.concatenate([outer, inner[::-1]]), tones.base),
        *strands(outer, inner, _DARK, mix(tones.base, tones.dark, 0.62), width),
        *strands(outer, inner, _LIGHT, mix(tones.base, tones.light, 0.42), 0.75 * width),
    ]


def strands(
    first: Points, second: Points, shares: npt.NDArray[np.float64], colour: Colour, width: float
) -> list[Shape]:
    """Tapered strokes at `shares` between two guides."""
    index = np.arange(len(shares))
    # Each covers another part of the length: strands that run side by side all the way look like corduroy.
    start, stop = 0.32 * ((index * 0.618 + 0.2) % 1), 1 - 0.34 * ((index * 0.755 + 0.4) % 1)
    at = start[:, None] + (stop - start)[:, None] * even(14)
    lines = _sampled(between(first, second, shares), at)
    thin = ribbons(lines[::2], 0.1 * width, 0.8 * width, 0.1 * width)
    thick = ribbons(lines[1::2], 0.1 * width, 1.4 * width, 0.9 * width, 0.1 * width)
    return filled([*thin, *thick], colour)


def combed_back(rig: Rig, line: Points, crown: Points, spread: float, tones: Tones, width: float) -> list[Shape]:
    """Strokes from the hairline back over the crown: hair that is tied or slicked back.

    `line` and `crown` are right halves in head units from the middle down; the smaller `spread`, the closer the strokes
    run together where they leave sight.
    """
    shares = even(13)[None]
    t = spaced(0.03, 0.96, 10)[None, :, None]
    shapes = []
    for side in SIDES:
        roots = smooth(rig.surface(flipped(line, side)), 6)[None]
        edge = smooth(rig.outline(flipped(crown, side)), 6)[None]
        start, bend, end = (
            _sampled(*at)[0] for at in ((roots, shares), (edge, 0.85 * shares), (edge, spread * shares))
        )
        lines = start[:, None] * (1 - t) ** 2 + 2 * bend[:, None] * t * (1 - t) + end[:, None] * t**2
        strokes = ribbons(lines, 0.25 * width, width, 0.25 * width)
        shapes += filled(strokes, mix(tones.base, tones.dark, 0.8), mix(tones.base, tones.light, 0.5))
    return shapes


def part_line(rig: Rig, offset: float, top: float, tones: Tones) -> Shape:
    """The parting: a fine dark line from the hairline to the crown."""
    face, unit = rig.face, rig.unit
    line = points((offset, -face.hairline - 0.03), (offset * 0.98, -0.5 * (face.hairline + face.skull_height) - 0.10))
    end = rig.outline(points((offset * 0.92, -(face.skull_height + 0.1 * top))))
    path = smooth(np.concatenate([rig.surface(line, 0.03), end]), 5)
    stroke = ribbon(path, 0.004 * unit, 0.020 * unit, 0.014 * unit, 0.002 * unit)
    return Shape(stroke, mix(tones.dark, tones.deep, 0.7))


def gloss_band(rig: Rig, level: float, height: float, lit_side: float, spread: float = 0.62) -> list[Tone]:
    """A curved band of light over the crown at `level` skull heights, shifted towards the light."""
    across = spaced(-1, 1, 9)
    x = (across * spread + 0.18 * lit_side) * rig.face.head_width
    arch = -level * rig.face.skull_height + 0.20 * across**2
    top = smooth(rig.outline(paired(x, arch - height / 2)), 4)
    bottom = smooth(rig.outline(paired(x, arch + height / 2)), 4)
    return [Tone(np.concatenate([top, bottom[::-1]]), 0.6)]


def scatter(count: int, start: float) -> Points:
    """Evenly strewn points of the unit square, others for another `start`.

    An additive recurrence: texture that is a face's own, needs no random stream and stays the same from view to view.
    """
    index = np.arange(1, count + 1)[:, None] + start * 97.0
    return np.asarray(index * (0.7548776662466927, 0.5698402909980532) % 1.0, dtype=np.float64)


def _sampled(lines: npt.NDArray[np.float64], at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points of each line at shares of its length: (k, n, 2) and (k, m) to (k, m, 2)."""
    place = at * (lines.shape[1] - 1)
    low = np.minimum(place.astype(int), lines.shape[1] - 2)
    rows, part = np.arange(len(lines))[:, None], (place - low)[..., None]
    return np.asarray(lines[rows, low] * (1 - part) + lines[rows, low + 1] * part)
