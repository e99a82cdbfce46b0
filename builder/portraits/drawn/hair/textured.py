"""Curls and afros: masses with a lively edge, textured by many small arcs."""

import cv2
import numpy as np
import numpy.typing as npt

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
from builder.portraits.drawn.hair.hairdo import SIDES, Hairdo, backing, dome, flipped, framed, hairline, scatter
from builder.portraits.drawn.palette import Colour, Tones, mix
from builder.portraits.drawn.pose import Rig


def afro(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A full round afro; a man's leaves the ears free."""
    face, unit = rig.face, rig.unit
    female, head = face.gender == "female", face.head_width
    grown = face.hair_volume * (1.0 if female else 0.75)
    width, top = head * (1.18 + 0.30 * grown), 0.16 + 0.26 * grown
    low = 0.12 + 0.26 * grown if female else 0.02
    edge = points(
        (0, -(face.skull_height + top)),
        (0.52 * width, -(face.skull_height + 0.80 * top) * 0.97),
        (0.90 * width, -0.70),
        (width, -0.28),
        (0.95 * width, low),
    )
    round_ = closed(rig.outline(mirrored(np.concatenate([edge, points((0.70 * width, low + 0.16))]))), 8)
    ends = ((head, low + 0.16), (0.92 * head, low + 0.02)) if female else ((head, 0.10), (0.92 * head, 0.12))
    line = np.concatenate([hairline(face, temple=-0.02), points(ends[1])])
    cap = framed(rig, np.concatenate([edge, points(ends[0])]), line, 0.02)
    return Hairdo(
        back=_frizz(_lively(round_, 46, 0.032 * unit, face.wave * 3), rig, tones),
        front=_frizz(_lively(cap, 58, 0.028 * unit, face.wave * 3), rig, tones),
        mass=[cap],
        gloss=_sheen(rig, lit_side, width, 0.95, 0.22),
        cast=[moved(cap, 0, 0.05 * unit)],
        covers_ears=female,
    )


def curly(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Curls: down to the shoulders for women, on the top for men."""
    return _curly_long(rig, tones, lit_side) if rig.face.gender == "female" else _curly_short(rig, tones, lit_side)


def _curly_long(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face, unit = rig.face, rig.unit
    grown, length = face.hair_volume, 0.75 + 0.65 * face.hair_length
    wide, top = face.head_width * (1.20 + 0.22 * grown), 0.10 + 0.14 * grown
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
    edge = _lively(closed(rig.hanging(mirrored(half)), 8), 26, 0.075 * unit, face.wave * 3)
    hairdo = Hairdo(covers_ears=True, gloss=_sheen(rig, lit_side, wide, 0.9, 0.16))
    hairdo.back = [Shape(edge, tones.dark), *_curls(edge, 80, 0.085, rig, tones)]
    for side in SIDES:
        lock = _lively(_side_lock(rig, half[:7], side), 16, 0.05 * unit * side, face.wave * 3)
        hairdo.front += [Shape(lock, tones.base), *_curls(lock, 80, 0.08, rig, tones)]
        hairdo.mass.append(lock)
    hairdo.cast = [moved(lock, 0, 0.05 * unit) for lock in hairdo.mass]
    return hairdo


def _side_lock(rig: Rig, edge: Points, side: int) -> Points:
    """The hair on one side of the parting, from its outer edge to the face."""
    face = rig.face
    width, level, length = face.head_width, -face.hairline, edge[-1, 1]
    part = 0.3 * face.parting * face.head_width * side
    outer = np.concatenate([points((part * 0.6, edge[0, 1])), edge[1:]])
    on_face = points(
        (part, level - 0.05),
        (0.5 * part + 0.34 * width, level + 0.10),
        (0.68 * width, level + 0.28),
        (0.84 * width, -0.08),
        (0.88 * width, 0.24),
    )
    low = points((0.90 * width, 0.55), (0.92 * width, 0.5 * (0.55 + length)), (1.0 * width, length * 0.97))
    inner = np.concatenate([rig.surface(flipped(on_face, side), 0.02), rig.hanging(flipped(low, side))])
    return np.concatenate([smooth(rig.hanging(flipped(outer, side)), 6), smooth(inner, 6)[::-1]])


def _curly_short(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face, unit, head = rig.face, rig.unit, rig.face.head_width
    grown = face.hair_volume
    wide, top = head * (1.04 + 0.10 * grown), 0.12 + 0.13 * grown
    line = hairline(face)
    crown = points(
        (0, -(face.skull_height + top)),
        (0.55 * wide, -(face.skull_height + 0.8 * top) * 0.95),
        (0.93 * wide, -0.70),
        (1.02 * wide, -0.30),
        (0.98 * wide, 0.02),
    )
    flat = np.concatenate([dome(face, 0.02, 0.02), points((0.985 * head, 0.06))])
    sides = framed(rig, flat, np.concatenate([line, points((0.93 * head, 0.12))]))
    mass = _lively(framed(rig, crown, moved(line[:4], 0, 0.06), 0.04), 24, 0.06 * unit, face.wave * 3)
    return Hairdo(
        back=[backing(rig, tones, 0.02, 0.015)],
        front=[
            Shape(sides, mix(tones.base, tones.dark, 0.7)),
            Shape(mass, tones.base),
            *_curls(mass, 75, 0.075, rig, tones),
        ],
        mass=[mass, sides],
        gloss=_sheen(rig, lit_side, wide, 0.95, 0.16),
        cast=[moved(mass, 0, 0.045 * unit)],
    )


def _sheen(rig: Rig, lit_side: float, width: float, level: float, height: float) -> list[Tone]:
    spot = ellipse(0.3 * lit_side * width, -level * rig.face.skull_height, 0.5 * width, height)
    return [Tone(rig.outline(spot), 0.26)]


def _frizz(outline: Points, rig: Rig, tones: Tones) -> list[Shape]:
    """A mass of fine tight curls."""
    unit, wave = rig.unit, rig.face.wave
    fills = (mix(tones.base, tones.dark, 0.9), mix(tones.base, tones.light, 0.55), mix(tones.base, tones.dark, 0.6))
    curls = _arcs(_strewn(outline, 240, wave), 0.032 * unit, wave * 6, 4.2, 0.013 * unit)
    return [Shape(outline, tones.base), *filled(curls, *fills)]


def _curls(outline: Points, count: int, size: float, rig: Rig, tones: Tones) -> list[Shape]:
    """Loose curls strewn over a mass: a dark arc each and a light one within it."""
    unit, wave = rig.unit, rig.face.wave
    radius = size * unit * (1.15 - 0.3 * wave)
    centres = _strewn(outline, count, wave, 0.55 * radius)
    dark = _arcs(centres, 1.05 * radius, wave * 5, 4.6, 0.036 * unit)
    light = _arcs(moved(centres, 0.012 * unit, 0.014 * unit), 0.80 * radius, wave * 5 + 0.5, 3.2, 0.022 * unit)
    deep: Colour = mix(tones.base, tones.deep, 0.75)
    return [
        *filled(dark, deep, mix(tones.base, tones.dark, 0.9)),
        *filled(light, mix(tones.base, tones.light, 0.7), mix(tones.base, tones.light, 0.35)),
    ]


def _arcs(centres: Points, radius: float, start: float, sweep: float, width: float) -> npt.NDArray[np.float64]:
    """An arc of `sweep` radians around each centre, in pixels; each is turned another way."""
    index = np.arange(len(centres))
    turn = (index * 2.399963 + start)[:, None]  # the golden angle: neighbours never look alike
    angle = turn + np.where(index % 3 == 0, -1.0, 1.0)[:, None] * sweep * even(7)
    reach = radius * (0.75 + 0.5 * ((index * 0.618) % 1))[:, None] * spaced(1, 0.72, 7)
    lines = centres[:, None] + np.stack([np.cos(angle) * reach, np.sin(angle) * reach], axis=2)
    return ribbons(lines, 0.2 * width, width, 0.2 * width)


def _lively(outline: Points, bumps: int, height: float, phase: float) -> Points:
    """A closed outline whose edge bulges in rounded uneven bumps; a negative height bulges to its other side."""
    ring = np.concatenate([outline, outline[:1]])
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    share = np.arange(bumps * 6) / 6
    fine = np.stack([np.interp(share / bumps * along[-1], along, ring[:, axis]) for axis in (0, 1)], axis=1)
    ahead = np.roll(fine, -1, axis=0) - np.roll(fine, 1, axis=0)
    out = paired(ahead[:, 1], -ahead[:, 0]) / (np.hypot(*ahead.T)[:, None] + 1e-9)
    swell = np.abs(np.sin(np.pi * share + phase)) ** 0.7 * (0.75 + 0.25 * np.sin(2.7 * share + phase))
    return np.asarray(fine + out * (swell * height)[:, None])


def _strewn(outline: Points, count: int, start: float, margin: float = 0.0) -> Points:
    """Points strewn inside an outline, `margin` pixels away from its sides."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    at = low + scatter(count, start) * (high - low)
    inside = _inside(moved(at, margin, 0), outline) & _inside(moved(at, -margin, 0), outline)
    return np.asarray(at[inside])


def _inside(at: Points, outline: Points) -> npt.NDArray[np.bool_]:
    """Which points lie inside a closed outline, to the pixel."""
    path = np.rint(outline).astype(np.int32)
    corner = path.min(axis=0) - 1
    width, height = np.ptp(path, axis=0) + 3
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [path - corner], (1,))
    x, y = (np.rint(at).astype(np.int32) - corner).T
    return np.asarray(mask[y.clip(0, height - 1), x.clip(0, width - 1)] > 0)  # its margin is nowhere inside
