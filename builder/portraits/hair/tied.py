"""Hair that is tied: buns, ponytails, braids."""

import numpy as np

from builder.portraits.canvas import Shape
from builder.portraits.curves import Points, arched, closed, ellipse, moved, points, ribbon, smooth, waved
from builder.portraits.hair.falling import add_fringe, fringed
from builder.portraits.hair.hairdo import (
    Hairdo,
    backing,
    combed_back,
    dome,
    flipped,
    gloss_band,
    hairline,
    part_line,
    sheaf,
    skullcap,
)
from builder.portraits.palette import Tones, mix, rgb
from builder.portraits.pose import Rig


def combed_cap(rig: Rig, tones: Tones) -> Hairdo:
    """Hair combed back tightly from the hairline, the ears free."""
    face, unit = rig.face, rig.unit
    crown = dome(face, 0.045, 0.02)
    half = np.concatenate([crown, points((0.985 * face.head_width, 0.05))])
    line = np.concatenate([hairline(face), points((0.93 * face.head_width, 0.10))])
    outer = smooth(rig.outline(arched(half)), 6)
    right, left = (smooth(rig.surface(flipped(line, which)), 6) for which in (1, -1))
    outline = np.concatenate([outer, right[::-1], left])
    strokes = combed_back(rig, line[:-1], crown, 0.45, tones, 0.026 * unit)
    above = np.concatenate([left[::-1], right]) - (0, 0.3 * unit)
    cast = np.concatenate([right[::-1], left, above]) + (0, 0.03 * unit)
    return Hairdo(
        back=[backing(rig, tones, 0.04, 0.015)],
        front=[Shape(outline, tones.base), *strokes],
        mass=[outline],
        cast=[cast],
    )


