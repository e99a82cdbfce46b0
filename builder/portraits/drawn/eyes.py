"""Eyes and brows."""

import numpy as np

from builder.portraits.drawn.canvas import Fill, Shape
from builder.portraits.drawn.curves import Points, ellipse, moved, points, ribbon, smooth
from builder.portraits.drawn.expression import Expression
from builder.portraits.drawn.palette import INK, WHITE, Colour, Skin, Tones, mix
from builder.portraits.drawn.pose import Rig

SIDES = (-1, 1)

_EYEBALL: Colour = (235, 225, 218)
"""What the white of an eye leans to."""


class Eye:
    """One eye's curves. Local coordinates: u away from the nose, v down, the origin at the eye's centre."""

    def __init__(self, rig: Rig, side: int, expression: Expression) -> None:
        face = rig.face
        self._rig, self.side = rig, side
        w, h = face.eye_width, face.eye_height * (1 - 0.55 * expression.squint)
        raised, lift = h * (1 - 0.16 * face.eyelid), 0.35 * expression.squint * h
        self.single = face.look.eye_shape == "monolid"
        hang = 0.16 * h * face.sag  # the lid comes down over the outer corner
        inner, outer = (-w, (0.36 if self.single else 0.22) * h), (w, 0.02 * h + hang)
        arch = (-0.48, -0.92, -0.80) if self.single else (-0.66, -1.02, -0.76)
        upper = points(
            inner,
            (-0.62 * w, arch[0] * raised),
            (-0.05 * w, arch[1] * raised),
            (0.55 * w, arch[2] * raised + hang),
            outer,
        )
        lower = points(
            inner, (-0.55 * w, 0.74 * h - lift), (0.1 * w, 0.94 * h - lift), (0.62 * w, 0.66 * h - lift), outer
        )
        self.upper, self.lower = smooth(upper, 8), smooth(lower, 8)
        self.opening = h

    def place(self, local: Points) -> Points:
        """Local coordinates to pixels."""
        face = self._rig.face
        u, v = local[:, 0], local[:, 1]
        x = self.side * (face.eye_spacing + u)
        return self._rig.surface(np.stack([x, face.eye_level + v - face.eye_tilt * u], axis=1))

    def within(self, local: Points) -> Points:
        """The part of a convex shape that the lids leave visible."""
        u = np.minimum(np.maximum(local[:, 0], self.upper[0, 0]), self.upper[-1, 0])
        low = np.interp(u, self.upper[:, 0], self.upper[:, 1])
        high = np.interp(u, self.lower[:, 0], self.lower[:, 1])
        return np.stack([u, np.minimum(np.maximum(local[:, 1], low), np.maximum(low, high))], axis=1)


def eyes(rig: Rig, skin: Skin, iris: Tones, lash: Colour, expression: Expression) -> list[Shape]:
    """Both eyes, from the white to the lashes."""
    shapes: list[Shape] = []
    for side in SIDES:
        eye = Eye(rig, side, expression)
        shapes += _ball(rig, eye, skin, iris)
        shapes += _lids(rig, eye, skin, lash)
    return shapes


def _ball(rig: Rig, eye: Eye, skin: Skin, iris: Tones) -> list[Shape]:
    """The eyeball between the lids: white, iris, pupil, the lid's shadow, glints."""
    face, opening = rig.face, eye.opening
    radius, wide = face.iris_size, face.eye_width
    # the eyes keep looking at the viewer: against the turn of the head, which for either eye is along x
    u, v = eye.side * (-0.30 * rig.turn * wide) - 0.004, -0.08 * opening
    white = mix(mix(WHITE, mix(skin.base, _EYEBALL, 0.5), 0.10), INK, 0.02)
    corner = points((-wide, 0.22 * opening), (-0.80 * wide, -0.06 * opening), (-0.76 * wide, 0.42 * opening))
    lid_shadow = np.concatenate([eye.upper, moved(eye.upper, 0, 0.30 * opening)[::-1]])

    def disc(scale: float, du: float = 0.0, dv: float = 0.0, flat: float = 1.0) -> Points:
        return eye.within(ellipse(u + du * radius, v + dv * radius, radius * scale, radius * scale * flat, 24))

    corners: list[tuple[Points, Fill]] = [] if eye.single else [(corner, mix(skin.lip, skin.base, 0.45))]
    parts: list[tuple[Points, Fill]] = [
        (np.concatenate([eye.upper, eye.lower[::-1]]), white),
        *corners,
        (disc(1.0), mix(iris.deep, INK, 0.35)),
        (disc(0.86), iris.base),
        (disc(0.72, 0.0, 0.30, 0.76), iris.light),
        (disc(0.46), mix(INK, iris.deep, 0.12)),
        (eye.within(lid_shadow), (*mix(skin.deep, INK, 0.4), 105)),
        (disc(0.24, -0.34 * eye.side, -0.34), WHITE),
        (disc(0.12, 0.36 * eye.side, 0.36), (*WHITE, 170)),
    ]
    placed = eye.place(np.concatenate([outline for outline, _ in parts]))
    ends = np.cumsum([len(outline) for outline, _ in parts])[:-1]
    return [Shape(outline, fill) for outline, (_, fill) in zip(np.split(placed, ends), parts, strict=True)]


