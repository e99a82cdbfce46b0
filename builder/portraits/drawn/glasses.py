"""Glasses: frame, lenses, bridge and temples, in a plane before the eyes."""

from collections.abc import Mapping

import numpy as np

from builder.portraits.drawn.canvas import Shape
from builder.portraits.drawn.curves import Points, closed, ellipse, even, moved, points, ribbon, smooth, spaced
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.palette import Colour, lightness, rgb, skin_of
from builder.portraits.drawn.pose import Rig

_DEPTH = 0.70
"""How far before the head's axis the lenses stand, in head units."""

_FRAMES: tuple[Colour, ...] = tuple(
    rgb(text)
    for text in (
        "2A2A2E", "6B4A32", "3B2A44", "8A7B52", "5A1F28", "1F3A4A", "7C7F86", "A5503A", "D8B45C", "C9CED6", "E9E2D4",
        "E4785F", "6FB3C4", "B99AD6", "33503C",
    )
)  # fmt: skip

_SEEN = 28.0
"""By how much a frame's lightness differs from the skin's."""

_THICKNESS: Mapping[str, float] = {
    "round glasses": 0.030,
    "rectangular glasses": 0.036,
    "cat-eye glasses": 0.038,
    "half-rim glasses": 0.034,
}


def glasses(rig: Rig) -> list[Shape]:
    """The glasses of the rig's face; nothing when it wears none."""
    kind = rig.face.look.glasses
    if kind == "none":
        return []
    colour = frame_colour(rig.face)
    thick = _THICKNESS[kind] * rig.unit
    right = _rim(rig, kind)
    shapes: list[Shape] = []
    for side in (-1, 1):
        rim = right * (side, 1)
        lens = rig.flat(closed(rim, 6), _DEPTH)
        shapes += [
            Shape(moved(lens, 0, 0.045 * rig.unit), (70, 40, 30, 22)),
            Shape(lens, (255, 255, 255, 16)),
            Shape(_gleam(rig, rim), (255, 255, 255, 38)),
            *_frame(rig, kind, rim, lens, colour, thick),
            Shape(_temple(rig, rim, side, thick), colour),
        ]
    return [*shapes, Shape(_bridge(rig, right, thick), colour)]


def frame_colour(face: Face) -> Colour:
    """The frame's colour: one of those that are seen on this skin."""
    ground = lightness(skin_of(face).base)
    seen = [colour for colour in _FRAMES if abs(lightness(colour) - ground) >= _SEEN]
    return seen[min(len(seen) - 1, int(face.glasses_tint * len(seen)))]


def _rim(rig: Rig, kind: str) -> Points:
    """The right lens's control points in head units."""
    face = rig.face
    grow = 0.90 + 0.26 * face.glasses_size
    x, y = face.eye_spacing + 0.012, face.eye_level + 0.015
    wide = min(0.245 * grow, x - 0.045)
    if kind == "round glasses":
        return ellipse(x, y + 0.01, wide * 0.95, wide * 0.92, 12)
    form, tall = (_CAT_EYE, 0.20) if kind == "cat-eye glasses" else (_OBLONG, 0.152)
    return moved(form * (wide, tall * grow), x, y)


def _frame(rig: Rig, kind: str, rim: Points, lens: Points, colour: Colour, thick: float) -> list[Shape]:
    ring = np.concatenate([lens, lens[:2]])
    if kind == "half-rim glasses":
        top = rig.flat(smooth(np.concatenate([rim[-1:], rim[:7]]), 6), _DEPTH)
        bar = ribbon(top, 0.6 * thick, 1.2 * thick, 1.2 * thick, 0.6 * thick)
        return [Shape(ribbon(ring, 0.25 * thick), (*colour, 110)), Shape(bar, colour)]
    shapes = [Shape(ribbon(ring, thick), colour)]
    if kind == "cat-eye glasses":
        top = rig.flat(smooth(rim[:6], 6), _DEPTH)
        shapes.append(Shape(ribbon(top, thick, 1.5 * thick, 1.9 * thick, 0.8 * thick), colour))
    return shapes


def _gleam(rig: Rig, rim: Points) -> Points:
    """A slanting reflection across a lens."""
    form = points((-0.15, -0.72), (0.22, -0.72), (-0.25, 0.62), (-0.55, 0.50))
    return rig.flat(rim.mean(axis=0) + form * np.ptp(rim, axis=0) / 2, _DEPTH)


def _temple(rig: Rig, rim: Points, side: int, thick: float) -> Points:
    """The arm from the rim's outer upper corner back to the ear."""
    start = rim[np.argmax(np.abs(rim[:, 0]) - 0.3 * (rim[:, 1] - rig.face.eye_level))]
    end = np.array([side * rig.face.head_width, rig.face.eye_level - 0.03])
    share = even(5)[:, None]
    depth = spaced(_DEPTH - 0.02, -0.02, 5)
    return ribbon(rig.solid(start * (1 - share) + end * share, depth), thick, 0.7 * thick)


def _bridge(rig: Rig, right: Points, thick: float) -> Points:
    x, y = right[np.argmin(right[:, 0])] - (0, 0.015)
    arch = smooth(points((-x, y), (0, y - 0.040), (x, y)), 6)
    return ribbon(rig.flat(arch, _DEPTH), thick, 0.8 * thick, thick)


# Lenses in half-widths and half-heights from their centre.
_CAT_EYE = points(
    (-0.95, -0.25),
    (-0.80, -0.72),
    (0.0, -0.80),
    (0.75, -1.02),
    (1.16, -1.10),
    (1.02, -0.35),
    (0.75, 0.45),
    (0.1, 0.80),
    (-0.60, 0.66),
)
_OBLONG = points(
    (-1.0, -0.55),
    (-0.88, -0.92),
    (-0.4, -1.0),
    (0.4, -1.0),
    (0.90, -0.94),
    (1.03, -0.6),
    (0.98, 0.35),
    (0.82, 0.86),
    (0.3, 1.0),
    (-0.4, 1.0),
    (-0.85, 0.85),
    (-0.98, 0.3),
)
