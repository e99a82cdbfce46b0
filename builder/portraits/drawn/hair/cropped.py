"""Short hair: cropped, side-parted, slicked-back, pixie, receding, buzzed, and none."""

import numpy as np

from builder.portraits.drawn.canvas import Shape, Tone, filled
from builder.portraits.drawn.curves import Points, arched, moved, paired, points, ribbons, smooth, spaced
from builder.portraits.drawn.hair.hairdo import (
    Hairdo,
    backing,
    combed_back,
    dome,
    flipped,
    forehead_shadow,
    framed,
    gloss_band,
    hairline,
    scatter,
    sheaf,
)
from builder.portraits.drawn.palette import Tones, mix
from builder.portraits.drawn.pose import Rig


def bald(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """No hair."""
    return Hairdo()


def buzzed(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A millimetre all over: a tone on the scalp."""
    scalp = _cap(rig, 0.05, 0.03, hairline(rig.face, temple=0.02), 0.14)
    return Hairdo(scalp=[Tone(scalp, 0.70 + 0.2 * rig.face.hair_volume)])


def cropped(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Short on top, shorter at the sides."""
    face, unit = rig.face, rig.unit
    line = hairline(face, peak=0.02 * face.fringe)
    sides = _cap(rig, 0.0, 0.012, line, 0.16)
    crown = dome(face, 0.05 + 0.07 * face.hair_volume, 0.010)
    front = _ragged(rig, line[:4] * (0.98, 1), 0.03)
    mass = np.concatenate([smooth(rig.outline(arched(crown[crown[:, 1] < -0.30])), 6), front[::-1]])
    places = _top(rig, 46, face.hairline + 0.06, face.skull_height - 0.01, 0.78)
    aim = paired(places[:, 0] * 0.9 + 0.25 * face.parting, -0.55 - 0.3 * np.abs(places[:, 1]))
    return Hairdo(
        back=[backing(rig, tones, 0.0, 0.008)],
        front=[
            Shape(sides, mix(tones.base, tones.dark, 0.55)),
            Shape(mass, tones.base),
            *_tufts(rig, places, aim * 0.16, 0.024 * unit, tones),
        ],
        mass=[mass, sides],
        gloss=gloss_band(rig, 0.86, 0.16, lit_side, 0.5),
        cast=[forehead_shadow(rig, front, 0.035)],
    )


def side_parted(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Combed over from a parting at one side."""
    face = rig.face
    wide, level, top = face.head_width, -face.hairline, 0.10 + 0.09 * face.hair_volume
    outer = points(
        (-0.70 * wide, -0.80 * face.skull_height),
        (-0.40 * wide, -(face.skull_height + top * 0.72)),
        (0.14 * wide, -(face.skull_height + top)),
        (0.66 * wide, -(face.skull_height + 0.5 * top) * 0.93),
        (0.99 * wide, -0.58),
        (1.02 * wide, -0.18),
    )
    inner = points(
        (-0.60 * wide, level + 0.03),
        (-0.36 * wide, level - 0.06),
        (0.06 * wide, level - 0.035),
        (0.46 * wide, level + 0.01),
        (0.80 * wide, level + 0.20),
        (0.93 * wide, -0.12),
    )
    sides = _cap(rig, 0.02, 0.03, hairline(face), 0.18)
    return _combed_over(rig, tones, lit_side, sides, outer, inner)


def pixie(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Cropped short with a swept fringe."""
    face = rig.face
    wide, level, top = face.head_width, -face.hairline, 0.09 + 0.07 * face.hair_volume
    outer = points(
        (-0.66 * wide, -0.80 * face.skull_height),
        (-0.28 * wide, -(face.skull_height + top * 0.9)),
        (0.25 * wide, -(face.skull_height + top)),
        (0.78 * wide, -0.88 * face.skull_height),
        (1.08 * wide, -0.45),
        (1.06 * wide, 0.06),
        (0.93 * wide, 0.30),
    )
    inner = points(
        (-0.62 * wide, level + 0.05),
        (-0.34 * wide, level + 0.03),
        (0.02 * wide, level + 0.13),
        (0.36 * wide, level + 0.25),
        (0.68 * wide, level + 0.34),
        (0.88 * wide, -0.06),
        (0.90 * wide, 0.28),
    )
    sides = _cap(rig, 0.05, 0.06, hairline(face), 0.24)
    return _combed_over(rig, tones, lit_side, sides, outer, inner)


def slicked(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Combed straight back from the forehead."""
    face = rig.face
    top = 0.09 + 0.08 * face.hair_volume
    line = moved(hairline(face, temple=0.07), 0, -0.05)
    cap = _cap(rig, top, 0.03, line, 0.17)
    return Hairdo(
        back=[backing(rig, tones, 0.06, 0.02)],
        front=[
            Shape(cap, mix(tones.base, tones.dark, 0.2)),
            *combed_back(rig, line, dome(face, top, 0.03), 0.62, tones, 0.034 * rig.unit),
        ],
        mass=[cap],
        gloss=gloss_band(rig, 0.84, 0.16, lit_side, 0.55),
    )


def receding(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Short hair that has left the temples."""
    face = rig.face
    wide, level = face.head_width, -face.hairline
    deep = 0.16 + 0.12 * face.fringe
    line = points(
        (0, level - 0.06),
        (0.20 * wide, level - 0.10),
        (0.44 * wide, level - deep),
        (0.66 * wide, level - 0.5 * deep),
        (0.82 * wide, level + 0.14),
        (0.865 * wide, -0.22),
        (0.905 * wide, -0.06),
    )
    cap = _cap(rig, 0.03, 0.02, line, 0.18)
    places = _top(rig, 34, face.hairline + 0.17, face.skull_height - 0.07, 0.66)
    aim = paired(places[:, 0], np.full(len(places), -0.8))
    return Hairdo(
        back=[backing(rig, tones, -0.02, 0.012)],
        front=[
            Shape(cap, mix(tones.base, tones.dark, 0.15)),
            *_tufts(rig, places, aim * 0.15, 0.020 * rig.unit, tones),
        ],
        mass=[cap],
        gloss=gloss_band(rig, 0.9, 0.12, lit_side, 0.4),
    )


def _combed_over(rig: Rig, tones: Tones, lit_side: float, sides: Points, outer: Points, inner: Points) -> Hairdo:
    """A sheaf from a parting over the head, above short sides; drawn for a parting at the viewer's left."""
    side = 1 if rig.face.parting < 0 else -1
    first = smooth(rig.outline(flipped(outer, side)), 8)
    second = smooth(rig.surface(flipped(inner, side), 0.03), 8)
    mass = np.concatenate([first, second[::-1]])
    return Hairdo(
        back=[backing(rig, tones, 0.03, 0.03)],
        front=[
            Shape(sides, mix(tones.base, tones.dark, 0.55)),
            *sheaf(first, second, tones, 0.031 * rig.unit),
        ],
        mass=[mass, sides],
        gloss=gloss_band(rig, 0.84, 0.18, lit_side, 0.5),
        cast=[moved(mass, 0, 0.05 * rig.unit)],
    )


def _cap(rig: Rig, top: float, side: float, line: Points, sideburn: float) -> Points:
    """Short hair's outline: around the skull, down before the ears to `sideburn`, back along the hairline."""
    width = rig.face.head_width
    crown = np.concatenate([dome(rig.face, top, side), points((0.985 * width, 0.06))])
    burn = points((0.925 * width, sideburn), (0.985 * width, sideburn + 0.01))
    return framed(rig, crown, np.concatenate([line, burn]))


def _ragged(rig: Rig, half: Points, depth: float) -> Points:
    """A hairline from left to right with small uneven tips, in pixels."""
    fine = smooth(arched(half), 6)
    fine[:, 1] += depth * scatter(len(fine), rig.face.wave)[:, 0] * (np.arange(len(fine)) % 2)
    return rig.surface(fine, 0.02)


def _top(rig: Rig, count: int, low: float, high: float, reach: float) -> Points:
    """Places strewn over the top of the head, between two heights and `reach` head widths to either side."""
    at = scatter(count, rig.face.wave)
    y = low + (high - low) * at[:, 1]
    span = np.sqrt(np.clip(1 - (y / (high + 0.10)) ** 2, 0.02, 1))
    return paired((2 * at[:, 0] - 1) * reach * rig.face.head_width * span, -y)


def _tufts(rig: Rig, at: Points, aim: Points, width: float, tones: Tones) -> list[Shape]:
    """Short curved strokes over the head, each centred at its place and as long as its aim, in head units."""
    t = spaced(-0.5, 0.5, 5)[None, :, None]
    sag = 0.25 * t**2 * paired(-aim[:, 1], aim[:, 0])[:, None]
    lines = at[:, None] + aim[:, None] * t + sag
    strokes = ribbons(rig.outline(lines.reshape(-1, 2)).reshape(lines.shape), 0.2 * width, width, 0.1 * width)
    return filled(strokes, mix(tones.base, tones.dark, 0.8), mix(tones.base, tones.light, 0.45))
