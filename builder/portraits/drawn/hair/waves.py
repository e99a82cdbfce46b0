"""Waves: hair in locks that swing to and fro, and a man's wavy hair."""

import functools
import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder.portraits.drawn.canvas import Shape, filled
from builder.portraits.drawn.curves import Points, between, even, mirrored, moved, normals, points, smooth, spaced
from builder.portraits.drawn.hair.hairdo import SIDES, Hairdo, dome, flipped, framed, gloss_band, hairline, scatter
from builder.portraits.drawn.palette import Tones, mix
from builder.portraits.drawn.pose import Rig

_STEPS = 44
"""Points along a lock: enough for four waves."""


@dataclass(frozen=True)
class Waves:
    """How a sheaf waves: `count` waves along it, `swing` high in head units, in `locks` locks.

    They begin at `phase`, and `hold` is the share of the length that lies smooth on the head before they are full.
    """

    count: float
    swing: float
    locks: int
    phase: float
    hold: float


def wavy_locks(outer: Points, inner: Points, tones: Tones, unit: float, waves: Waves) -> list[Shape]:
    """The hair between two guides of equal length as waving locks that end in tips.

    Light falls on the crests of each lock and leaves its hollows dark: this is what makes waves of lines.
    """
    shares = (np.arange(waves.locks) + 0.5) / waves.locks
    lines, bend = _waved(outer, inner, shares, unit, waves)
    gap = np.hypot(*(outer - inner).T)
    gap = np.interp(even(_STEPS), even(len(gap)), gap) / waves.locks
    body = np.interp(even(_STEPS), (0, 0.10, 0.72, 0.90, 1.0), (0.45, 0.95, 1.0, 0.72, 0.06))
    aside = normals(lines) * (np.maximum(1.75 * gap, 0.075 * unit) * body)[:, None]
    edges = np.concatenate([lines + 0.5 * aside, (lines - 0.5 * aside)[:, ::-1]], axis=1)
    cores = np.concatenate([lines + 0.43 * aside, (lines - 0.43 * aside)[:, ::-1]], axis=1)
    shapes = [Shape(np.concatenate([lines[0][:-4], lines[-1][:-4][::-1]]), mix(tones.dark, tones.deep, 0.30))]
    edge = mix(tones.dark, tones.deep, 0.55)
    fills = (tones.base, mix(tones.base, tones.dark, 0.35), mix(tones.base, tones.light, 0.12))
    for index in _overlapping(waves.locks):
        shapes += [Shape(edges[index], edge), Shape(cores[index], fills[index % 3])]
        shapes += _hollows_and_crests(lines[index], aside[index], bend[index], tones)
    return shapes


def _waved(
    outer: Points, inner: Points, shares: npt.NDArray[np.float64], unit: float, waves: Waves
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The locks' middle lines (k, n, 2), and how far each point is towards a crest, -1 to 1: (k, n)."""
    middle = 0.5 * (outer + inner)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(middle, axis=0).T))])  # waves are even in length
    place = np.linspace(0, along[-1], _STEPS)
    first, second = (
        np.stack([np.interp(place, along, guide[:, axis]) for axis in (0, 1)], axis=1) for guide in (outer, inner)
    )
    lines = between(first, second, shares)
    loose = scatter(len(shares), waves.phase)
    t = even(_STEPS)[None]
    angle = 2 * np.pi * waves.count * t + waves.phase + 0.9 * shares[:, None] * np.sign(waves.phase or 1)
    angle = angle + 0.6 * (loose[:, :1] - 0.5)
    grow = np.clip((t - 0.3 * waves.hold) / (0.7 * waves.hold), 0, 1)
    grow = grow * grow * (3 - 2 * grow)
    lines = lines + normals(lines) * (waves.swing * unit * np.sin(angle) * grow)[..., None]
    return lines, np.cos(angle) * grow


def _overlapping(count: int) -> list[int]:
    """The order that locks are laid in: every other one first, the rest between them and over them."""
    return [*range(0, count, 2), *range(1, count, 2)]


def _hollows_and_crests(line: Points, aside: Points, bend: npt.NDArray[np.float64], tones: Tones) -> list[Shape]:
    """Strokes along one lock: light ones where it bends to the light, dark ones where it bends away.

    `aside` leads from one edge of the lock to the other.
    """
    shapes = []
    for sign, colour in ((1, mix(tones.base, tones.light, 0.72)), (-1, mix(tones.dark, tones.deep, 0.25))):
        for start, stop in _runs(sign * bend > 0.14):
            there_and_back = [*range(start, stop), *range(stop - 1, start - 1, -1)]
            middle, across = line[there_and_back], aside[there_and_back]
            strokes = middle + across * _bundle(stop - start)
            shapes += filled(strokes, colour)
    return shapes