def _lids(rig: Rig, eye: Eye, skin: Skin, lash: Colour) -> list[Shape]:
    face, unit = rig.face, rig.unit
    made_up = face.gender == "female"
    line = eye.upper
    if made_up:  # the lashes run out in a small wing
        tip = eye.upper[-1]
        line = np.concatenate([eye.upper, tip + points((0.016, -0.010), (0.032, -0.026))])
    thick = 0.030 if made_up else 0.021
    below = moved(eye.lower[6:-2], 0.0, 0.006)
    lashes = ribbon(eye.place(line - (0, 0.004)), 0.006 * unit, thick * unit, thick * unit, 0.004 * unit)
    under = ribbon(eye.place(below), 0.002 * unit, 0.010 * unit, 0.006 * unit)
    return [
        *_fold(rig, eye, skin),
        Shape(lashes, lash),
        Shape(under, (*mix(lash, skin.line, 0.6), 150)),
    ]


def _fold(rig: Rig, eye: Eye, skin: Skin) -> list[Shape]:
    """The upper lid and its fold; a single lid has none and swells softly, a hooded one hides beneath its fold."""
    face, unit = rig.face, rig.unit
    upper = eye.upper[3:-2]
    if eye.single:
        swell = np.concatenate([upper, moved(upper * (1, 1.15), 0, -0.045)[::-1]])
        return [Shape(eye.place(swell), (*skin.shade, 60))]
    hood = (face.look.eye_shape == "hooded") + 0.8 * face.sag
    fold = moved(upper * (1.02, 1.0), 0.004, -0.020 - 0.034 * (1 - face.eyelid))
    fold[:, 1] += 0.030 * hood * np.linspace(0, 1, len(fold)) ** 2
    fold[:, 0] += 0.020 * hood * np.linspace(0, 1, len(fold)) ** 3
    lid = np.concatenate([eye.upper[2:-1], fold[::-1]])
    brim = np.concatenate([fold, moved(fold, 0.0, -0.05)[::-1]])
    shapes = [Shape(eye.place(lid), (*mix(skin.shade, skin.base, 0.25), 150))]
    if hood > 0.1:
        shapes.append(Shape(eye.place(brim), (*skin.shade, round(70 * min(1.0, hood)))))
    crease = ribbon(eye.place(fold), 0.003 * unit, (0.012 + 0.006 * min(1.0, hood)) * unit, 0.003 * unit)
    return [*shapes, Shape(crease, mix(skin.line, skin.shade, 0.35))]


def brows(rig: Rig, colour: Colour, expression: Expression) -> list[Shape]:
    """Both brows, tapering outwards."""
    return [Shape(_brow(rig, side, expression), colour) for side in SIDES]


def _brow(rig: Rig, side: int, expression: Expression) -> Points:
    face = rig.face
    length, thick = face.brow_length, face.brow_thickness
    lift = face.brow_height + 0.035 * expression.brows
    inner_drop = 0.03 * max(0.0, -expression.brows)
    arch, slope = face.brow_arch, face.brow_angle
    u = np.array([-1.0, -0.55, 0.0, 0.45, 1.0]) * length + 0.015
    rise = np.array([0.10, 0.55, 0.95, 1.0, 0.25]) * arch + slope * u
    rise[0] -= inner_drop
    top = np.stack([u, -lift - rise - np.array([0.32, 0.5, 0.52, 0.42, 0.0]) * thick], axis=1)
    bottom = np.stack([u, -lift - rise + np.array([0.44, 0.5, 0.42, 0.28, 0.06]) * thick], axis=1)
    path = np.concatenate([smooth(top, 6), smooth(bottom[::-1], 6)])
    x = side * (face.eye_spacing + path[:, 0])
    return rig.surface(np.stack([x, face.eye_level + path[:, 1]], axis=1), 0.02)
