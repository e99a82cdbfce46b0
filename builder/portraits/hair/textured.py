"""Curls and afros: masses with a lively edge, textured by many small arcs."""

import numpy as np

from builder.portraits.canvas import Shape, Tone
from builder.portraits.curves import Points, arched, closed, ellipse, moved, points, ribbons, smooth
from builder.portraits.hair.hairdo import Hairdo, backing, dome, flipped, hairline, scatter
from builder.portraits.palette import Colour, Tones, mix
from builder.portraits.pose import Rig


def arcs(
    centres: Points, radius: float, start: float, sweep: float, width: float, colours: tuple[Colour, ...]
) -> list[Shape]:
    """A small curl at each centre, in pixels; each turns another way."""
    count = len(centres)
    turn = (np.arange(count) * 2.399963 + start)[:, None]
    flip = np.where(np.arange(count) % 3 == 0, -1.0, 1.0)[:, None]
    angle = turn + flip * np.linspace(0, sweep, 7)[None]
    reach = radius * (0.75 + 0.5 * ((np.arange(count) * 0.618) % 1))[:, None] * np.linspace(1, 0.72, 7)[None]
    lines = centres[:, None] + np.stack([np.cos(angle) * reach, np.sin(angle) * reach], axis=2)
    return [
        Shape(outline, colours[index % len(colours)])
        for index, outline in enumerate(ribbons(lines, 0.2 * width, width, 0.2 * width))
    ]


def lively(outline: Points, bumps: int, height: float, phase: float) -> Points:
    """A closed outline whose edge bulges in rounded bumps of two sizes."""
    step = np.hypot(*(np.roll(outline, -1, axis=0) - outline).T)
    along = np.concatenate([[0], np.cumsum(step)])
    count = bumps * 6
    at = np.linspace(0, along[-1], count, endpoint=False)
    ring = np.concatenate([outline, outline[:1]])
    fine = np.stack([np.interp(at, along, ring[:, axis]) for axis in (0, 1)], axis=1)
    ahead = np.roll(fine, -1, axis=0) - np.roll(fine, 1, axis=0)
    out = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / (np.hypot(*ahead.T)[:, None] + 1e-9)
    t = np.arange(count) / count * bumps
    swell = np.abs(np.sin(np.pi * t + phase)) ** 0.7 * (0.75 + 0.25 * np.sin(2.7 * t + phase))
    return fine + out * (swell * height)[:, None]


def _inside(at: Points, outline: Points) -> Points:
    """Those of the points that lie inside a closed outline (even-odd rule)."""
    x, y = at[:, :1], at[:, 1:]
    nxt = np.roll(outline, -1, axis=0)
    crosses = (outline[None, :, 1] > y) != (nxt[None, :, 1] > y)
    slope = (nxt[:, 0] - outline[:, 0]) / (nxt[:, 1] - outline[:, 1] + 1e-12)
    hits = crosses & (x < outline[None, :, 0] + (y - outline[None, :, 1]) * slope[None])
    return at[hits.sum(axis=1) % 2 == 1]


def _strewn(outline: Points, count: int, start: float, margin: float = 0.0) -> Points:
    """Points strewn inside an outline, `margin` pixels away from its sides."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    at = low + scatter(count, start) * (high - low)
    if margin > 0:
        at = moved(_inside(moved(at, margin, 0), outline), -2 * margin, 0)
        return moved(_inside(at, outline), margin, 0)
    return _inside(at, outline)


def afro(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A full round afro."""
    face, unit = rig.face, rig.unit
    female = face.gender == "female"
    grown = face.hair_volume * (1.0 if female else 0.75)
    width, top = face.head_width * (1.18 + 0.30 * grown), 0.16 + 0.26 * grown
    low = 0.12 + 0.26 * grown if female else 0.02
    edge = points((0, -(face.skull_height + top)), (0.52 * width, -(face.skull_height + 0.80 * top) * 0.97), (0.90 * width, -0.70), (width, -0.28), (0.95 * width, low))  # fmt: skip
    closing = points((0.70 * width, low + 0.16))
    back = np.concatenate([edge, closing, closing * (-1, 1), edge[:0:-1] * (-1, 1)])
    line = np.concatenate(
        [hairline(face, temple=-0.02), points((0.92 * face.head_width, 0.12 if not female else low + 0.02))]
    )
    crown = np.concatenate([edge, points((1.0 * face.head_width, 0.10 if not female else low + 0.16))])
    cap = _framed(rig, crown, line)
    hairdo = Hairdo(covers_ears=female, mass=[cap], cast=[moved(cap, 0, 0.05 * unit)])
    hairdo.back = [Shape(lively(closed(rig.outline(back), 8), 46, 0.032 * unit, face.wave * 3), tones.base)]
    hairdo.front = [Shape(lively(cap, 58, 0.028 * unit, face.wave * 3), tones.base)]
    fine = (mix(tones.base, tones.dark, 0.9), mix(tones.base, tones.light, 0.55), mix(tones.base, tones.dark, 0.6))
    for shapes in (hairdo.back, hairdo.front):
        strewn = _strewn(shapes[0].outline, 240, face.wave)
        shapes += arcs(strewn, 0.032 * unit, face.wave * 6, 4.2, 0.013 * unit, fine)
    hairdo.gloss = [
        Tone(rig.outline(ellipse(0.3 * lit_side * width, -0.95 * face.skull_height, 0.5 * width, 0.22)), 0.24)
    ]
    return hairdo


