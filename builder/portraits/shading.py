"""The soft tones that round a head: shadows, blush and glow."""

from builder.portraits.canvas import Canvas, Stencil, Tone, Wash
from builder.portraits.curves import Points, closed, ellipse, moved, points
from builder.portraits.head import mouth_level, neck
from builder.portraits.light import Light
from builder.portraits.palette import Skin
from builder.portraits.pose import Rig


def shade_neck(canvas: Canvas, rig: Rig, skin: Skin, light: Light, before: list[Points]) -> None:
    """The shadow of the head, the first of the outlines that lie before the neck."""
    unit = rig.unit
    cast = moved(before[0], light.side * -0.10 * unit, 0.20 * unit)
    canvas.glaze(canvas.stencil([neck(rig)], before), skin.deep, Wash([Tone(cast, 0.62)], 0.035 * unit))


def shade_face(canvas: Canvas, rig: Rig, skin: Skin, light: Light, head: Points, cast: list[Points]) -> Stencil:
    """Round the head, then lay on what the hair casts. Returns the head's stencil."""
    unit = rig.unit
    stencil = canvas.stencil([head])
    side = Wash(_side(rig, light, head), 0.085 * unit)
    canvas.glaze(stencil, skin.shade, side, Wash(_hollows(rig, light), 0.045 * unit))
    canvas.glaze(stencil, skin.blush, Wash(_cheeks(rig), 0.08 * unit))
    canvas.glaze(stencil, skin.glow, Wash(_glow(rig, light), 0.06 * unit))
    if cast:
        canvas.glaze(stencil, skin.deep, Wash([Tone(outline, 0.42) for outline in cast], 0.022 * unit))
    return stencil


def _side(rig: Rig, light: Light, head: Points) -> list[Tone]:
    """The side that is turned from the light."""
    lit = moved(head, light.side * 0.24 * rig.unit, -0.06 * rig.unit)
    return [Tone(head, min(1.0, 0.85 * light.shade)), Tone(lit, 0.0)]


def _hollows(rig: Rig, light: Light) -> list[Tone]:
    """The eye sockets, the nose's side and underside, the dip below the lips."""
    face = rig.face
    base = face.eye_level + face.nose_length
    away = -light.side * face.nose_width * 0.75
    ridge = points(
        (0.3 * away, base - 0.34),
        (0.9 * away, base - 0.1),
        (1.15 * away, base),
        (0.0, base + 0.05),
        (0.2 * away, base - 0.1),
    )
    dip = mouth_level(face) + face.lower_lip + 0.055
    sockets = (ellipse(side * (face.eye_spacing - 0.03), face.eye_level - 0.06, 0.19, 0.10) for side in (-1, 1))
    return [
        *(Tone(rig.surface(socket), 0.42) for socket in sockets),
        Tone(rig.surface(closed(ridge), 0.03), 0.62),
        Tone(rig.surface(ellipse(0, base + 0.055, face.nose_width * 0.95, 0.035)), 0.6),
        Tone(rig.surface(ellipse(0, dip, face.mouth_width * 0.55, 0.028)), 0.6),
    ]


def _cheeks(rig: Rig) -> list[Tone]:
    face = rig.face
    x, y = 0.60 * face.head_width, face.eye_level + 0.78 * face.nose_length
    strength = 0.26 + 0.3 * face.blush
    return [Tone(rig.surface(ellipse(side * x, y, 0.17, 0.12)), strength) for side in (-1, 1)]


def _glow(rig: Rig, light: Light) -> list[Tone]:
    """Forehead, cheekbone, ridge and tip of the nose, chin: where the light falls first."""
    face, lit = rig.face, light.side
    base = face.eye_level + face.nose_length
    return [
        Tone(rig.surface(ellipse(lit * 0.16, -0.35 - 0.1 * face.hairline, 0.24, 0.12)), 0.42),
        Tone(rig.surface(ellipse(lit * 0.64 * face.head_width, face.eye_level + 0.24, 0.13, 0.07)), 0.5),
        Tone(rig.surface(ellipse(lit * 0.015, base - 0.2, 0.028, 0.17), 0.04), 0.6),
        Tone(rig.surface(ellipse(lit * 0.02, base - 0.045, 0.04, 0.035), 0.05), 0.7),
        Tone(rig.surface(ellipse(lit * 0.03, 0.93 * face.chin_drop - 0.03, 0.09, 0.05)), 0.35),
    ]
