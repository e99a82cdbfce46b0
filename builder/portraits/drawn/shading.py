"""The soft tones that round a head: shadows, blush and glow."""

from collections.abc import Sequence

import numpy as np

from builder.portraits.drawn.canvas import Canvas, Glaze, Tone, Wash
from builder.portraits.drawn.curves import Points, closed, ellipse, moved, points
from builder.portraits.drawn.features import ridge
from builder.portraits.drawn.head import mouth_level, throat
from builder.portraits.drawn.light import Light
from builder.portraits.drawn.palette import Skin
from builder.portraits.drawn.pose import Rig


def shade_neck(canvas: Canvas, rig: Rig, skin: Skin, light: Light, before: list[Points]) -> None:
    """The shadow of the head, the first of the outlines that lie before the neck."""
    unit = rig.unit
    cast = moved(before[0], light.side * -0.10 * unit, 0.20 * unit)
    bare = canvas.stencil([throat(rig)], before)
    cords = Glaze(skin.shade, (Wash(_cords(rig, light), 0.03 * unit),))
    canvas.glaze(bare, cords, Glaze(skin.deep, (Wash([Tone(cast, 0.62)], 0.035 * unit),)))


def _cords(rig: Rig, light: Light) -> list[Tone]:
    """The side of the neck that is turned from the light, its muscles, the throat, the hollow between the collarbones.

    Years bring the cords out.
    """
    face = rig.face
    wide, strength = face.neck_width * face.head_width, 0.30 + 0.22 * face.neck_lines
    muscle = points((0.86, 0.85), (0.97, 0.95), (0.34, 1.52), (0.20, 1.56), (0.26, 1.46), (0.70, 1.12)) * (wide, 1)
    side = points((0.62, 0.7), (1.1, 0.7), (1.25, 1.5), (0.80, 1.5)) * (-light.side * wide, 1)
    tones = [Tone(rig.body(side), 0.45 * light.shade)]
    tones += [Tone(rig.body(muscle * (each, 1)), strength) for each in (-1, 1)]
    tones.append(Tone(rig.body(ellipse(0, 1.53, 0.16 * wide, 0.045)), 0.5))
    if face.throat > 0.3:
        apple = ellipse(-0.04 * light.side, 1.24 + face.chin_drop - 1, 0.16 * wide, 0.06)
        tones.append(Tone(rig.body(apple), 0.65 * face.throat))
    return tones


def face_glazes(rig: Rig, skin: Skin, light: Light, head: Points, cast: list[Points]) -> list[Glaze]:
    """What rounds the head, and what the hair casts on it."""
    unit = rig.unit
    hollows = [*_hollows(rig, light), *_years(rig)]
    glazes = [
        Glaze(skin.shade, (Wash(_side(rig, light, head), 0.085 * unit), Wash(hollows, 0.045 * unit))),
        Glaze(skin.blush, (Wash(_cheeks(rig), 0.08 * unit),)),
        Glaze(skin.glow, (Wash(_glow(rig, light), 0.06 * unit),)),
    ]
    if cast:
        glazes.append(Glaze(skin.deep, (Wash([Tone(outline, 0.42) for outline in cast], 0.022 * unit),)))
    return glazes


def _side(rig: Rig, light: Light, head: Points) -> list[Tone]:
    """The side that is turned from the light."""
    lit = moved(head, light.side * 0.24 * rig.unit, -0.06 * rig.unit)
    return [Tone(head, min(1.0, 0.85 * light.shade)), Tone(lit, 0.0)]


