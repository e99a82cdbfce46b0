"""Nose and mouth."""

import numpy as np

from builder.portraits.drawn.canvas import Fill
from builder.portraits.drawn.curves import Points, arched, ellipse, moved, paired, points, smooth, spaced
from builder.portraits.drawn.details import Detail
from builder.portraits.drawn.expression import Expression
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.head import half_width, mouth_level
from builder.portraits.drawn.palette import INK, WHITE, Skin, mix
from builder.portraits.drawn.pose import Rig


def nose(rig: Rig, skin: Skin) -> list[Detail]:
    """The nose's ridge, underside, nostrils and wings."""
    face = rig.face
    width, base, tip = face.nose_width, face.eye_level + face.nose_length, face.nose_tip
    ball, wing = 0.5 + 0.28 * face.nose_roundness, 0.066 + 0.018 * face.nose_roundness + 0.022 * face.nostrils
    half = points(
        (0, base + 0.030 + tip),
        (0.28 * width, base + 0.010 + 0.55 * tip),
        (ball * width, base + 0.012),
        (0.92 * width, base - 0.012),
    )
    under = smooth(arched(half), 6)
    shadow = np.concatenate([under, moved(under * (0.9, 1), 0, 0.022)[::-1]])
    hole = ellipse(0.44 * width, base - 0.002 + 0.3 * tip, (0.20 + 0.06 * face.nostrils) * width, 0.017, 16)
    hole[:, 1] += (0.22 * face.nostrils - 0.05) * (hole[:, 0] - 0.44 * width)
    curve = points(
        (0.80 * width, base - 1.35 * wing),
        (width, base - 0.75 * wing),
        (width, base - 0.1 * wing),
        (0.78 * width, base + 0.016),
    )
    details = [_ridge(rig, skin), Detail(shadow, (*skin.shade, 150), 0.05)]
    edge = smooth(curve, 6)
    for side in (-1, 1):
        details += [
            Detail(hole * (side, 1), mix(skin.line, INK, 0.1), 0.05),
            Detail(edge * (side, 1), mix(skin.line, skin.shade, 0.45), 0.02, (0.002, 0.016, 0.012)),
        ]
    return details


def ridge(face: Face) -> Points:
    """The right edge of the nose's ridge in head units, from the brow to the tip."""
    base, top = face.eye_level + face.nose_length, face.eye_level - 0.6 * face.brow_height
    bridge, ball = face.nose_bridge, (0.36 + 0.20 * face.nose_roundness) * face.nose_width
    middle = 0.5 * (bridge + ball) + 0.012 * face.nose_hump
    return points(
        (bridge + 0.045, top),
        (bridge, face.eye_level - 0.02),
        (middle, face.eye_level + 0.45 * face.nose_length),
        (ball, base - 0.10),
        (1.12 * ball, base - 0.045),
        (0.95 * ball, base - 0.002 + 0.4 * face.nose_tip),
    )


def _ridge(rig: Rig, skin: Skin) -> Detail:
    """A fine line down the side of the ridge that is turned from the viewer, or the shaded one: see `shading`."""
    side = -1 if rig.turn < -0.05 else 1
    edge = smooth(ridge(rig.face)[:4] * (side, 1), 6)
    turned = min(1.0, abs(rig.turn) / 0.4)
    fill = (*mix(skin.shade, skin.deep, 0.3), round(60 + 90 * turned))
    return Detail(edge, fill, 0.03, (0.004, 0.010, 0.012, 0.003))


