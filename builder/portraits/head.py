"""The bare head: its contour, ears, neck and shoulders, and the soft tones that round them."""

import numpy as np

from builder.portraits.canvas import Canvas, Shape, Stencil, Tone, Wash
from builder.portraits.curves import Points, closed, ellipse, mirrored, moved, points, ribbon, smooth
from builder.portraits.face import Face
from builder.portraits.light import Light
from builder.portraits.palette import Skin, mix
from builder.portraits.pose import Rig


def contour(face: Face) -> Points:
    """The head's outline in head units, from the crown around the chin."""
    width, drop = face.head_width, face.chin_drop
    jaw, jaw_at = face.jaw_width * width, face.jaw_height * drop
    cheek = width * (0.965 + 0.035 * face.cheekbones)
    hollow = 0.012 * face.cheekbones
    half = points(
        (0, -face.skull_height),
        (0.32 * width, -0.962 * face.skull_height),
        (0.61 * width, -0.846 * face.skull_height),
        (0.84 * width, -0.620 * face.skull_height),
        (face.forehead_width * width, -0.30),
        (cheek, 0.10),
        (cheek * 0.52 + jaw * 0.48 - hollow, 0.10 + 0.55 * (jaw_at - 0.10)),
        (jaw, jaw_at),
        (0.52 * jaw + 0.55 * face.chin_width, 0.5 * (jaw_at + drop) + 0.02),
        (face.chin_width, 0.955 * drop),
        (0, drop),
    )
    return mirrored(half)


def half_width(face: Face, level: float) -> float:
    """Half the head's width at a height below the temples."""
    edge = contour(face)[5:11]
    return float(np.interp(level, edge[:, 1], edge[:, 0]))


def head_outline(rig: Rig) -> Points:
    """The head's outline in pixels."""
    return closed(rig.outline(contour(rig.face)), 10)


def jaw_line(face: Face) -> Points:
    """The lower half of the contour, from the viewer's right ear around the chin to the left one."""
    path = contour(face)
    return path[5:-4]


def ear(rig: Rig, side: int) -> tuple[Points, Points]:
    """An ear's outline and the fold inside it, in pixels; `side` is -1 at the viewer's left."""
    face = rig.face
    high, out = 0.21 * face.ear_size, face.ear_out
    rim = points(
        (-0.07, -0.6), (0.0, -0.95), (0.5, -1.12), (0.95, -0.80), (1.0, -0.2), (0.72, 0.35), (0.50, 0.80), (0.2, 1.0),
        (-0.07, 0.85), (-0.10, 0.1),
    )  # fmt: skip
    fold = points((0.25, -0.55), (0.55, -0.72), (0.70, -0.35), (0.55, 0.1), (0.32, 0.42))
    return tuple(_on_side(rig, curve, side, out, high) for curve in (closed(rim, 6), smooth(fold, 6)))  # type: ignore[return-value]


def _on_side(rig: Rig, at: Points, side: int, out: float, high: float) -> Points:
    face = rig.face
    away = at[:, 0] * out
    x = side * (0.965 * face.head_width + away)
    y = 0.16 + face.eye_level + at[:, 1] * high
    return rig.flat_each(np.stack([x, y], axis=1), -0.06 - 0.9 * away)


def ears(rig: Rig, skin: Skin, sides: tuple[int, ...]) -> list[Shape]:
    """The ears of the given sides with their inner folds."""
    shapes = []
    for side in sides:
        rim, fold = ear(rig, side)
        shapes.append(Shape(rim, mix(skin.base, skin.shade, 0.25)))
        shapes.append(
            Shape(ribbon(fold, 0.008 * rig.unit, 0.026 * rig.unit, 0.004 * rig.unit), mix(skin.shade, skin.deep, 0.2))
        )
    return shapes


def near_side(rig: Rig) -> int | None:
    """The side whose ear lies before the head's outline, once the head is turned enough."""
    if abs(rig.turn) < 0.12:
        return None
    return -1 if rig.turn > 0 else 1


def neck(rig: Rig) -> Points:
    """Neck, shoulders and chest as one outline in pixels; its top hides behind the jaw."""
    face = rig.face
    width = face.neck_width * face.head_width
    top = rig.outline(points((width, 0.35), (width * 0.97, 0.75)))
    top_left = rig.outline(points((-width * 0.97, 0.75), (-width, 0.35)))
    right = rig.body(torso_half(face))
    left = rig.body(torso_half(face)[::-1] * (-1, 1))
    return np.concatenate([smooth(np.concatenate([top, right]), 8), smooth(np.concatenate([left, top_left]), 8)])


