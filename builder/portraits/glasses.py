"""Glasses: frame, lenses, bridge and temples, in a plane before the eyes."""

import numpy as np

from builder.portraits.canvas import Fill, Shape
from builder.portraits.curves import Points, closed, ellipse, moved, points, ribbon, smooth
from builder.portraits.palette import Colour, rgb
from builder.portraits.pose import Rig

_DEPTH = 0.70
_FRAMES: tuple[Colour, ...] = tuple(
    rgb(text) for text in ("2A2A2E", "6B4A32", "3B2A44", "8A7B52", "5A1F28", "1F3A4A", "7C7F86", "A56A4A")
)


def glasses(rig: Rig) -> list[Shape]:
    """The glasses of the rig's face; nothing when it wears none."""
    kind = rig.face.look.glasses
    if kind == "none":
        return []
    face, unit = rig.face, rig.unit
    colour = _FRAMES[min(len(_FRAMES) - 1, int(face.glasses_tint * len(_FRAMES)))]
    thick = {"round glasses": 0.026, "rectangular glasses": 0.036, "cat-eye glasses": 0.038, "half-rim glasses": 0.034}[
        kind
    ] * unit
    shapes: list[Shape] = []
    for side in (-1, 1):
        rim = _rim(rig, kind) * (side, 1)
        lens = rig.flat(closed(rim, 6), _DEPTH)
        shapes.append(Shape(moved(lens, 0, 0.045 * unit), (70, 40, 30, 22)))
        shapes.append(Shape(lens, (255, 255, 255, 16)))
        shapes.append(Shape(_gleam(rig, rim), (255, 255, 255, 38)))
        shapes += _frame(rig, kind, rim, lens, colour, thick)
        shapes.append(Shape(_temple(rig, rim, side, thick), colour))
    shapes.append(Shape(_bridge(rig, kind, thick), colour))
    return shapes


def _rim(rig: Rig, kind: str) -> Points:
    """The right lens's control points in head units."""
    face = rig.face
    grow = 0.90 + 0.26 * face.glasses_size
    x, y = face.eye_spacing + 0.012, face.eye_level + 0.015
    wide = min(0.245 * grow, x - 0.045)
    if kind == "round glasses":
        return ellipse(x, y + 0.01, wide * 0.95, wide * 0.92, 12)
    if kind == "cat-eye glasses":
        form = points(
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
        return moved(form * (wide, 0.20 * grow), x, y)
    tall = 0.150 * grow if kind == "rectangular glasses" else 0.155 * grow
    form = points(
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
    return moved(form * (wide, tall), x, y)


def _frame(rig: Rig, kind: str, rim: Points, lens: Points, colour: Colour, thick: float) -> list[Shape]:
    ring = np.concatenate([lens, lens[:2]])
    if kind != "half-rim glasses":
        heavy = ribbon(ring, thick)
        shapes = [Shape(heavy, colour)]
        if kind == "cat-eye glasses":
            top = rig.flat(smooth(rim[:6], 6), _DEPTH)
            shapes.append(Shape(ribbon(top, thick, 1.5 * thick, 1.9 * thick, 0.8 * thick), colour))
        return shapes
    top = rig.flat(smooth(np.concatenate([rim[-1:], rim[:7]]), 6), _DEPTH)
    wire: Fill = (*colour, 110)
    return [
        Shape(ribbon(ring, 0.25 * thick), wire),
        Shape(ribbon(top, 0.6 * thick, 1.2 * thick, 1.2 * thick, 0.6 * thick), colour),
    ]


def _gleam(rig: Rig, rim: Points) -> Points:
    """A slanting reflection across the upper corner of a lens."""
    centre, (wide, tall) = rim.mean(axis=0), np.ptp(rim, axis=0) / 2
    return rig.flat(centre + points((-0.15, -0.72), (0.22, -0.72), (-0.25, 0.62), (-0.55, 0.50)) * (wide, tall), _DEPTH)


def _temple(rig: Rig, rim: Points, side: int, thick: float) -> Points:
    start = rim[np.argmax(np.abs(rim[:, 0]) - 0.3 * (rim[:, 1] - rig.face.eye_level))]
    line = np.stack(
        [
            np.linspace(start[0], side * 1.0 * rig.face.head_width, 5),
            np.linspace(start[1], rig.face.eye_level - 0.03, 5),
        ],
        axis=1,
    )
    return ribbon(rig.flat_each(line, np.linspace(_DEPTH - 0.02, -0.02, 5)), thick, 0.7 * thick)


def _bridge(rig: Rig, kind: str, thick: float) -> Points:
    rim = _rim(rig, kind)
    inner = rim[np.argmin(rim[:, 0])]
    y = inner[1] - 0.03
    return ribbon(
        rig.flat(smooth(points((-inner[0], y + 0.015), (0, y - 0.025), (inner[0], y + 0.015)), 6), _DEPTH),
        thick,
        0.8 * thick,
        thick,
    )