def _framed(rig: Rig, crown: Points, line: Points) -> Points:
    """The mass between an outer edge over the crown and the hairline, both given as right halves from the middle down."""
    outer = smooth(rig.outline(arched(crown)), 6)
    inner = smooth(rig.surface(np.concatenate([line[::-1], line[1:] * (-1, 1)]), 0.02), 5)
    return np.concatenate([outer, inner])


def curly(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Curls: down to the shoulders for women, on the top for men."""
    return _curly_long(rig, tones, lit_side) if rig.face.gender == "female" else _curly_short(rig, tones, lit_side)


def _curls(outline: Points, count: int, rig: Rig, tones: Tones, size: float) -> list[Shape]:
    face, unit = rig.face, rig.unit
    radius = size * unit * (1.15 - 0.3 * face.wave)
    centres = _strewn(outline, count, face.wave, 0.55 * radius)
    shapes = arcs(
        centres,
        radius * 1.05,
        face.wave * 5,
        4.6,
        0.036 * unit,
        (mix(tones.base, tones.deep, 0.75), mix(tones.base, tones.dark, 0.9)),
    )
    shapes += arcs(
        moved(centres, 0.012 * unit, 0.014 * unit),
        radius * 0.80,
        face.wave * 5 + 0.5,
        3.2,
        0.022 * unit,
        (mix(tones.base, tones.light, 0.7), mix(tones.base, tones.light, 0.35)),
    )
    return shapes


def _curly_long(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face, unit = rig.face, rig.unit
    hairdo = Hairdo(covers_ears=True)
    grown, length = face.hair_volume, 0.75 + 0.65 * face.hair_length
    wide = face.head_width * (1.20 + 0.22 * grown)
    top = 0.10 + 0.14 * grown
    half = points(
        (0, -(face.skull_height + top)),
        (0.50 * wide, -(face.skull_height + 0.75 * top) * 0.97),
        (0.88 * wide, -0.68),
        (wide, -0.25),
        (1.08 * wide, 0.25),
        (1.10 * wide, 0.25 + 0.5 * (length - 0.25)),
        (0.92 * wide, length),
        (0.5 * wide, length + 0.04),
    )
    outer = closed(rig.hanging(np.concatenate([half, half[::-1][:-1] * (-1, 1)])), 8)
    edge = lively(outer, 26, 0.075 * unit, face.wave * 3)
    hairdo.back = [Shape(edge, tones.dark), *_curls(edge, 80, rig, tones, 0.085)]
    part = 0.3 * face.parting * face.head_width
    for which in (-1, 1):
        lock = _side_lock(rig, half, which, part * which, length)
        shape = lively(lock, 16, 0.05 * unit * which, face.wave * 3)
        hairdo.front += [Shape(shape, tones.base), *_curls(shape, 80, rig, tones, 0.08)]
        hairdo.mass.append(shape)
    hairdo.gloss = [Tone(rig.outline(ellipse(0.3 * lit_side * wide, -0.9 * face.skull_height, 0.5 * wide, 0.16)), 0.28)]
    hairdo.cast = [moved(outline, 0, 0.05 * unit) for outline in hairdo.mass]
    return hairdo


def _side_lock(rig: Rig, half: Points, which: int, part: float, length: float) -> Points:
    face = rig.face
    width, level = face.head_width, -face.hairline
    outer = rig.hanging(flipped(np.concatenate([points((part * 0.6, half[0, 1])), half[1:7]]), which))
    inner = points(
        (part, level - 0.05),
        (0.5 * part + 0.34 * width, level + 0.10),
        (0.68 * width, level + 0.28),
        (0.84 * width, -0.08),
        (0.88 * width, 0.24),
    )
    low = points((0.90 * width, 0.55), (0.92 * width, 0.5 * (0.55 + length)), (1.0 * width, length * 0.97))
    path = np.concatenate([rig.surface(flipped(inner, which), 0.02), rig.hanging(flipped(low, which))])
    return np.concatenate([smooth(outer, 6), smooth(path, 6)[::-1]])


def _curly_short(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face, unit = rig.face, rig.unit
    grown = face.hair_volume
    wide, top = face.head_width * (1.04 + 0.10 * grown), 0.12 + 0.13 * grown
    line = np.concatenate([hairline(face), points((0.93 * face.head_width, 0.12))])
    crown = points(
        (0, -(face.skull_height + top)),
        (0.55 * wide, -(face.skull_height + 0.8 * top) * 0.95),
        (0.93 * wide, -0.70),
        (1.02 * wide, -0.30),
        (0.98 * wide, 0.02),
    )
    sides = np.concatenate([dome(face, 0.02, 0.02), points((0.985 * face.head_width, 0.06))])
    right, left = (smooth(rig.surface(flipped(line, which)), 5) for which in (1, -1))
    tight = np.concatenate([smooth(rig.outline(arched(sides)), 5), right[::-1], left])
    hairdo = Hairdo(back=[backing(rig, tones, 0.02, 0.015)], front=[Shape(tight, mix(tones.base, tones.dark, 0.7))])
    outer = smooth(rig.outline(arched(crown)), 7)
    hem = rig.surface(smooth(np.concatenate([line[:4][::-1], line[1:4] * (-1, 1)]), 5) + (0, 0.06), 0.04)
    mass = lively(np.concatenate([outer, hem]), 24, 0.06 * unit, face.wave * 3)
    hairdo.front += [Shape(mass, tones.base), *_curls(mass, 75, rig, tones, 0.075)]
    hairdo.mass = [mass, tight]
    hairdo.gloss = [
        Tone(rig.outline(ellipse(0.3 * lit_side * wide, -0.95 * face.skull_height, 0.45 * wide, 0.16)), 0.28)
    ]
    hairdo.cast = [moved(mass, 0, 0.045 * unit)]
    return hairdo
