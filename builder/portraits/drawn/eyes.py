"""Eyes and brows."""

import numpy as np
import numpy.typing as npt

from builder.portraits.drawn.curves import ellipse, even, moved, paired, points, smooth
from builder.portraits.drawn.details import Detail
from builder.portraits.drawn.expression import Expression
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.palette import INK, WHITE, Colour, Skin, Tones, mix
from builder.portraits.drawn.pose import Rig

SIDES = (-1, 1)

_EYEBALL: Colour = (235, 225, 218)
"""What the white of an eye leans to."""


class Eye:
    """Either eye's curves. Local coordinates: u away from the nose, v down, the origin at the eye's centre."""

    def __init__(self, face: Face, expression: Expression) -> None:
        self.face = face
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

    def on(self, side: int, detail: Detail) -> Detail:
        """What has local coordinates, in head units on one side."""
        face = self.face
        u, v = detail.line[:, 0], detail.line[:, 1]
        line = paired(side * (face.eye_spacing + u), face.eye_level + v - face.eye_tilt * u)
        return Detail(line, detail.fill, detail.lift, detail.widths)

    def within(self, local: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The part of convex shapes that the lids leave visible."""
        u = np.minimum(np.maximum(local[..., 0], self.upper[0, 0]), self.upper[-1, 0])
        low = np.interp(u, self.upper[:, 0], self.upper[:, 1])
        high = np.interp(u, self.lower[:, 0], self.lower[:, 1])
        return paired(u, np.minimum(np.maximum(local[..., 1], low), np.maximum(low, high)))


def eyes(rig: Rig, skin: Skin, iris: Tones, lash: Colour, expression: Expression) -> list[Detail]:
    """Both eyes, from the white to the lashes."""
    eye = Eye(rig.face, expression)
    lids = [*_fold(eye, skin), *_lashes(eye, skin, lash)]
    return [eye.on(side, each) for side in SIDES for each in (*_ball(eye, skin, iris, side, rig.turn), *lids)]


_DISCS = np.array(
    [
        (1.0, 0.0, 0.0, 1.0),
        (0.86, 0.0, 0.0, 1.0),
        (0.72, 0.0, 0.30, 0.76),
        (0.46, 0.0, 0.0, 1.0),
        (0.24, -0.34, -0.34, 1.0),
        (0.12, 0.36, 0.36, 1.0),
    ]
)
"""An iris's rim, its ring, its light, the pupil and two glints in its radii: how wide, where, how flat."""


def _ball(eye: Eye, skin: Skin, iris: Tones, side: int, turn: float) -> list[Detail]:
    """The eyeball between the lids: white, iris, pupil, the lid's shadow, glints."""
    face, opening = eye.face, eye.opening
    radius, wide = face.iris_size, face.eye_width
    # the eyes keep looking at the viewer: against the turn of the head, which for either eye is along x
    centre = (side * (-0.30 * turn * wide) - 0.004, -0.08 * opening)
    scale, flat = _DISCS[:, :1], _DISCS[:, 3:]
    places = _DISCS[:, 1:3] * (radius, radius)
    places[4:, 0] *= side
    forms = ellipse(0, 0, 1, 1, 24) * (np.concatenate([scale, scale * flat], axis=1) * radius)[:, None]
    rim, ring, light, pupil, glint, spark = eye.within(forms + places[:, None] + centre)
    white = mix(mix(WHITE, mix(skin.base, _EYEBALL, 0.5), 0.10), INK, 0.02)
    corner = points((-wide, 0.22 * opening), (-0.80 * wide, -0.06 * opening), (-0.76 * wide, 0.42 * opening))
    lid_shadow = np.concatenate([eye.upper, moved(eye.upper, 0, 0.30 * opening)[::-1]])
    return [
        Detail(np.concatenate([eye.upper, eye.lower[::-1]]), white),
        *([] if eye.single else [Detail(corner, mix(skin.lip, skin.base, 0.45))]),
        Detail(rim, mix(iris.deep, INK, 0.35)),
        Detail(ring, iris.base),
        Detail(light, iris.light),
        Detail(pupil, mix(INK, iris.deep, 0.12)),
        Detail(eye.within(lid_shadow), (*mix(skin.deep, INK, 0.4), 105)),
        Detail(glint, WHITE),
        Detail(spark, (*WHITE, 170)),
    ]


def _lashes(eye: Eye, skin: Skin, lash: Colour) -> list[Detail]:
    """The lashes of the upper lid and the edge of the lower one."""
    made_up = eye.face.gender == "female"
    line = eye.upper
    if made_up:  # the lashes run out in a small wing
        tip = eye.upper[-1]
        line = np.concatenate([eye.upper, tip + points((0.016, -0.010), (0.032, -0.026))])
    thick = 0.030 if made_up else 0.021
    below = moved(eye.lower[6:-2], 0.0, 0.006)
    return [
        Detail(line - (0, 0.004), lash, widths=(0.006, thick, thick, 0.004)),
        Detail(below, (*mix(lash, skin.line, 0.6), 150), widths=(0.002, 0.010, 0.006)),
    ]


def _fold(eye: Eye, skin: Skin) -> list[Detail]:
    """The upper lid and its fold; a single lid has none and swells softly, a hooded one hides beneath its fold."""
    face = eye.face
    upper = eye.upper[3:-2]
    if eye.single:
        swell = np.concatenate([upper, moved(upper * (1, 1.15), 0, -0.045)[::-1]])
        return [Detail(swell, (*skin.shade, 60))]
    hood = (face.look.eye_shape == "hooded") + 0.8 * face.sag
    fold = moved(upper * (1.02, 1.0), 0.004, -0.020 - 0.034 * (1 - face.eyelid))
    fold[:, 1] += 0.030 * hood * even(len(fold)) ** 2
    fold[:, 0] += 0.020 * hood * even(len(fold)) ** 3
    lid = np.concatenate([eye.upper[2:-1], fold[::-1]])
    brim = np.concatenate([fold, moved(fold, 0.0, -0.05)[::-1]])
    details = [Detail(lid, (*mix(skin.shade, skin.base, 0.25), 150))]
    if hood > 0.1:
        details.append(Detail(brim, (*skin.shade, round(70 * min(1.0, hood)))))
    widths = (0.003, 0.012 + 0.006 * min(1.0, hood), 0.003)
    return [*details, Detail(fold, mix(skin.line, skin.shade, 0.35), widths=widths)]


def brows(face: Face, colour: Colour, expression: Expression) -> list[Detail]:
    """Both brows, tapering outwards."""
    length, thick = face.brow_length, face.brow_thickness
    lift = face.brow_height + 0.035 * expression.brows
    inner_drop = 0.03 * max(0.0, -expression.brows)
    u = np.array([-1.0, -0.55, 0.0, 0.45, 1.0]) * length + 0.015
    rise = np.array([0.10, 0.55, 0.95, 1.0, 0.25]) * face.brow_arch + face.brow_angle * u
    rise[0] -= inner_drop
    top = paired(u, -lift - rise - np.array([0.32, 0.5, 0.52, 0.42, 0.0]) * thick)
    bottom = paired(u, -lift - rise + np.array([0.44, 0.5, 0.42, 0.28, 0.06]) * thick)
    path = moved(np.concatenate([smooth(top, 6), smooth(bottom[::-1], 6)]), face.eye_spacing, face.eye_level)
    return [Detail(path * (side, 1), colour, 0.02) for side in SIDES]
