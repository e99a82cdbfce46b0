"""Facial hair: it follows the jaw and leaves the mouth free."""

from dataclasses import dataclass, field

import numpy as np

from builder.portraits.drawn.canvas import Shape, Tone, filled
from builder.portraits.drawn.curves import (
    Points,
    closed,
    ellipse,
    even,
    mirrored,
    moved,
    paired,
    points,
    ribbons,
    smooth,
    spaced,
)
from builder.portraits.drawn.features import Mouth
from builder.portraits.drawn.hair.hairdo import scatter
from builder.portraits.drawn.head import half_width, jaw
from builder.portraits.drawn.palette import Tones, mix
from builder.portraits.drawn.pose import Rig


@dataclass
class Beard:
    """A beard in pixels: `tones` lie softly on the skin, `under` is drawn before the mouth and `over` after it."""

    tones: list[Tone] = field(default_factory=list)
    under: list[Shape] = field(default_factory=list)
    over: list[Shape] = field(default_factory=list)


def grown(rig: Rig, tones: Tones, mouth: Mouth) -> Beard:
    """The facial hair of the rig's face."""
    kind, length = rig.face.look.facial_hair, rig.face.beard_length
    if kind == "stubble":
        cheeks = Tone(_cheeks(rig, mouth, 0.0), 0.32 + 0.18 * length)
        return Beard(tones=[cheeks, Tone(_moustache_outline(rig, mouth, 0.9), 0.44)])
    if kind == "moustache":
        return Beard(over=_moustache(rig, tones, mouth))
    if kind == "goatee":
        return Beard(under=_goatee(rig, tones, mouth), over=_moustache(rig, tones, mouth))
    if kind == "short beard":
        return Beard(under=_grown(rig, tones, mouth, 0.015 + 0.03 * length), over=_moustache(rig, tones, mouth))
    if kind == "full beard":
        return Beard(under=_grown(rig, tones, mouth, 0.12 + 0.16 * length), over=_moustache(rig, tones, mouth))
    return Beard()


def _cheeks(rig: Rig, mouth: Mouth, grown: float) -> Points:
    """The bearded part of the face: jaw, chin and upper lip, `grown` beyond the skin."""
    face = rig.face
    width, level, base = face.head_width, mouth.level, face.eye_level + face.nose_length
    half = jaw(face)
    down = half[:, 1] / face.chin_drop
    outer = half * (1 + grown * paired(0.6 * down**2, np.full(len(down), 0.55)))
    outer[:, 1] += grown * np.clip(down - 0.6, 0, 1)
    edge = np.concatenate([points((0.985 * width, 0.10)), outer])
    inner = points(
        (0.09, base + 0.075),
        (mouth.width * 0.95, base + 0.13),
        (mouth.width * 1.42, level - 0.10),
        (0.74 * width, 0.5 * (base + level) - 0.04),
        (0.84 * width, 0.30),
        (0.90 * width, 0.12),
    )
    around = np.concatenate([edge, edge[-2::-1] * (-1, 1)])
    above = np.concatenate([inner[::-1] * (-1, 1), inner])
    return np.concatenate([smooth(rig.outline(around), 6), smooth(rig.surface(above, 0.02), 5)])


def _grown(rig: Rig, tones: Tones, mouth: Mouth, grown: float) -> list[Shape]:
    """A beard all over the jaw, `grown` beyond the skin, with hairs that run down."""
    face, unit = rig.face, rig.unit
    at = scatter(90, face.wave)
    share = (2 * at[:, 0] - 1) * 0.94
    floor = face.chin_drop * (1 - 0.30 * share**2) + grown
    roof = np.maximum(face.eye_level + face.nose_length + 0.16, 0.95 - 0.85 * np.abs(share))
    x, y = share * face.head_width, roof + (floor - roof - 0.06) * at[:, 1]
    inside = np.abs(x) < half_width(face, y + 0.05) * (1 + 0.4 * grown) - 0.01
    beside_mouth = (np.abs(x) > mouth.width * 1.15) | (y > mouth.level + mouth.lower + 0.04)
    top = paired(0.93 * x, y)[inside & beside_mouth]
    low = moved(top * (0.97, 1), 0, 0.075 + 0.25 * grown)
    opaque = grown > 0.1
    return [
        Shape(_cheeks(rig, mouth, grown), tones.base if opaque else (*tones.base, 220)),
        *_hairs(rig, top, low, tones, (0.012 + 0.03 * grown) * unit),
        Shape(rig.surface(ellipse(0, mouth.level + mouth.lower + 0.045, 0.10, 0.02), 0.04), (*tones.dark, 140)),
    ]