def torso_half(face: Face) -> Points:
    """The right half of neck base, shoulder and side in head units."""
    width, reach = face.neck_width * face.head_width, face.shoulders
    return points(
        (width * 1.02, 1.16),
        (width * 1.22, 1.38),
        (0.50 * reach, 1.52),
        (0.82 * reach, 1.64),
        (0.98 * reach, 1.92),
        (1.05 * reach, 2.6),
        (1.08 * reach, 6.0),
    )


def shade_neck(canvas: Canvas, rig: Rig, skin: Skin, light: Light, head: Points) -> None:
    """The shadow that the head casts on the neck, and the collar bones' hint."""
    unit = rig.unit
    stencil = canvas.stencil([neck(rig)], [head])
    cast = moved(head, light.side * -0.10 * unit, 0.20 * unit)
    canvas.glaze(stencil, skin.deep, Wash([Tone(cast, 0.62)], 0.035 * unit))


def shade_face(canvas: Canvas, rig: Rig, skin: Skin, light: Light, head: Points, cast: list[Points]) -> Stencil:
    """Round the head: the side turned from the light, the sockets, the nose's side, the cheeks, and what the hair casts."""
    unit, face = rig.unit, rig.face
    stencil = canvas.stencil([head])
    canvas.glaze(
        stencil,
        skin.shade,
        Wash(_side_tones(rig, light, head), 0.085 * unit),
        Wash(_hollow_tones(rig, light), 0.045 * unit),
    )
    canvas.glaze(stencil, skin.blush, Wash(_cheek_tones(rig, 0.26 + 0.3 * face.blush), 0.08 * unit))
    canvas.glaze(stencil, skin.glow, Wash(_glow_tones(rig, light), 0.06 * unit))
    if cast:
        canvas.glaze(stencil, skin.deep, Wash([Tone(outline, 0.42) for outline in cast], 0.022 * unit))
    return stencil


def _side_tones(rig: Rig, light: Light, head: Points) -> list[Tone]:
    unit = rig.unit
    whole = Tone(head, 0.85 * light.shade)
    lit = moved(head, light.side * 0.24 * unit, -0.06 * unit)
    return [whole, Tone(lit, 0.0)]


def _hollow_tones(rig: Rig, light: Light) -> list[Tone]:
    face = rig.face
    tones = []
    for side in (-1, 1):
        x, y = side * face.eye_spacing, face.eye_level - 0.06
        tones.append(Tone(rig.surface(ellipse(x - side * 0.03, y, 0.19, 0.10)), 0.42))
    x = -light.side * face.nose_width * 0.75
    base = face.eye_level + face.nose_length
    nose = points(
        (0.3 * x, base - 0.34), (0.9 * x, base - 0.1), (1.15 * x, base), (0.0, base + 0.05), (0.2 * x, base - 0.1)
    )
    tones.append(Tone(rig.surface(closed(nose), 0.03), 0.62))
    under = ellipse(0, base + 0.055, face.nose_width * 0.95, 0.035)
    tones.append(Tone(rig.surface(under), 0.6))
    mouth = mouth_level(face)
    tones.append(Tone(rig.surface(ellipse(0, mouth + face.lower_lip + 0.055, face.mouth_width * 0.55, 0.028)), 0.6))
    return tones


def _cheek_tones(rig: Rig, strength: float) -> list[Tone]:
    face = rig.face
    y = face.eye_level + 0.78 * face.nose_length
    return [Tone(rig.surface(ellipse(side * 0.60 * face.head_width, y, 0.17, 0.12)), strength) for side in (-1, 1)]


def _glow_tones(rig: Rig, light: Light) -> list[Tone]:
    face = rig.face
    lit = light.side
    base = face.eye_level + face.nose_length
    return [
        Tone(rig.surface(ellipse(lit * 0.16, -0.40 - 0.1 * (face.hairline - 0.5), 0.24, 0.12)), 0.42),
        Tone(rig.surface(ellipse(lit * 0.46 * face.head_width / 0.72, face.eye_level + 0.24, 0.13, 0.07)), 0.5),
        Tone(rig.surface(ellipse(lit * 0.015, base - 0.2, 0.028, 0.17), 0.04), 0.6),
        Tone(rig.surface(ellipse(lit * 0.02, base - 0.045, 0.04, 0.035), 0.05), 0.7),
        Tone(rig.surface(ellipse(lit * 0.03, 0.93 * face.chin_drop - 0.03, 0.09, 0.05)), 0.35),
    ]


def mouth_level(face: Face) -> float:
    """Where the lips meet, in head units below the origin."""
    base = face.eye_level + face.nose_length
    return base + face.mouth_level * (face.chin_drop - base)
