"""Garments that open in front, alone or over another one."""

from builder.portraits.drawn.canvas import Shape
from builder.portraits.drawn.clothes.tailoring import (
    SIDES,
    Garment,
    Outfit,
    collar,
    neck_width,
    open_front,
    plain,
    pulled_over,
)
from builder.portraits.drawn.clothes.tops import crew
from builder.portraits.drawn.curves import closed, ellipse, moved, points, ribbon, smooth
from builder.portraits.drawn.palette import mix, rgb, tones
from builder.portraits.drawn.pose import Rig


def shirt(rig: Rig, garment: Garment) -> Outfit:
    """A buttoned shirt, open at the neck."""
    cloth, neck, unit = tones(garment.colour), neck_width(rig), rig.unit
    made = pulled_over(rig, cloth, points((0, 1.80), (0.28 * neck, 1.62), (0.74 * neck, 1.40), (1.10 * neck, 1.24)))
    placket = rig.body(points((-0.07, 1.78), (0.07, 1.78), (0.07, 6.0), (-0.07, 6.0)))
    made.shapes.append(Shape(placket, mix(cloth.base, cloth.light, 0.6)))
    for x in (-0.07, 0.07):
        seam = ribbon(rig.body(points((x, 1.80), (x, 6.0))), 0.010 * unit)
        made.shapes.append(Shape(seam, mix(cloth.base, cloth.dark, 0.8)))
    made.shapes += [
        Shape(rig.body(ellipse(0, y, 0.022, 0.022, 12)), mix(cloth.dark, cloth.deep, 0.4))
        for y in (1.98, 2.30, 2.62, 2.94, 3.26, 3.58, 3.90)
    ]
    made.shapes += collar(rig, cloth, 1.86, 0.035)
    return made


def blazer(rig: Rig, garment: Garment) -> Outfit:
    """A blazer with lapels over a shirt."""
    cloth, neck, unit = tones(garment.colour), neck_width(rig), rig.unit
    made = open_front(rig, cloth, 2.75, shirt(rig, plain(garment.under)))
    lapel = points(
        (1.14 * neck, 1.26),
        (1.55 * neck, 1.50),
        (1.62 * neck, 1.78),
        (1.28 * neck, 1.80),
        (1.42 * neck, 1.98),
        (0.10, 2.78),
        (0.62 * neck, 2.05),
        (0.98 * neck, 1.62),
    )
    for side in SIDES:
        outline = rig.body(lapel * (side, 1))
        made.shapes += [
            Shape(moved(outline, side * 0.016 * unit, 0.022 * unit), cloth.deep),
            Shape(outline, mix(cloth.base, cloth.light, 0.35 if side < 0 else 0.2)),
        ]
    return made


def jacket(rig: Rig, garment: Garment) -> Outfit:
    """A denim jacket with stitched seams over a T-shirt."""
    cloth, reach = tones(garment.colour), rig.face.shoulders
    made = open_front(rig, cloth, 2.5, crew(rig, plain(garment.under)))
    made.shapes += collar(rig, cloth, 1.84, 0.22)
    thread = mix(rgb("D9A45B"), cloth.light, 0.3)
    for line in (points((0.30, 2.2), (0.34, 2.5), (0.36, 4.0)), points((0.42, 2.02), (0.80 * reach, 2.0))):
        made.shapes += [Shape(ribbon(rig.body(line * (side, 1)), 0.012 * rig.unit), thread) for side in SIDES]
    return made


def cardigan(rig: Rig, garment: Garment) -> Outfit:
    """A buttoned cardigan over a T-shirt."""
    cloth, neck, unit = tones(garment.colour), neck_width(rig), rig.unit
    made = open_front(rig, cloth, 2.3, crew(rig, plain(garment.under)))
    edge = points((1.12 * neck, 1.28), (0.96 * neck, 1.62), (0.55 * neck, 1.95), (0.06, 2.3), (0.05, 4.5))
    band = mix(cloth.base, cloth.dark, 0.5)
    made.shapes += [Shape(ribbon(rig.body(smooth(edge, 6) * (side, 1)), 0.085 * unit), band) for side in SIDES]
    made.shapes += [Shape(rig.body(ellipse(0.04, y, 0.030, 0.030, 14)), cloth.light) for y in (2.42, 2.76, 3.10)]
    return made


def scarf(rig: Rig, garment: Garment) -> Outfit:
    """A coat with a woollen scarf around the neck."""
    cloth, wool, neck, unit = tones(garment.colour), tones(garment.under), neck_width(rig), rig.unit
    made = open_front(rig, cloth, 2.2, crew(rig, plain(garment.colour)))
    wrap = points(
        (-1.40, 1.14),
        (-0.6, 1.26),
        (0.5, 1.26),
        (1.40, 1.12),
        (1.62, 1.42),
        (0.9, 1.70),
        (-0.3, 1.78),
        (-1.25, 1.66),
        (-1.65, 1.40),
    )
    around = closed(rig.body(wrap * (neck, 1)), 6)
    tail = rig.body(points((0.25, 1.60), (0.95, 1.62), (1.12, 2.60), (0.45, 2.64)) * (neck, 1))
    made.body.append(around)
    made.shapes += [
        Shape(moved(tail, 0.02 * unit, 0.02 * unit), cloth.deep),
        Shape(tail, mix(wool.base, wool.dark, 0.35)),
        Shape(moved(around, 0, 0.03 * unit), cloth.deep),
        Shape(around, wool.base),
    ]
    for start, end, sag in ((-1.45, 1.35, 0.20), (-1.50, 1.1, 0.32), (-1.1, 1.5, 0.36), (-1.3, 0.4, 0.44)):
        fold = smooth(points((start, 1.28), (0.5 * (start + end), 1.26 + sag), (end, 1.26)), 8)
        made.shapes.append(
            Shape(ribbon(rig.body(fold * (neck, 1)), 0.005 * unit, 0.030 * unit, 0.005 * unit), wool.dark)
        )
    return made