class Mouth:
    """The mouth's curves in head units, bent by an expression."""

    def __init__(self, face: Face, expression: Expression) -> None:
        smile = expression.smile
        widest = 0.60 * float(half_width(face, mouth_level(face)))
        self.width = min(widest, face.mouth_width * (1 + 0.14 * max(0.0, smile)))
        self.level = mouth_level(face) - 0.006 * smile
        self.corner = 0.012 * face.sag - 0.050 * smile
        self.open = 0.062 * expression.teeth
        self.upper = face.upper_lip * (1 - 0.22 * max(0.0, smile))
        self.lower = face.lower_lip * (1 - 0.15 * max(0.0, smile))
        self.cupid = 0.3 + 0.5 * face.cupid

    def _bend(self, share: Points, height: Points, droop: float = 0.0) -> Points:
        """Points at `share` of the mouth's half-width, `height` below the line between the lips."""
        curve = self.corner * np.abs(share) ** 1.8 + droop * (1 - share**2)
        return paired(share * self.width, self.level + curve + height)

    def line(self, droop: float = 0.0) -> Points:
        """Where the lips meet (or, `droop` below, where an open mouth's lower lip begins), left to right."""
        share = spaced(-1, 1, 21)
        dip = 0.010 * np.exp(-((share / 0.22) ** 2))
        return self._bend(share, dip, droop)

    def top(self) -> Points:
        """The upper lip's edge, left to right."""
        share = np.array([-1, -0.75, -0.45, -0.22, 0.0, 0.22, 0.45, 0.75, 1.0])
        height = -self.upper * np.array([0.0, 0.36, 0.78, 1.0, 1.0 - self.cupid * 0.5, 1.0, 0.78, 0.36, 0.0])
        return smooth(self._bend(share, height), 4)

    def bottom(self) -> Points:
        """The lower lip's edge, left to right."""
        share = np.array([-0.97, -0.75, -0.4, 0.0, 0.4, 0.75, 0.97])
        height = self.lower * np.array([0.0, 0.55, 0.94, 1.0, 0.94, 0.55, 0.0])
        return smooth(self._bend(share, height, self.open), 5)


def mouth(face: Face, skin: Skin, shape: Mouth) -> list[Detail]:
    """Both lips in two tones, the line between them or the teeth, the corners."""
    soft = 0.40 if face.gender == "male" else 0.12
    upper, lower = mix(skin.lip_dark, skin.shade, soft), mix(skin.lip, skin.base, soft)
    middle, floor = shape.line(), shape.line(shape.open)
    gleam = shape.level + shape.open + 0.5 * shape.lower + 0.004
    sheen = ellipse(-0.08 * shape.width, gleam, 0.34 * shape.width, 0.16 * shape.lower)
    return [
        Detail(np.concatenate([floor, shape.bottom()[::-1]]), lower, 0.03),
        Detail(np.concatenate([shape.top(), middle[::-1]]), upper, 0.03),
        *(_teeth(skin, shape, middle, floor) if shape.open else ()),
        Detail(sheen, (*mix(lower, WHITE, 0.5), 110), 0.03),
        *_seam(skin, shape, middle),
    ]


def _seam(skin: Skin, shape: Mouth, middle: Points) -> list[Detail]:
    """The line between closed lips, and the dents at the corners."""
    colour = mix(skin.lip_dark, skin.line, 0.75)
    seam = [] if shape.open else [Detail(middle, colour, 0.03, (0.006, 0.014, 0.017, 0.014, 0.006))]
    x, y = shape.width, shape.level + shape.corner
    dent = smooth(points((x * 0.96, y - 0.002), (x * 1.02, y - 0.010 - 0.12 * shape.corner), (x * 1.05, y - 0.026)), 5)
    fill: Fill = (*colour, 170)
    return [*seam, *(Detail(dent * (side, 1), fill, 0.02, (0.008, 0.013, 0.003)) for side in (-1, 1))]


def _teeth(skin: Skin, shape: Mouth, middle: Points, floor: Points) -> list[Detail]:
    gap = np.concatenate([middle, floor[::-1]])
    biting = moved(floor * 0.28 + middle * 0.72, 0, 0.26 * shape.open)
    teeth = np.concatenate([middle[2:-2], biting[2:-2][::-1]])
    return [
        Detail(gap, mix(skin.lip_dark, INK, 0.72), 0.03),
        Detail(teeth, mix(WHITE, skin.glow, 0.16), 0.03),
    ]
