"""What garments share: the body they lie on, seams and creases, collars, open fronts."""

from dataclasses import dataclass, field

import numpy as np

from builder.portraits.drawn.canvas import Shape, filled
from builder.portraits.drawn.curves import Points, arched, mirrored, moved, points, ribbon, ribbons, smooth
from builder.portraits.drawn.palette import WHITE, Colour, Tones, mix
from builder.portraits.drawn.pose import Rig

SIDES = (-1, 1)


@dataclass(frozen=True)
class Garment:
    """How a garment is cut, its colour, and that of what is worn below or with it."""

    cut: str
    colour: Colour
    under: Colour


@dataclass
class Outfit:
    """Clothes in pixels, as the painter lays them on."""

    shapes: list[Shape]
    body: list[Points]
    """The outlines that shadows and stripes may lie on."""
    shade: Colour
    back: list[Shape] = field(default_factory=list)
    """Behind the neck."""
    stripes: list[Points] = field(default_factory=list)
    stripe_colour: Colour = WHITE


def neck_width(rig: Rig) -> float:
    """Half the neck's width in head units."""
    return rig.face.neck_width * rig.face.head_width


def pulled_over(rig: Rig, cloth: Tones, neckline: Points) -> Outfit:
    """A plain garment below a neckline, which runs from its middle to the right in head units."""
    reach = rig.face.shoulders
    side = points(
        (0.50 * reach, 1.505),
        (0.82 * reach, 1.615),
        (0.99 * reach, 1.90),
        (1.08 * reach, 2.5),
        (1.12 * reach, 3.3),
        (1.08 * reach, 5.0),
    )
    right = np.concatenate([smooth(neckline, 5)[:-1], smooth(np.concatenate([neckline[-1:], side]), 6)])
    body = rig.body(mirrored(right))
    return Outfit(shapes=[Shape(body, cloth.base), *creases(rig, cloth)], body=[body], shade=cloth.deep)


def round_neck(rig: Rig, depth: float = 0.0, wide: float = 1.24) -> Points:
    """A round neckline, `depth` lower than close and `wide` neck widths to either side."""
    neck = neck_width(rig)
    return points(
        (0, 1.56 + depth),
        (0.45 * neck, 1.53 + 0.9 * depth),
        (0.74 * wide * neck, 1.44 + 0.5 * depth),
        (wide * neck, 1.34),
    )


_CREASES = (
    (0.020, smooth(points((0.80, 1.64), (0.76, 1.90), (0.79, 2.20)), 6)),
    (0.045, smooth(points((0.78, 2.10), (0.815, 2.7), (0.80, 3.5), (0.72, 5.0)), 6)),
    (0.020, smooth(points((0.70, 2.18), (0.62, 2.30), (0.50, 2.36)), 6)),
    (0.020, smooth(points((0.72, 2.35), (0.66, 2.55), (0.55, 2.70)), 6)),
    (0.018, smooth(points((0.95, 2.05), (0.90, 2.20), (0.84, 2.30)), 6)),
)
"""Sleeve seams, the line between arm and body, a few soft folds: how wide, and where at the viewer's right."""


def creases(rig: Rig, cloth: Tones) -> list[Shape]:
    """What shows that a garment is worn."""
    reach, colour = rig.face.shoulders, mix(cloth.base, cloth.dark, 0.75)
    shapes = []
    for width, line in _CREASES:
        both = rig.body(line * [((side * reach, 1),) for side in SIDES])
        wide = width * rig.unit
        shapes += filled(ribbons(both, 0.2 * wide, wide, 0.2 * wide), colour)
    return shapes


def rib(rig: Rig, neckline: Points, cloth: Tones, width: float) -> list[Shape]:
    """The knitted edge of a neckline."""
    line = rig.body(smooth(arched(neckline), 6))
    wide = width * rig.unit
    return [
        Shape(ribbon(line, wide), mix(cloth.base, cloth.dark, 0.5)),
        Shape(ribbon(moved(line, 0, 0.5 * wide), 0.012 * rig.unit), cloth.dark),
    ]


def collar(rig: Rig, cloth: Tones, low: float, apart: float) -> list[Shape]:
    """Two collar leaves that end at `low`, `apart` to either side of the middle."""
    neck = neck_width(rig)
    inner = smooth(points((apart, low - 0.12), (0.62 * neck, 1.46), (1.06 * neck, 1.16)), 5)
    outer = smooth(points((1.20 * neck, 1.22), (1.36 * neck, 1.42), (0.92 * neck + 1.2 * apart, low - 0.04)), 5)
    leaf = np.concatenate([inner, outer, points((apart + 0.13, low + 0.10))])
    shapes = []
    for side, colour in ((-1, mix(cloth.base, cloth.light, 0.4)), (1, cloth.base)):
        outline = rig.body(leaf * (side, 1))
        shapes += [Shape(moved(outline, 0, 0.022 * rig.unit), cloth.deep), Shape(outline, colour)]
    return shapes


def open_front(rig: Rig, cloth: Tones, depth: float, under: Outfit) -> Outfit:
    """An open garment over another one; its edges meet at `depth`."""
    neck, reach = neck_width(rig), rig.face.shoulders
    edge = points((1.12 * neck, 1.28), (0.96 * neck, 1.62), (0.55 * neck, 0.5 * (1.6 + depth)), (0.06, depth), (0.1, 5))
    outer = points(
        (1.12 * neck, 1.28),
        (0.50 * reach, 1.49),
        (0.82 * reach, 1.60),
        (1.01 * reach, 1.90),
        (1.10 * reach, 2.5),
        (1.14 * reach, 3.3),
        (1.10 * reach, 5.0),
    )
    half = np.concatenate([smooth(edge, 6)[::-1], smooth(outer, 6)])
    fronts = [rig.body(half * (side, 1)) for side in SIDES]
    shapes = [*under.shapes, *(Shape(front, cloth.base) for front in fronts), *creases(rig, cloth)]
    return Outfit(shapes=shapes, body=[*under.body, *fronts], shade=cloth.deep)


def plain(colour: Colour) -> Garment:
    """A garment of one colour, worn under another one."""
    return Garment("", colour, colour)