def _hollows(rig: Rig, light: Light) -> list[Tone]:
    """The eye sockets, the nose's side and underside, the dip below the lips."""
    face = rig.face
    base = face.eye_level + face.nose_length
    edge, away = ridge(face), -1 if light.side > 0 else 1
    wing = points((0.0, base + 0.04), (1.02 * face.nose_width, base + 0.01), (face.nose_width, base - 0.06))
    flank = np.concatenate([edge[:4] * (0.8, 1), wing, points((edge[2, 0] + 0.05, edge[2, 1] - 0.06))]) * (away, 1)
    dip = mouth_level(face) + face.lower_lip + 0.055
    sockets = [ellipse(side * (face.eye_spacing - 0.03), face.eye_level - 0.06, 0.19, 0.10) for side in (-1, 1)]
    under_nose = ellipse(0, base + 0.055, face.nose_width * 0.95, 0.035)
    under_lip = ellipse(0, dip, face.mouth_width * 0.55, 0.028)
    cleft = ellipse(0, 0.94 * face.chin_drop, 0.016, 0.045, 12)
    outlines = [*sockets, closed(flank, 4), under_nose, under_lip, cleft]
    return _tones(rig, outlines, (0.42, 0.42, 0.60, 0.6, 0.6, max(0.0, 3 * face.chin_cleft - 2)))


def _tones(rig: Rig, outlines: Sequence[Points], strengths: Sequence[float]) -> list[Tone]:
    """Tones on the front of the head, from head units."""
    placed = rig.surfaces(outlines, [0.015] * len(outlines))
    return [Tone(at, strength) for at, strength in zip(placed, strengths, strict=True)]


def _years(rig: Rig) -> list[Tone]:
    """What years do to the form: hollows below the eyes and at the temples, folds and jowls beside the mouth."""
    face = rig.face
    if face.sag < 0.1:
        return []
    base, level, sag = face.eye_level + face.nose_length, mouth_level(face), face.sag
    x, under = face.eye_spacing, face.eye_level + face.eye_height
    fold = points(
        (face.nose_width + 0.02, base - 0.05),
        (face.nose_width + 0.06, base - 0.03),
        (face.mouth_width + 0.10, level + 0.02),
        (face.mouth_width + 0.03, level + 0.03),
    )
    jowl = points(
        (face.mouth_width - 0.01, level + 0.02),
        (face.mouth_width + 0.06, level + 0.03),
        (face.mouth_width + 0.08, level + 0.17),
        (face.mouth_width - 0.01, level + 0.20),
    )
    right = [
        ellipse(x - 0.02, under + 0.085, 0.15, 0.035, 16),
        ellipse(0.87 * face.head_width, -0.22, 0.07, 0.15, 16),
        fold,
        closed(jowl, 4),
        ellipse(0.58 * face.head_width, level - 0.08, 0.10, 0.13, 16),
    ]
    both = [outline * (side, 1) for side in (-1, 1) for outline in right]
    return _tones(rig, both, [sag * share for share in (0.62, 0.50, 0.75, 0.70, 0.30)] * 2)


def _cheeks(rig: Rig) -> list[Tone]:
    face = rig.face
    x, y = 0.60 * face.head_width, face.eye_level + 0.78 * face.nose_length
    strength = 0.26 + 0.3 * face.blush
    return _tones(rig, [ellipse(side * x, y, 0.17, 0.12) for side in (-1, 1)], [strength] * 2)


def _glow(rig: Rig, light: Light) -> list[Tone]:
    """Forehead, cheekbone, ridge and tip of the nose, chin: where the light falls first."""
    face, lit = rig.face, light.side
    base = face.eye_level + face.nose_length
    outlines = [
        ellipse(lit * 0.16, -0.35 - 0.1 * face.hairline, 0.24, 0.12),
        ellipse(lit * 0.64 * face.head_width, face.eye_level + 0.24, 0.13, 0.07),
        ellipse(lit * 0.015, base - 0.2, 0.028, 0.17),
        ellipse(lit * 0.02, base - 0.045, 0.04, 0.035),
        ellipse(lit * 0.03, 0.93 * face.chin_drop - 0.03, 0.09, 0.05),
    ]
    return _tones(rig, outlines, (0.42, 0.5, 0.6, 0.7, 0.35))