def _goatee(rig: Rig, tones: Tones, mouth: Mouth) -> list[Shape]:
    """A beard around the mouth and on the chin."""
    face = rig.face
    level, drop = mouth.level, face.chin_drop
    wide = min(mouth.width * 0.95, 0.22)
    low = drop + 0.02 + 0.09 * face.beard_length
    half = points(
        (0, level + mouth.lower * 0.9),
        (mouth.width * 0.55, level + mouth.lower * 0.75),
        (mouth.width * 0.92, level + 0.03),
        (mouth.width * 1.10, level + 0.01),
        (mouth.width * 1.06, 0.5 * (level + drop)),
        (0.85 * wide, drop * 0.97),
        (0.4 * wide, low),
        (0, low + 0.015),
    )
    share = spaced(-0.8, 0.8, 11)
    top = paired(share * wide, np.full(11, level + mouth.lower + 0.03))
    end = paired(share * wide * 0.8, low - 0.04 - 0.10 * share**2)
    outline = closed(rig.surface(mirrored(half), 0.03), 5)
    return [Shape(outline, tones.base), *_hairs(rig, top, end, tones, 0.016 * rig.unit)]


def _moustache(rig: Rig, tones: Tones, mouth: Mouth) -> list[Shape]:
    base = rig.face.eye_level + rig.face.nose_length
    share = spaced(-0.85, 0.85, 14)
    bend = np.abs(share) ** 1.5
    top = paired(0.55 * share * mouth.width, base + 0.085 + 0.03 * np.abs(share))
    low = mouth.level - 0.80 * mouth.upper + (0.035 + 0.6 * mouth.corner) * bend
    end = paired(1.02 * share * mouth.width, low)
    outline = _moustache_outline(rig, mouth, 0.4 + rig.face.beard_length)
    return [Shape(outline, tones.base), *_hairs(rig, top, end, tones, 0.014 * rig.unit)]


def _moustache_outline(rig: Rig, mouth: Mouth, fullness: float) -> Points:
    face = rig.face
    base = face.eye_level + face.nose_length + face.nose_tip * 0.5
    lip, corner = mouth.level - mouth.upper * 0.62, mouth.level + mouth.corner
    reach = mouth.width * (0.98 + 0.16 * fullness)
    half = points(
        (0, base + 0.075),
        (0.32 * reach, base + 0.062),
        (0.72 * reach, 0.45 * base + 0.55 * lip),
        (reach, corner + 0.035),
        (0.86 * reach, corner + 0.01),
        (0.42 * reach, lip + 0.020),
        (0, lip + 0.004),
    )
    return closed(rig.surface(mirrored(half), 0.04), 6)


def _hairs(rig: Rig, top: Points, low: Points, tones: Tones, width: float) -> list[Shape]:
    """Short strokes from `top` to `low`, in head units."""
    t = even(4)[None, :, None]
    lines = top[:, None] * (1 - t) + low[:, None] * t
    strokes = ribbons(rig.surface(lines.reshape(-1, 2), 0.04).reshape(lines.shape), 0.3 * width, width, 0.2 * width)
    return filled(strokes, mix(tones.base, tones.dark, 0.8), mix(tones.base, tones.light, 0.45))
