"""Facial hair: it follows the jaw and leaves the mouth free."""

from dataclasses import dataclass, field

import numpy as np

from builder.portraits.canvas import Shape, Tone
from builder.portraits.curves import Points, closed, ellipse, moved, points, ribbons, smooth
from builder.portraits.features import Mouth
from builder.portraits.hair.hairdo import scatter
from builder.portraits.head import contour, mouth_level
from builder.portraits.palette import Tones, mix
from builder.portraits.pose import Rig


@dataclass
class Beard:
    """A beard in pixels: `tones` lie softly on the skin, `under` is drawn before the mouth and `over` after it."""

    tones: list[Tone] = field(default_factory=list)
    under: list[Shape] = field(default_factory=list)
    over: list[Shape] = field(default_factory=list)


def beard_of(rig: Rig, tones: Tones, mouth: Mouth) -> Beard:
    """The facial hair of the rig's face."""
    kind = rig.face.look.facial_hair
    if kind == "stubble":
        return Beard(
            [
                Tone(_cheeks(rig, mouth, 0.0), 0.32 + 0.18 * rig.face.beard_length),
                Tone(_moustache(rig, mouth, 0.9), 0.44),
            ]
        )
    if kind == "moustache":
        return Beard(over=_moustache_shapes(rig, tones, mouth))
    if kind == "goatee":
        return _goatee(rig, tones, mouth)
    if kind == "short beard":
        return _grown(rig, tones, mouth, 0.015 + 0.03 * rig.face.beard_length, 0.86)
    if kind == "full beard":
        return _grown(rig, tones, mouth, 0.12 + 0.16 * rig.face.beard_length, 0.97)
    return Beard()


def _cheeks(rig: Rig, mouth: Mouth, grown: float) -> Points:
    """The bearded part of the face: jaw, chin and upper lip, `grown` beyond the skin."""
    face = rig.face
    width, level = face.head_width, mouth_level(face)
    base = face.eye_level + face.nose_length
    jaw = contour(face)[6:-5]
    swell = 1 + grown * np.array([0.10, 0.45, 0.6, 0.62, 0.6, 0.62, 0.6, 0.45, 0.10])[: len(jaw), None]
    jaw = jaw * swell + (0, 1) * (grown * np.linspace(-1, 1, len(jaw))[:, None] ** 2 * -1 + grown) * (jaw[:, 1:] > 0.5)
    outer = np.concatenate([points((0.985 * width, 0.10)), jaw, points((-0.985 * width, 0.10))])
    half = points(
        (0.90 * width, 0.12),
        (0.84 * width, 0.30),
        (0.74 * width, 0.5 * (base + level) - 0.04),
        (mouth.width * 1.42, level - 0.10),
        (mouth.width * 0.95, base + 0.13),
        (0.09, base + 0.075),
    )
    inner = np.concatenate([half * (-1, 1), half[::-1]])
    return np.concatenate([smooth(rig.outline(outer), 6), smooth(rig.surface(inner, 0.02), 5)])


def _moustache(rig: Rig, mouth: Mouth, fullness: float) -> Points:
    face = rig.face
    base = face.eye_level + face.nose_length + face.nose_tip * 0.5
    lip = mouth.level - mouth.upper * 0.62
    reach = mouth.width * (0.98 + 0.16 * fullness)
    half = points(
        (0, base + 0.075),
        (0.32 * reach, base + 0.062),
        (0.72 * reach, 0.45 * base + 0.55 * lip),
        (reach, mouth.level + mouth.corner + 0.035),
        (0.86 * reach, mouth.level + mouth.corner + 0.01),
        (0.42 * reach, lip + 0.020),
        (0, lip + 0.004),
    )
    left = half[1:-1][::-1] * (-1, 1)
    return closed(rig.surface(np.concatenate([half, left]), 0.04), 6)


