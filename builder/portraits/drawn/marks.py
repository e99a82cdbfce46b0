"""What singles a face out: freckles, moles, dimples, scars, and the lines that age draws.

Left and right are the person's own: the left cheek is at the viewer's right.
"""

from collections.abc import Callable, Mapping

import numpy as np

from builder.portraits.drawn.canvas import Fill, Shape
from builder.portraits.drawn.curves import Points, arched, ellipse, moved, paired, points, ribbon, smooth
from builder.portraits.drawn.details import Detail
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.features import Mouth
from builder.portraits.drawn.hair.hairdo import scatter
from builder.portraits.drawn.palette import INK, Skin, mix
from builder.portraits.drawn.pose import Rig

_FRECKLES = 44
_FAINT = 0.05
"""Lines weaker than this are left out."""


Line = tuple[Points, float]
"""Control points in head units, and how thick the line is."""


def marks(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    """The face's marks below the brows."""
    known = (_MARKS[mark](face, skin, mouth) for mark in face.look.marks if mark in _MARKS)
    return [detail for details in known for detail in details]


def brow_scar(face: Face, skin: Skin) -> list[Detail]:
    """The scar through the left eyebrow, drawn over it."""
    if "a scar through the left eyebrow" not in face.look.marks:
        return []
    x, y = face.eye_spacing + 0.06 + 0.05 * face.mark_x, face.eye_level - face.brow_height - face.brow_arch
    return _scar(skin, points((x - 0.035, y - 0.10), (x, y), (x + 0.02, y + 0.09)))


def age_lines(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    """Folds beside the mouth, lines on the forehead, beside and below the eyes, as strong as the face says."""
    strengths = (face.folds, face.eye_bags, face.crows_feet, face.forehead_lines, face.sag)
    drawers = (_folds, _eye_bags, _crows_feet, _forehead_lines, _drawn_down)
    tone = mix(skin.shade, skin.deep, 0.35 + 0.3 * face.sag)
    return [
        _stroke(line, width, (*tone, round(160 * strength)))
        for strength, drawer in zip(strengths, drawers, strict=True)
        if strength > _FAINT
        for line, width in drawer(face, mouth)
    ]


def neck_lines(rig: Rig, skin: Skin) -> list[Shape]:
    """The lines that years draw round the neck, and the fold below the chin."""
    face, unit = rig.face, rig.unit
    if face.neck_lines < _FAINT:
        return []
    wide, drop = face.neck_width * face.head_width, face.chin_drop
    half = points((0.0, drop + 0.105), (0.16, drop + 0.085), (0.30, drop + 0.01))
    fold = ribbon(rig.outline(smooth(arched(half), 6)), 0.004 * unit, 0.024 * unit, 0.004 * unit)
    shapes = [Shape(fold, (*skin.deep, round(140 * face.sag)))]
    for level in (1.25, 1.37):
        ends = points((-0.78 * wide, level - 0.06), (-0.3 * wide, level), (0.3 * wide, level + 0.01))
        ring = smooth(np.concatenate([ends, points((0.78 * wide, level - 0.05))]), 6)
        stroke = ribbon(rig.body(ring), 0.003 * unit, 0.013 * unit, 0.003 * unit)
        shapes.append(Shape(stroke, (*skin.deep, round(110 * face.neck_lines))))
    return shapes


def _drawn_down(face: Face, mouth: Mouth) -> list[Line]:
    """The lines from the mouth's corners down, and the frown between the brows."""
    x, y = mouth.width + 0.035, mouth.level + mouth.corner + 0.02
    down = points((x, y), (x + 0.03, y + 0.07), (x + 0.025, y + 0.08 + 0.07 * face.sag))
    brow = face.eye_level - face.brow_height
    frown = points((0.055, brow - 0.07), (0.045, brow), (0.06, brow + 0.06))
    return [(line * (side, 1), width) for line, width in ((down, 0.017), (frown, 0.008)) for side in (-1, 1)]


def _folds(face: Face, mouth: Mouth) -> list[Line]:
    low, wing, end = face.eye_level + face.nose_length, face.nose_width + 0.035, mouth.width + 0.075
    foot = mouth.level - 0.05 + 0.10 * face.folds
    fold = points((wing, low - 0.045), (0.4 * wing + 0.6 * end, low + 0.06), (end, foot))
    return [(fold * (side, 1), 0.020) for side in (-1, 1)]


def _eye_bags(face: Face, mouth: Mouth) -> list[Line]:
    x, y, wide = face.eye_spacing, face.eye_level + face.eye_height, face.eye_width
    bag = points((x - 0.80 * wide, y + 0.035), (x - 0.1 * wide, y + 0.080), (x + 0.75 * wide, y + 0.035))
    return [(bag * (side, 1), 0.018) for side in (-1, 1)]


def _crows_feet(face: Face, mouth: Mouth) -> list[Line]:
    x, y = face.eye_spacing + face.eye_width + 0.045, face.eye_level
    feet = [points((x, y + dy), (x + 0.045, y + 1.6 * dy), (x + 0.085, y + 2.8 * dy)) for dy in (-0.022, 0.008, 0.036)]
    return [(foot * (side, 1), 0.012) for foot in feet for side in (-1, 1)]


def _forehead_lines(face: Face, mouth: Mouth) -> list[Line]:
    lines = []
    for share, reach in ((0.40, 0.47), (0.62, 0.41), (0.82, 0.35)):
        wide = reach * face.head_width
        y = -(face.brow_height + 0.04) * (1 - share) - (face.hairline - 0.03) * share
        ends = (-wide, y + 0.022), (wide, y + 0.02)
        line = points(ends[0], (-0.4 * wide, y), (0.1 * wide, y + 0.012), (0.5 * wide, y), ends[1])
        lines.append((line, 0.015))
    return lines


def _stroke(at: Points, width: float, fill: Fill) -> Detail:
    """A tapered stroke through control points."""
    return Detail(smooth(at, 6), fill, 0.01, (0.1 * width, width, 0.1 * width))


def _freckles(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    at = scatter(_FRECKLES, face.freckles)
    x = (2 * at[:, 0] - 1) * 0.70 * face.head_width
    y = face.eye_level + 0.17 + 0.26 * at[:, 1] + 0.05 * np.abs(x)
    size = 0.0085 + 0.008 * ((np.arange(_FRECKLES) * 0.618) % 1)
    dots = ellipse(0, 0, 1, 0.9, 8) * size[:, None, None] + paired(x, y)[:, None]
    colour = mix(skin.shade, mix(skin.deep, skin.blush, 0.3), 0.6)
    return [Detail(dot, (*colour, 185), 0.01) for dot in dots]


def _dimples(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    x, y = mouth.width + 0.105, mouth.level
    dimple = points((x, y - 0.085), (x + 0.03, y - 0.03), (x + 0.01, y + 0.03))
    return [_stroke(dimple * (side, 1), 0.02, (*skin.shade, 190)) for side in (-1, 1)]


def _left_mole(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    return _cheek_mole(face, skin, 1)


def _right_mole(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    return _cheek_mole(face, skin, -1)


def _cheek_mole(face: Face, skin: Skin, side: int) -> list[Detail]:
    y = face.eye_level + face.nose_length - 0.02 + 0.10 * face.mark_y
    return _mole(skin, side * (0.43 + 0.07 * face.mark_x), y)


def _lip_mole(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    side = 1 if face.mark_x >= 0 else -1
    y = 0.5 * (face.eye_level + face.nose_length + mouth.level) + 0.01 * face.mark_y
    return _mole(skin, 0.13 * side + 0.05 * face.mark_x, y)


def _mole(skin: Skin, x: float, y: float) -> list[Detail]:
    return [Detail(ellipse(x, y, 0.024, 0.023, 16), mix(skin.line, INK, 0.45), 0.01)]


def _chin_scar(face: Face, skin: Skin, mouth: Mouth) -> list[Detail]:
    x, y = 0.07 * face.mark_x, 0.5 * (mouth.level + mouth.lower + face.chin_drop) + 0.02
    return _scar(skin, points((x - 0.05, y - 0.03), (x, y), (x + 0.06, y + 0.045)))


def _scar(skin: Skin, at: Points) -> list[Detail]:
    line = smooth(at, 5)
    return [
        Detail(moved(line, 0.006, 0.006), (*skin.shade, 170), 0.03, (0.004, 0.026, 0.004)),
        Detail(line, mix(skin.glow, skin.blush, 0.25), 0.03, (0.004, 0.022, 0.004)),
    ]


_MARKS: Mapping[str, Callable[[Face, Skin, Mouth], list[Detail]]] = {
    "freckles": _freckles,
    "dimples": _dimples,
    "a mole on the left cheek": _left_mole,
    "a mole on the right cheek": _right_mole,
    "a mole above the lip": _lip_mole,
    "a small scar on the chin": _chin_scar,
}
