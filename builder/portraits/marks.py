"""What singles a face out: freckles, moles, dimples, scars, and the lines that age draws. Left and right are the person's own."""

import numpy as np

from builder.portraits.canvas import Shape
from builder.portraits.curves import Points, ellipse, points, ribbon, smooth
from builder.portraits.features import Mouth
from builder.portraits.hair.hairdo import scatter
from builder.portraits.palette import INK, Colour, Skin, mix
from builder.portraits.pose import Rig

_LEFT, _RIGHT = 1, -1
"""The person's left is at the viewer's right."""


def marks(rig: Rig, skin: Skin, mouth: Mouth) -> list[Shape]:
    """The face's marks."""
    face = rig.face
    low = face.eye_level + face.nose_length
    shapes: list[Shape] = []
    for mark in face.look.marks:
        if mark == "freckles":
            shapes += _freckles(rig, skin)
        elif mark == "dimples":
            shapes += [
                _line(
                    rig,
                    skin,
                    points(
                        (side * (mouth.width + 0.105), mouth.level - 0.085),
                        (side * (mouth.width + 0.135), mouth.level - 0.03),
                        (side * (mouth.width + 0.115), mouth.level + 0.03),
                    ),
                    0.02,
                    190,
                )
                for side in (-1, 1)
            ]
        elif mark == "a mole above the lip":
            shapes += _mole(
                rig,
                skin,
                0.13 * np.sign(face.mark_x + 1e-9) + 0.05 * face.mark_x,
                0.5 * (low + mouth.level) - 0.0 + 0.01 * face.mark_y,
            )
        elif mark == "a mole on the left cheek":
            shapes += _mole(rig, skin, _LEFT * (0.43 + 0.07 * face.mark_x), low - 0.02 + 0.10 * face.mark_y)
        elif mark == "a mole on the right cheek":
            shapes += _mole(rig, skin, _RIGHT * (0.43 + 0.07 * face.mark_x), low - 0.02 + 0.10 * face.mark_y)
        elif mark == "a small scar on the chin":
            x, y = 0.07 * face.mark_x, 0.5 * (mouth.level + mouth.lower + face.chin_drop) + 0.02
            shapes += _scar(rig, skin, points((x - 0.05, y - 0.03), (x, y), (x + 0.06, y + 0.045)))
    return shapes


def brow_scar(rig: Rig, skin: Skin) -> list[Shape]:
    """The scar through the left eyebrow, drawn over it."""
    face = rig.face
    if "a scar through the left eyebrow" not in face.look.marks:
        return []
    x, y = _LEFT * (face.eye_spacing + 0.06 + 0.05 * face.mark_x), face.eye_level - face.brow_height - face.brow_arch
    return _scar(rig, skin, points((x - 0.035, y - 0.10), (x, y), (x + 0.02, y + 0.09)))


def _freckles(rig: Rig, skin: Skin) -> list[Shape]:
    face = rig.face
    at = scatter(44, face.freckles)
    x = (2 * at[:, 0] - 1) * 0.70 * face.head_width
    y = face.eye_level + 0.17 + 0.26 * at[:, 1] + 0.05 * np.abs(x)
    size = 0.0085 + 0.008 * ((np.arange(44) * 0.618) % 1)
    colour = mix(skin.shade, mix(skin.deep, skin.blush, 0.3), 0.6)
    dots = ellipse(0, 0, 1, 0.9, 8)[None] * size[:, None, None] + np.stack([x, y], axis=1)[:, None]
    flat = rig.surface(dots.reshape(-1, 2), 0.01).reshape(dots.shape)
    return [Shape(dot, (*colour, 185)) for dot in flat]


def _mole(rig: Rig, skin: Skin, x: float, y: float) -> list[Shape]:
    colour = mix(skin.line, INK, 0.45)
    return [Shape(rig.surface(ellipse(x, y, 0.024, 0.023, 16), 0.01), colour)]


def _scar(rig: Rig, skin: Skin, at: Points) -> list[Shape]:
    line = rig.surface(smooth(at, 5), 0.03)
    unit = rig.unit
    return [
        Shape(ribbon(line + 0.006 * unit, 0.004 * unit, 0.026 * unit, 0.004 * unit), (*skin.shade, 170)),
        Shape(ribbon(line, 0.004 * unit, 0.022 * unit, 0.004 * unit), mix(skin.glow, skin.blush, 0.25)),
    ]


def _line(rig: Rig, skin: Skin, at: Points, width: float, opacity: float, colour: Colour | None = None) -> Shape:
    curve = rig.surface(smooth(at, 6), 0.01)
    unit = rig.unit
    return Shape(
        ribbon(curve, 0.1 * width * unit, width * unit, 0.1 * width * unit), (*(colour or skin.shade), round(opacity))
    )


def age_lines(rig: Rig, skin: Skin, mouth: Mouth) -> list[Shape]:
    """Folds beside the mouth, lines on the forehead, beside and below the eyes, as strong as the face's measures say."""
    face = rig.face
    tone = mix(skin.shade, skin.deep, 0.35)
    shapes = []
    low = face.eye_level + face.nose_length
    for side in (-1, 1):
        if face.folds > 0.05:
            wing, end = side * (face.nose_width + 0.035), side * (mouth.width + 0.075)
            fold = points(
                (wing, low - 0.045), (0.4 * wing + 0.6 * end, low + 0.06), (end, mouth.level - 0.05 + 0.10 * face.folds)
            )
            shapes.append(_line(rig, skin, fold, 0.020, 165 * face.folds, tone))
        if face.eye_bags > 0.05:
            x, y, w = face.eye_spacing, face.eye_level + face.eye_height, face.eye_width
            bag = points(
                (side * (x - 0.80 * w), y + 0.035),
                (side * (x - 0.1 * w), y + 0.080),
                (side * (x + 0.75 * w), y + 0.035),
            )
            shapes.append(_line(rig, skin, bag, 0.018, 150 * face.eye_bags, tone))
        if face.crows_feet > 0.05:
            shapes += _crows_feet(rig, skin, side, tone)
    if face.forehead_lines > 0.05:
        span = 0.34 * face.head_width / 0.72
        for index, share in enumerate((0.40, 0.62, 0.82)):
            y = -(face.brow_height + 0.04) * (1 - share) - (face.hairline - 0.03) * share
            reach = span * (1 - 0.13 * index)
            shapes.append(
                _line(
                    rig,
                    skin,
                    points(
                        (-reach, y + 0.022),
                        (-0.4 * reach, y),
                        (0.1 * reach, y + 0.012),
                        (0.5 * reach, y),
                        (reach, y + 0.02),
                    ),
                    0.015,
                    150 * face.forehead_lines,
                    tone,
                )
            )
    return shapes


def _crows_feet(rig: Rig, skin: Skin, side: int, tone: Colour) -> list[Shape]:
    face = rig.face
    x, y = side * (face.eye_spacing + face.eye_width + 0.045), face.eye_level
    return [
        _line(
            rig,
            skin,
            points((x, y + dy), (x + side * 0.045, y + 1.6 * dy), (x + side * 0.085, y + 2.8 * dy)),
            0.012,
            150 * face.crows_feet,
            tone,
        )
        for dy in (-0.022, 0.008, 0.036)
    ]