def bun(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A bun on the crown."""
    face, unit = rig.face, rig.unit
    hairdo = combed_cap(rig, tones)
    radius = 0.24 + 0.11 * face.hair_volume
    centre = rig.outline(points((0.08 * face.parting, -(face.skull_height + 0.60 * radius))))[0]
    ball = centre + ellipse(0, 0, 1.08 * radius * unit, 0.92 * radius * unit, 40)
    swirl: list[Shape] = [Shape(ball, tones.base)]
    for index, turn in enumerate(np.linspace(0.0, 5.2, 9)):
        angle = np.linspace(turn, turn + 1.7, 9)
        reach = np.linspace(0.96, 0.22, 9)[:, None] * radius * unit
        line = centre + np.stack([np.cos(angle), 0.86 * np.sin(angle)], axis=1) * reach
        swirl.append(
            Shape(
                ribbon(line, 0.006 * unit, 0.034 * unit, 0.006 * unit),
                mix(tones.base, tones.light if index % 2 else tones.dark, 0.6),
            )
        )
    hairdo.back += swirl
    hairdo.gloss += gloss_band(rig, -0.80 * face.skull_height, 0.14, lit_side)
    return hairdo


def ponytail(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """A tail that springs from the back of the head and falls beside the neck."""
    face, unit = rig.face, rig.unit
    hairdo = combed_cap(rig, tones)
    which = 1 if face.parting > 0 else -1
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
    guides = [smooth(rig.hanging(flipped(line, which)), 7) for line in (outer, inner)]
    first, second = (waved(line, (0.02 + 0.04 * face.wave) * unit * which, 1.6) for line in guides)
    hairdo.back += sheaf(first, second, tones, unit)
    if fringed(face):
        add_fringe(rig, hairdo, tones)
    hairdo.gloss += gloss_band(rig, -0.78 * face.skull_height, 0.14, lit_side)
    return hairdo


def braids(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """Two braids that lie on the shoulders."""
    face, unit = rig.face, rig.unit
    hairdo = Hairdo(covers_ears=True)
    length = 1.55 + 0.6 * face.hair_length
    part = 0.12 * face.parting * face.head_width
    hairdo.front.append(Shape(skullcap(rig, 0.03, 0.03), tones.dark))
    for which in (-1, 1):
        outer, inner = _braid_cap(rig, which, part)
        hairdo.front += sheaf(outer, inner, tones, unit)
        hairdo.mass.append(np.concatenate([outer, inner[::-1]]))
        hairdo.front += _braid(rig, tones, which, length)
    hairdo.front.append(part_line(rig, part, 0.05, tones))
    hairdo.back.append(
        Shape(
            smooth(
                rig.outline(
                    np.concatenate([dome(face, 0.02, -0.04, 0.5), dome(face, 0.02, -0.04, 0.5)[::-1] * (-1, 1)])
                ),
                5,
            ),
            tones.dark,
        )
    )
    hairdo.gloss += gloss_band(rig, -0.76 * face.skull_height, 0.14, lit_side)
    hairdo.cast = [moved(outline, 0.01 * unit, 0.04 * unit) for outline in hairdo.mass]
    return hairdo


def _braid_cap(rig: Rig, which: int, part: float) -> tuple[Points, Points]:
    face = rig.face
    wide, offset = face.head_width, part * which
    crown = dome(face, 0.04, 0.05, start=offset, count=6)
    outer = np.concatenate([crown, points((1.05 * wide, 0.35), (0.98 * wide, 0.62), (0.95 * wide, 0.70))])
    inner = points(
        (offset, -face.hairline - 0.05),
        (0.16 * wide + offset * 0.75, -face.hairline - 0.01),
        (0.40 * wide + offset * 0.4, -face.hairline + 0.08),
        (0.66 * wide, -face.hairline + 0.22),
        (0.82 * wide, -0.16),
        (0.89 * wide, 0.14),
        (0.88 * wide, 0.44),
        (0.80 * wide, 0.62),
        (0.80 * wide, 0.70),
    )
    return smooth(rig.hanging(flipped(outer, which)), 6), smooth(
        np.concatenate([rig.surface(flipped(inner[:6], which)), rig.outline(flipped(inner[6:], which))]), 6
    )


def _braid(rig: Rig, tones: Tones, which: int, length: float) -> list[Shape]:
    """Interleaved lobes down a line, then a tie and a tuft."""
    face, unit = rig.face, rig.unit
    wide = face.head_width
    course = smooth(
        rig.hanging(
            flipped(points((0.90 * wide, 0.52), (0.97 * wide, 0.85), (1.0 * wide, 1.3), (0.92 * wide, length)), which)
        ),
        16,
    )
    count = 2 * round(4 + 3.2 * (length - 0.5))
    at = np.linspace(0, len(course) - 1, count + 1).astype(int)
    lobes: list[Shape] = []
    thick = (0.135 + 0.025 * face.hair_volume) * unit
    for index in range(count):
        centre = course[at[index]]
        ahead = course[at[index + 1]] - centre
        ahead = ahead / (np.hypot(*ahead) + 1e-9)
        aside = np.array([-ahead[1], ahead[0]]) * (1 if index % 2 else -1)
        slim = 1 - 0.30 * index / count
        lobe = _lobe(centre, ahead, aside, thick * slim)
        lobes += [
            Shape(lobe * 1.0, tones.deep),
            Shape((lobe - lobe.mean(axis=0)) * 0.90 + lobe.mean(axis=0), tones.base),
        ]
        for share, colour in ((0.30, tones.dark), (0.55, tones.light)):
            mid = np.stack(
                [
                    lobe[2] * (1 - share) + lobe[-3] * share,
                    lobe[6] * (1 - share) + lobe[-7] * share,
                    lobe[10] * (1 - share) + lobe[-11] * share,
                ]
            )
            lobes.append(
                Shape(ribbon(smooth(mid, 4), 0.003 * unit, 0.015 * unit, 0.003 * unit), mix(tones.base, colour, 0.7))
            )
    end = course[-1]
    tuft = (
        end
        + smooth(points((-0.05, 0), (-0.085, 0.14), (-0.02, 0.30), (0.04, 0.24), (0.075, 0.12), (0.05, 0)), 5) * unit
    )
    tie = end + ellipse(0, 0.0, 0.075 * unit, 0.035 * unit, 16)
    return [*lobes, Shape(tuft, tones.base), Shape(tie, rgb("8C5A4B"))]


def _lobe(centre: Points, ahead: Points, aside: Points, thick: float) -> Points:
    """A leaf-shaped strand that crosses from one edge of the braid towards its middle."""
    frame = closed(points((-0.55, 0.85), (0.05, 1.0), (0.75, 0.55), (1.25, -0.35), (0.80, -0.55), (0.15, -0.10)), 4)
    return centre + (frame[:, :1] * ahead + frame[:, 1:] * aside) * thick