def _moustache_shapes(rig: Rig, tones: Tones, mouth: Mouth) -> list[Shape]:
    outline = _moustache(rig, mouth, 0.4 + rig.face.beard_length)
    face, unit = rig.face, rig.unit
    base = face.eye_level + face.nose_length
    lip = mouth.level - mouth.upper * 0.80
    x = np.linspace(-0.85, 0.85, 14)
    top = np.stack([0.55 * x * mouth.width, np.full(14, base + 0.085) + 0.03 * np.abs(x)], axis=1)
    low = np.stack([1.02 * x * mouth.width, lip + (0.035 + mouth.corner * 0.6) * np.abs(x) ** 1.5], axis=1)
    return [Shape(outline, tones.base), *_hairs(rig, top, low, tones, 0.014 * unit)]


def _hairs(rig: Rig, top: Points, low: Points, tones: Tones, width: float) -> list[Shape]:
    """Short strokes from `top` to `low`."""
    t = np.linspace(0, 1, 4)[None, :, None]
    lines = top[:, None] * (1 - t) + low[:, None] * t
    flat = rig.surface(lines.reshape(-1, 2), 0.04).reshape(lines.shape)
    colours = (mix(tones.base, tones.dark, 0.8), mix(tones.base, tones.light, 0.45))
    return [
        Shape(outline, colours[index % 2])
        for index, outline in enumerate(ribbons(flat, 0.3 * width, width, 0.2 * width))
    ]


def _goatee(rig: Rig, tones: Tones, mouth: Mouth) -> Beard:
    face, unit = rig.face, rig.unit
    level, drop = mouth_level(face), face.chin_drop
    wide = min(mouth.width * 0.95, 0.22)
    low = drop + 0.02 + 0.09 * face.beard_length
    half = points(
        (mouth.width * 1.10, level + 0.01),
        (mouth.width * 1.06, 0.5 * (level + drop)),
        (0.85 * wide, drop * 0.97),
        (0.4 * wide, low),
        (0, low + 0.015),
    )
    inner = points(
        (0, level + mouth.lower * 0.9),
        (mouth.width * 0.55, level + mouth.lower * 0.75),
        (mouth.width * 0.92, level + 0.03),
    )
    right = np.concatenate([half[:3], inner[::-1][:0]])
    path = np.concatenate([right, half[3:], half[:-1][::-1] * (-1, 1), inner[::-1][:-1] * (-1, 1), inner])
    outline = closed(rig.surface(path, 0.03), 5)
    x = np.linspace(-0.8, 0.8, 11)
    top = np.stack([x * wide, np.full(11, level + mouth.lower + 0.03)], axis=1)
    end = np.stack([x * wide * 0.8, low - 0.04 - 0.10 * x**2], axis=1)
    hairs = _hairs(rig, top, end, tones, 0.016 * unit)
    return Beard(under=[Shape(outline, tones.base), *hairs], over=_moustache_shapes(rig, tones, mouth))


def _grown(rig: Rig, tones: Tones, mouth: Mouth, grown: float, density: float) -> Beard:
    face, unit = rig.face, rig.unit
    outline = _cheeks(rig, mouth, grown)
    full = grown > 0.1
    under = [Shape(outline, tones.base if full else (*tones.base, round(255 * density)))]
    at = scatter(90, face.wave)
    x = (2 * at[:, 0] - 1) * 0.94
    floor = face.chin_drop + grown - 0.30 * x**2 * face.chin_drop
    roof = np.maximum(face.eye_level + face.nose_length + 0.16, 0.95 - 0.85 * np.abs(x))
    y = roof + (floor - roof - 0.06) * at[:, 1]
    edge = contour(face)[4:10]
    inside = np.abs(x * face.head_width) < np.interp(y + 0.05, edge[:, 1], edge[:, 0]) * (1 + 0.4 * grown) - 0.01
    keep = inside & ((np.abs(x * face.head_width) > mouth.width * 1.15) | (y > mouth.level + mouth.lower + 0.04))
    top = np.stack([x * face.head_width * 0.93, y], axis=1)[keep]
    low = moved(top * (0.97, 1), 0, 0.075 + 0.25 * grown)
    under += _hairs(rig, top, low, tones, (0.012 + 0.03 * grown) * unit)
    soft = ellipse(0, mouth.level + mouth.lower + 0.045, 0.10, 0.02)
    under.append(Shape(rig.surface(soft, 0.04), (*tones.dark, 140)))
    return Beard(under=under, over=_moustache_shapes(rig, tones, mouth))