@functools.cache
def _bundle(count: int) -> npt.NDArray[np.float64]:
    """Three strokes side by side, `count` points long: where their outlines lie across a lock, (3, 2 * count, 1)."""
    swell = np.sin(spaced(0.05, np.pi - 0.05, count))
    edges = np.concatenate([swell, -swell]) / 2
    return np.stack([offset + thick * edges for offset, thick in ((-0.25, 0.26), (0.03, 0.15), (0.27, 0.20))])[
        ..., None
    ]


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the mask is true for at least four places in a row, as (start, stop)."""
    turns = [0, *(np.flatnonzero(mask[1:] != mask[:-1]) + 1).tolist(), len(mask)]
    return [(start, stop) for start, stop in itertools.pairwise(turns) if mask[start] and stop - start >= 4]


def swept(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A man's wavy hair: from a parting off the forehead, back over the tops of the ears, to the nape."""
    face, unit = rig.face, rig.unit
    side = 1 if face.parting < 0 else -1
    top, ends = 0.09 + 0.11 * face.hair_volume, 0.10 + 0.20 * face.hair_length
    hairdo = Hairdo(back=_nape(rig, tones), gloss=gloss_band(rig, 0.84, 0.16, lit_side, 0.5))
    cap = framed(rig, dome(face, 0.55 * top, 0.03), hairline(face))
    hairdo.front.append(Shape(cap, mix(tones.dark, tones.deep, 0.3)))
    for guides, waves in (
        (_short_side(rig, side, top, ends), Waves(1.5 + 0.5 * face.wave, 0.046, 4, 1.0 + 5 * face.wave, 0.4)),
        (_long_side(rig, side, top, ends), Waves(2.4 + 0.8 * face.wave, 0.066, 6, 2.0 + 5 * face.wave, 0.4)),
    ):
        hairdo.front += wavy_locks(*guides, tones, unit, waves)
        hairdo.mass.append(np.concatenate([guides[0], guides[1][::-1]]))
    hairdo.cast = [moved(outline, 0, 0.045 * unit) for outline in hairdo.mass]
    return hairdo


def _parting(rig: Rig) -> float:
    """How far from the middle the hair parts, in head units."""
    return (0.10 + 0.34 * abs(rig.face.parting)) * rig.face.head_width


def _short_side(rig: Rig, side: int, top: float, ends: float) -> tuple[Points, Points]:
    """Guides of the hair between the parting and the nearer ear; drawn for a parting at the viewer's left."""
    face = rig.face
    wide, level, skull, part = face.head_width, -face.hairline, face.skull_height, -_parting(rig)
    outer = points(
        (0.75 * part, -(skull + 0.55 * top)),
        (-0.74 * wide, -0.86 * (skull + 0.4 * top)),
        (-1.02 * wide, -0.52),
        (-1.08 * wide, -0.14),
        (-1.05 * wide, 0.08),
        (-1.12 * wide, ends),
    )
    inner = points(
        (part, level - 0.03),
        (0.45 * part - 0.40 * wide, level + 0.01),
        (-0.74 * wide, level + 0.16),
        (-0.86 * wide, -0.24),
        (-0.93 * wide, -0.06),
        (-1.00 * wide, ends - 0.14),
    )
    return smooth(rig.outline(flipped(outer, side)), 8), smooth(rig.surface(flipped(inner, side), 0.02), 8)


def _long_side(rig: Rig, side: int, top: float, ends: float) -> tuple[Points, Points]:
    """Guides of the hair that is swept over the head to the farther ear."""
    face = rig.face
    wide, level, skull, part = face.head_width, -face.hairline, face.skull_height, -_parting(rig)
    lift = 0.05 + 0.06 * face.hair_volume
    outer = points(
        (1.3 * part, -(skull + 0.30 * top)),
        (0.6 * part, -(skull + 0.92 * top)),
        (0.36 * wide, -0.985 * (skull + 0.95 * top)),
        (0.74 * wide, -0.90 * (skull + 0.55 * top)),
        (1.03 * wide, -0.60),
        (1.11 * wide, -0.14),
        (1.06 * wide, 0.10),
        (1.13 * wide, ends),
    )
    inner = points(
        (1.15 * part, level - 0.01),
        (0.55 * part, level - lift),
        (0.16 * wide, level - 0.6 * lift),
        (0.46 * wide, level + 0.02),
        (0.72 * wide, level + 0.16),
        (0.86 * wide, -0.22),
        (0.93 * wide, -0.04),
        (1.00 * wide, ends - 0.14),
    )
    return smooth(rig.outline(flipped(outer, side)), 6), smooth(rig.surface(flipped(inner, side), 0.04), 6)


def _nape(rig: Rig, tones: Tones) -> list[Shape]:
    """What is seen of the hair behind the head and beside the neck."""
    face, unit = rig.face, rig.unit
    wide, low = face.head_width, 0.46 + 0.26 * face.hair_length
    down = points((0.99 * wide, -0.1), (1.00 * wide, 0.2), (0.92 * wide, low - 0.12), (0.70 * wide, low), (0, low))
    half = np.concatenate([dome(face, 0.03, 0.02)[:-1], down])
    shapes = [Shape(smooth(rig.outline(mirrored(half)), 6), mix(tones.deep, tones.dark, 0.4))]
    for side in SIDES:
        ends = points((0.97, 0.10), (1.00, 0.36), (0.90, low - 0.06), (0.99, low + 0.06))
        near = points((0.70, 0.10), (0.68, 0.36), (0.60, low - 0.02), (0.62, low + 0.10))
        outer, inner = (smooth(rig.outline(flipped(line * (wide, 1), side)), 10) for line in (ends, near))
        waves = Waves(0.9, 0.03, 3, side * (1 + face.wave), 0.5)
        shapes += wavy_locks(outer, inner, _receding(tones), unit, waves)
    return shapes


def _receding(tones: Tones) -> Tones:
    """Hair that lies further back, in the shade."""
    return Tones(mix(tones.base, tones.dark, 0.75), mix(tones.dark, tones.deep, 0.6), tones.deep, tones.base)
