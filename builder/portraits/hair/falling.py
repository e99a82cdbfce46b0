"""Hair that falls: long, wavy, bobbed and medium-length, with or without a fringe."""

import numpy as np

from builder.portraits.canvas import Shape
from builder.portraits.curves import Points, moved, points, ribbons, smooth, waved
from builder.portraits.face import Face
from builder.portraits.hair.hairdo import Hairdo, dome, flipped, gloss_band, part_line, sheaf, skullcap, strands
from builder.portraits.palette import Tones, mix
from builder.portraits.pose import Rig


def curtains(
    rig: Rig, tones: Tones, lit_side: float, *, length: float, swing: float = 0.0, volume: float, bob: bool = False
) -> Hairdo:
    """Hair parted on the crown that falls on both sides down to `length`; `swing` makes waves."""
    face, unit = rig.face, rig.unit
    hairdo = Hairdo(covers_ears=True)
    top, side = 0.03 + 0.05 * volume, 0.06 + 0.10 * volume
    hairdo.back.append(Shape(_back(rig, top, side, length, swing), tones.dark))
    hairdo.back += _back_strands(rig, tones, side, length)
    hairdo.front.append(Shape(skullcap(rig, 0.6 * top, 0.5 * side), tones.dark))
    part = 0.30 * face.parting * face.head_width
    for which in (-1, 1):
        outer, inner = _guides(rig, which, part, top, side, length, bob)
        if swing:
            waves = (length + 0.9) * (0.85 + 0.5 * face.wave)
            outer, inner = (waved(line, swing * unit * (1 if which > 0 else -1), waves, 0.7) for line in (outer, inner))
        hairdo.front += sheaf(outer, inner, tones, unit)
        hairdo.front += strands(outer, inner, np.array([0.965]), mix(tones.base, tones.deep, 0.7), 0.03 * unit)
        hairdo.mass.append(np.concatenate([outer, inner[::-1]]))
    hairdo.front.append(part_line(rig, part, top, tones))
    if fringed(face):
        add_fringe(rig, hairdo, tones)
    hairdo.gloss += gloss_band(rig, -0.72 * face.skull_height, 0.17, lit_side)
    hairdo.cast = [moved(outline, 0.01 * unit, 0.055 * unit) for outline in hairdo.mass]
    return hairdo


def _back(rig: Rig, top: float, side: float, length: float, swing: float) -> Points:
    face = rig.face
    wide = face.head_width + side
    low = points(
        (wide * 1.03, 0.5),
        (wide * 1.05, 0.5 + 0.5 * (length - 0.5)),
        (wide * 0.98, length - 0.06),
        (wide * 0.6, length + 0.02),
        (0, length + 0.04),
    )
    half = np.concatenate([dome(face, top * 0.8, side * 0.9), low])
    right = smooth(rig.hanging(half), 7)
    left = smooth(rig.hanging(half * (-1, 1)), 7)
    if swing:
        right, left = waved(right, 0.6 * swing * rig.unit, 3.2), waved(left, -0.6 * swing * rig.unit, 3.2)
    return np.concatenate([right, left[::-1]])


def _back_strands(rig: Rig, tones: Tones, side: float, length: float) -> list[Shape]:
    wide = rig.face.head_width + side
    x = np.linspace(-0.85, 0.85, 9) * wide
    y = np.linspace(0.35, length * 0.97, 6)
    lines = np.stack([smooth(rig.hanging(np.stack([np.full(6, start), y], axis=1)), 3) for start in x])
    return [
        Shape(outline, tones.deep) for outline in ribbons(lines, 0.004 * rig.unit, 0.024 * rig.unit, 0.004 * rig.unit)
    ]


def _guides(
    rig: Rig, which: int, part: float, top: float, side: float, length: float, bob: bool
) -> tuple[Points, Points]:
    """Outer and inner guide of one curtain, from the parting down."""
    face = rig.face
    width, level = face.head_width, -face.hairline
    wide = width * 0.97 + side
    offset = part * which
    crown = dome(face, top, side, start=offset, count=6)
    end = 0.70 * wide if bob else 0.93 * wide
    fall = points(
        (wide * 1.02, 0.45),
        (wide * (1.06 if bob else 1.04), 0.45 + 0.55 * (length - 0.45)),
        (end + 0.10, length - 0.05),
        (end, length),
    )
    outer = rig.hanging(flipped(np.concatenate([crown, fall]), which))
    swept = 0.10 if face.fringe < 0.66 else 0.0
    on_face = points(
        (offset, level - 0.05),
        (offset * 0.75 + 0.14 * width, level - 0.01 + 0.5 * swept),
        (offset * 0.4 + 0.40 * width, level + 0.08 + swept),
        (0.68 * width, level + 0.21 + 1.2 * swept),
        (0.855 * width, -0.10),
    )
    near = rig.surface(flipped(on_face, which))
    tucked = 0.80 if bob else 0.86
    hung = points(
        (0.90 * width, 0.25),
        (tucked * width, 0.62),
        (0.78 * width, 0.72 + 0.4 * (length - 0.72)),
        (0.62 * width if bob else 0.74 * width, length - 0.03),
        (end - 0.02, length + 0.01),
    )
    inner = np.concatenate([near, rig.surface(flipped(hung[:1], which)), rig.hanging(flipped(hung[1:], which))])
    return smooth(outer, 6), smooth(inner, 6)


def fringed(face: Face) -> bool:
    """Whether the hair falls over the forehead."""
    return face.gender == "female" and face.fringe < 0.33


def add_fringe(rig: Rig, hairdo: Hairdo, tones: Tones) -> None:
    """A fringe over the forehead, in locks that end a little apart above the brows."""
    face, unit = rig.face, rig.unit
    width = face.head_width
    hem = -(face.brow_height + 0.05)
    x = np.linspace(-1, 1, 15)
    wobble = 0.02 * np.cos(np.arange(15) * 2.4)
    lower = np.stack([x * 0.80 * width, hem + 0.10 * x**2 + wobble], axis=1)
    upper = np.stack([x * 0.62 * width, -face.hairline - 0.22 + 0.16 * x**2], axis=1)
    first, second = rig.surface(upper, 0.05), rig.surface(lower, 0.05)
    outline = np.concatenate([smooth(first, 4), smooth(second, 4)[::-1]])
    hairdo.front.append(Shape(outline, tones.base))
    t = np.linspace(0, 1, 6)[None, :, None]
    lines = (
        first[:, None] * (1 - t) + second[:, None] * t + np.sin(np.pi * t) * (0.02 * unit * x[:, None, None]) * (1, 0)
    )
    for index, stroke in enumerate(ribbons(lines, 0.006 * unit, 0.026 * unit, 0.004 * unit)):
        hairdo.front.append(Shape(stroke, mix(tones.base, tones.dark if index % 2 else tones.light, 0.55)))
    hairdo.mass.append(outline)
