"""Hair that falls: long, wavy, bobbed and medium-length, with or without a fringe."""

from dataclasses import dataclass

import numpy as np

from builder.portraits.drawn.canvas import Shape, filled
from builder.portraits.drawn.curves import Points, even, moved, paired, points, ribbons, smooth, spaced, waved
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.hair.hairdo import (
    SIDES,
    Hairdo,
    dome,
    flipped,
    gloss_band,
    part_line,
    sheaf,
    skullcap,
    strands,
)
from builder.portraits.drawn.hair.waves import Waves, swept, wavy_locks
from builder.portraits.drawn.palette import Tones, mix
from builder.portraits.drawn.pose import Rig


@dataclass(frozen=True)
class Fall:
    """How hair falls, in head units: `length` is where it ends."""

    length: float
    volume: float
    wavy: bool = False
    bob: bool = False

    @property
    def top(self) -> float:
        """How far it rises above the skull."""
        return 0.03 + 0.05 * self.volume

    @property
    def side(self) -> float:
        """How far it stands out beside the head."""
        return 0.06 + 0.10 * self.volume


def long_straight(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Straight hair down to the chest."""
    face = rig.face
    return _curtains(rig, tones, lit_side, Fall(1.45 + 0.7 * face.hair_length, face.hair_volume))


def long_wavy(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Waves down to the chest."""
    face = rig.face
    return _curtains(rig, tones, lit_side, Fall(1.35 + 0.7 * face.hair_length, 0.6 + 0.7 * face.hair_volume, True))


def bob(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A bob that ends between the jaw and the shoulders."""
    face = rig.face
    fall = Fall(0.86 + 0.32 * face.hair_length, 0.4 + 0.6 * face.hair_volume, bob=True)
    return _curtains(rig, tones, lit_side, fall)


def medium_wavy(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Waves: down to the shoulders for women, swept off the face for men."""
    face = rig.face
    if face.gender == "male":
        return swept(rig, tones, lit_side)
    return _curtains(rig, tones, lit_side, Fall(0.95 + 0.30 * face.hair_length, 0.4 + 0.5 * face.hair_volume, True))


def fringed(face: Face) -> bool:
    """Whether the hair falls over the forehead."""
    return face.gender == "female" and face.fringe < 0.33


def fringe(rig: Rig, tones: Tones) -> list[Shape]:
    """A fringe over the forehead, its locks ending a little apart above the brows; the first shape holds the others."""
    face, unit = rig.face, rig.unit
    x = spaced(-1, 1, 15)
    hem = -(face.brow_height + 0.05) + 0.10 * x**2 + 0.02 * np.cos(np.arange(15) * 2.4)
    roots = rig.surface(paired(x * 0.62 * face.head_width, -face.hairline - 0.22 + 0.16 * x**2), 0.05)
    tips = rig.surface(paired(x * 0.80 * face.head_width, hem), 0.05)
    t = even(6)[None, :, None]
    bow = np.sin(np.pi * t) * (0.02 * unit * x[:, None, None]) * (1, 0)
    strokes = ribbons(roots[:, None] * (1 - t) + tips[:, None] * t + bow, 0.006 * unit, 0.026 * unit, 0.004 * unit)
    whole = np.concatenate([smooth(roots, 4), smooth(tips, 4)[::-1]])
    return [
        Shape(whole, tones.base),
        *filled(strokes, mix(tones.base, tones.light, 0.55), mix(tones.base, tones.dark, 0.55)),
    ]


def _curtains(rig: Rig, tones: Tones, lit_side: float, fall: Fall) -> Hairdo:
    """Hair that parts on the crown and falls on both sides."""
    face, unit = rig.face, rig.unit
    part = 0.30 * face.parting * face.head_width
    hairdo = Hairdo(covers_ears=True, gloss=gloss_band(rig, 0.72, 0.17, lit_side))
    hairdo.back = [Shape(_back(rig, fall), tones.dark), *_back_strands(rig, tones, fall)]
    hairdo.front.append(Shape(skullcap(rig, (1.0 if fall.wavy else 0.6) * fall.top, 0.5 * fall.side), tones.dark))
    for side in SIDES:
        outer, inner = _outer_guide(rig, fall, side, part), _inner_guide(rig, fall, side, part)
        if fall.wavy:
            waves = (fall.length + 0.9) * (1.15 + 0.45 * face.wave)
            start = side * (1.0 + 2 * face.fringe)
            hairdo.front += wavy_locks(outer, inner, tones, unit, Waves(waves, 0.105, 5, start, 0.42))
        else:
            hairdo.front += sheaf(outer, inner, tones, 0.022 * unit)
            hairdo.front += strands(outer, inner, np.array([0.965]), mix(tones.base, tones.deep, 0.7), 0.03 * unit)
        hairdo.mass.append(np.concatenate([outer, inner[::-1]]))
    hairdo.front.append(part_line(rig, part, fall.top, tones))
    if fringed(face):
        locks = fringe(rig, tones)
        hairdo.front += locks
        hairdo.mass.append(locks[0].outline)
    hairdo.cast = [moved(outline, 0.01 * unit, 0.055 * unit) for outline in hairdo.mass]
    return hairdo


def _back(rig: Rig, fall: Fall) -> Points:
    """What is seen of the hair behind the neck."""
    wide, length = rig.face.head_width + fall.side, fall.length
    low = points(
        (wide * 1.03, 0.5),
        (wide * 1.05, 0.5 + 0.5 * (length - 0.5)),
        (wide * 0.98, length - 0.06),
        (wide * 0.6, length + 0.02),
        (0, length + 0.04),
    )
    half = np.concatenate([dome(rig.face, fall.top * 0.8, fall.side * 0.9), low])
    right, left = (smooth(rig.hanging(flipped(half, side)), 7) for side in SIDES)
    if fall.wavy:
        swing = 0.05 * rig.unit
        right, left = waved(right, swing, 3.2), waved(left, -swing, 3.2)
    return np.concatenate([right, left[::-1]])


def _back_strands(rig: Rig, tones: Tones, fall: Fall) -> list[Shape]:
    x = spaced(-0.85, 0.85, 9) * (rig.face.head_width + fall.side)
    y = np.linspace(0.35, fall.length * 0.97, 10)
    grid = np.stack(np.broadcast_arrays(x[:, None], y[None]), axis=2)
    lines = rig.hanging(grid.reshape(-1, 2)).reshape(grid.shape)
    unit = rig.unit
    return filled(ribbons(lines, 0.004 * unit, 0.024 * unit, 0.004 * unit), tones.deep)


def _outer_guide(rig: Rig, fall: Fall, side: int, part: float) -> Points:
    """The outer edge of one curtain, from the parting down."""
    face, length = rig.face, fall.length
    wide = 0.97 * face.head_width + fall.side
    end = wide * (0.70 if fall.bob else 0.93)
    low = points(
        (wide * 1.02, 0.45),
        (wide * (1.06 if fall.bob else 1.04), 0.45 + 0.55 * (length - 0.45)),
        (end + 0.10, length - 0.05),
        (end, length),
    )
    crown = dome(face, fall.top, fall.side, start=part * side, count=6)
    return smooth(rig.hanging(flipped(np.concatenate([crown, low]), side)), 6)


def _inner_guide(rig: Rig, fall: Fall, side: int, part: float) -> Points:
    """The inner edge of one curtain, from the parting along the face down; as many points as the outer one."""
    face, length = rig.face, fall.length
    width, level, offset = face.head_width, -face.hairline, part * side
    swept = 0.10 if face.fringe < 0.66 else 0.0
    on_face = points(
        (offset, level - 0.05),
        (offset * 0.75 + 0.14 * width, level - 0.01 + 0.5 * swept),
        (offset * 0.4 + 0.40 * width, level + 0.08 + swept),
        (0.68 * width, level + 0.21 + 1.2 * swept),
        (0.855 * width, -0.10),
        (0.90 * width, 0.25),
    )
    end = (0.97 * width + fall.side) * (0.70 if fall.bob else 0.93) - 0.02
    low = points(
        ((0.80 if fall.bob else 0.86) * width, 0.62),
        (0.78 * width, 0.72 + 0.4 * (length - 0.72)),
        ((0.62 if fall.bob else 0.74) * width, length - 0.03),
        (end, length + 0.01),
    )
    path = np.concatenate([rig.surface(flipped(on_face, side)), rig.hanging(flipped(low, side))])
    return smooth(path, 6)
