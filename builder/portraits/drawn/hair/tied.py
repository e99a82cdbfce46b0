"""Hair that is tied: buns, ponytails, braids."""

import numpy as np
import numpy.typing as npt

from builder.portraits.drawn.canvas import Shape, filled
from builder.portraits.drawn.curves import (
    Points,
    arched,
    closed,
    ellipse,
    moved,
    paired,
    points,
    ribbons,
    smooth,
    spaced,
    waved,
)
from builder.portraits.drawn.hair.falling import fringe, fringed
from builder.portraits.drawn.hair.hairdo import (
    SIDES,
    Hairdo,
    backing,
    combed_back,
    dome,
    flipped,
    forehead_shadow,
    framed,
    gloss_band,
    hairline,
    part_line,
    sheaf,
    skullcap,
)
from builder.portraits.drawn.palette import Tones, mix, rgb
from builder.portraits.drawn.pose import Rig

_TIE = rgb("8C5A4B")


def bun(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A bun on the crown."""
    face, unit = rig.face, rig.unit
    radius = 0.24 + 0.11 * face.hair_volume
    centre = rig.outline(points((0.08 * face.parting, -(face.skull_height + 0.60 * radius))))[0]
    hairdo = _combed_cap(rig, tones, lit_side)
    hairdo.back.append(Shape(centre + ellipse(0, 0, 1.08 * radius * unit, 0.92 * radius * unit, 40), tones.base))
    angle = spaced(0.0, 5.2, 9)[:, None] + spaced(0.0, 1.7, 9)
    reach = spaced(0.96, 0.22, 9) * radius * unit
    swirl = centre + np.stack([np.cos(angle) * reach, 0.86 * np.sin(angle) * reach], axis=2)
    strokes = ribbons(swirl, 0.006 * unit, 0.034 * unit, 0.006 * unit)
    hairdo.back += filled(strokes, mix(tones.base, tones.dark, 0.6), mix(tones.base, tones.light, 0.6))
    return hairdo


def ponytail(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A tail that springs from the back of the head and falls beside the neck."""
    face, unit = rig.face, rig.unit
    side = 1 if face.parting > 0 else -1
    wide, length = face.head_width, 1.25 + 0.75 * face.hair_length
    outer = points(
        (0.20 * wide, -0.92),
        (0.85 * wide, -1.04),
        (1.42 * wide, -0.72),
        (1.62 * wide, -0.05),
        (1.52 * wide, 0.7),
        (1.30 * wide, length),
    )
    inner = points(
        (0.25 * wide, -0.70),
        (0.80 * wide, -0.74),
        (1.05 * wide, -0.45),
        (1.08 * wide, 0.05),
        (1.02 * wide, 0.7),
        (1.26 * wide, length),
    )
    swing = (0.02 + 0.04 * face.wave) * unit * side
    first, second = (waved(smooth(rig.hanging(flipped(line, side)), 7), swing, 1.6) for line in (outer, inner))
    hairdo = _combed_cap(rig, tones, lit_side)
    hairdo.back += sheaf(first, second, tones, 0.022 * unit)
    if fringed(face):
        locks = fringe(rig, tones)
        hairdo.front += locks
        hairdo.mass.append(locks[0].outline)
        hairdo.cast = [moved(locks[0].outline, 0, 0.05 * unit)]
    return hairdo


def braids(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Two braids that lie on the shoulders."""
    face, unit = rig.face, rig.unit
    part, length = 0.12 * face.parting * face.head_width, 1.55 + 0.6 * face.hair_length
    nape = np.concatenate([dome(face, 0.02, -0.04), points((0.93 * face.head_width, 0.5))])
    hairdo = Hairdo(covers_ears=True, gloss=gloss_band(rig, 0.76, 0.14, lit_side))
    hairdo.back.append(Shape(smooth(rig.outline(arched(nape)), 5), tones.dark))
    hairdo.front.append(Shape(skullcap(rig, 0.03, 0.03), tones.dark))
    for side in SIDES:
        outer, inner = _braid_cap(rig, side, part)
        hairdo.front += sheaf(outer, inner, tones, 0.022 * unit)
        hairdo.front += _braid(rig, tones, side, length)
        hairdo.mass.append(np.concatenate([outer, inner[::-1]]))
    hairdo.front.append(part_line(rig, part, 0.05, tones))
    hairdo.cast = [moved(outline, 0.01 * unit, 0.04 * unit) for outline in hairdo.mass]
    return hairdo


def _combed_cap(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Hair combed back tightly from the hairline, the ears free."""
    face = rig.face
    crown, line = dome(face, 0.045, 0.02), hairline(face)
    before_ear = points((0.93 * face.head_width, 0.10))
    cap = framed(
        rig,
        np.concatenate([crown, points((0.985 * face.head_width, 0.05))]),
        np.concatenate([line, before_ear]),
    )
    return Hairdo(
        back=[backing(rig, tones, 0.04, 0.015)],
        front=[Shape(cap, tones.base), *combed_back(rig, line, crown, 0.45, tones, 0.026 * rig.unit)],
        mass=[cap],
        gloss=gloss_band(rig, 0.79, 0.14, lit_side),
        cast=[forehead_shadow(rig, smooth(rig.surface(arched(line)), 5), 0.03)],
    )


def _braid_cap(rig: Rig, side: int, part: float) -> tuple[Points, Points]:
    """Outer and inner guide of the hair that runs from the parting into one braid."""
    face = rig.face
    wide, level, offset = face.head_width, -face.hairline, part * side
    crown = dome(face, 0.04, 0.05, start=offset, count=6)
    outer = np.concatenate([crown, points((1.05 * wide, 0.35), (0.98 * wide, 0.62), (0.95 * wide, 0.70))])
    on_face = points(
        (offset, level - 0.05),
        (0.16 * wide + offset * 0.75, level - 0.01),
        (0.40 * wide + offset * 0.4, level + 0.08),
        (0.66 * wide, level + 0.22),
        (0.82 * wide, -0.16),
        (0.89 * wide, 0.14),
    )
    low = points((0.88 * wide, 0.44), (0.80 * wide, 0.62), (0.80 * wide, 0.70))
    inner = np.concatenate([rig.surface(flipped(on_face, side)), rig.outline(flipped(low, side))])
    return smooth(rig.hanging(flipped(outer, side)), 6), smooth(inner, 6)


def _braid(rig: Rig, tones: Tones, side: int, length: float) -> list[Shape]:
    """Interleaved lobes down a line, then a tie and a tuft."""
    unit, wide = rig.unit, rig.face.head_width
    line = points((0.90 * wide, 0.52), (0.97 * wide, 0.85), (1.0 * wide, 1.3), (0.92 * wide, length))
    course = smooth(rig.hanging(flipped(line, side)), 16)
    lobes = _lobes(course, 2 * round(4 + 3.2 * (length - 0.5)), (0.135 + 0.025 * rig.face.hair_volume) * unit)
    middle = lobes.mean(axis=1, keepdims=True)
    cores = (lobes - middle) * 0.90 + middle
    shapes: list[Shape] = []
    lines = {share: lobes[:, 2:11] * (1 - share) + lobes[:, -3:-12:-1] * share for share in (0.30, 0.55)}
    dark, light = (ribbons(line, 0.003 * unit, 0.015 * unit, 0.003 * unit) for line in lines.values())
    for lobe, core, low, high in zip(lobes, cores, dark, light, strict=True):
        shapes += [
            Shape(lobe, tones.deep),
            Shape(core, tones.base),
            Shape(low, mix(tones.base, tones.dark, 0.7)),
            Shape(high, mix(tones.base, tones.light, 0.7)),
        ]
    end = course[-1]
    tuft = smooth(points((-0.05, 0), (-0.085, 0.14), (-0.02, 0.30), (0.04, 0.24), (0.075, 0.12), (0.05, 0)), 5)
    tie = ellipse(0, 0, 0.075 * unit, 0.035 * unit, 16)
    return [*shapes, Shape(end + tuft * unit, tones.base), Shape(end + tie, _TIE)]


def _lobes(course: Points, count: int, thick: float) -> npt.NDArray[np.float64]:
    """Leaf-shaped strands along a line, each from the other edge towards the middle: (count, 24, 2)."""
    at = np.linspace(0, len(course) - 1, count + 1).astype(int)
    centres = course[at[:-1]]
    ahead = course[at[1:]] - centres
    ahead /= np.hypot(ahead[:, :1], ahead[:, 1:]) + 1e-9
    aside = paired(-ahead[:, 1], ahead[:, 0]) * np.where(np.arange(count) % 2, 1, -1)[:, None]
    leaf = closed(points((-0.55, 0.85), (0.05, 1.0), (0.75, 0.55), (1.25, -0.35), (0.80, -0.55), (0.15, -0.10)), 4)
    slim = thick * (1 - 0.30 * np.arange(count) / count)
    shape = leaf[None, :, :1] * ahead[:, None] + leaf[None, :, 1:] * aside[:, None]
    return np.asarray(centres[:, None] + shape * slim[:, None, None])
