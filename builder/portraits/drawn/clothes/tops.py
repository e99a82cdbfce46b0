"""Garments in one layer, pulled over the head."""

import numpy as np

from builder.portraits.drawn.canvas import Shape
from builder.portraits.drawn.clothes.tailoring import SIDES, Garment, Outfit, neck_width, pulled_over, rib, round_neck
from builder.portraits.drawn.curves import arched, closed, mirrored, moved, points, ribbon, smooth, spaced
from builder.portraits.drawn.palette import WHITE, mix, tones
from builder.portraits.drawn.pose import Rig


def crew(rig: Rig, garment: Garment) -> Outfit:
    """A T-shirt with a round neck."""
    cloth, line = tones(garment.colour), round_neck(rig)
    made = pulled_over(rig, cloth, line)
    made.shapes += rib(rig, line, cloth, 0.07)
    return made


def sweater(rig: Rig, garment: Garment) -> Outfit:
    """A sweater with a knitted round collar."""
    cloth, line = tones(garment.colour), round_neck(rig, -0.03, 1.2)
    made = pulled_over(rig, cloth, line)
    made.shapes += rib(rig, line, cloth, 0.12)
    for x in spaced(-0.92, 0.92, 19) * neck_width(rig):
        y = float(np.interp(abs(x), line[:, 0], line[:, 1]))
        stitch = rig.body(points((x, y - 0.035), (x * 1.03, y + 0.045)))
        made.shapes.append(Shape(ribbon(stitch, 0.010 * rig.unit), cloth.dark))
    return made


def striped(rig: Rig, garment: Garment) -> Outfit:
    """A wide-necked top with stripes across."""
    made = pulled_over(rig, tones(garment.colour), round_neck(rig, -0.02, 1.45))
    reach = 1.2 * rig.face.shoulders
    edge = points((-reach, 0.10), (0, -0.02), (reach, 0.10))
    band = np.concatenate([edge, moved(edge, 0, 0.065)[::-1]])
    made.stripes = [rig.body(moved(band, 0, y)) for y in np.arange(1.66, 4.4, 0.17)]
    made.stripe_colour = garment.under
    return made


def v_neck(rig: Rig, garment: Garment) -> Outfit:
    """A sweater with a V-neck."""
    cloth, neck = tones(garment.colour), neck_width(rig)
    line = points((0, 1.86), (0.40 * neck, 1.68), (0.82 * neck, 1.48), (1.20 * neck, 1.32))
    made = pulled_over(rig, cloth, line)
    made.shapes.append(Shape(ribbon(rig.body(arched(line)), 0.075 * rig.unit), mix(cloth.base, cloth.dark, 0.6)))
    return made


def turtleneck(rig: Rig, garment: Garment) -> Outfit:
    """A sweater with a high rolled collar."""
    cloth, neck, unit = tones(garment.colour), neck_width(rig), rig.unit
    made = pulled_over(rig, cloth, points((0, 1.40), (0.5 * neck, 1.40), (1.0 * neck, 1.37), (1.14 * neck, 1.34)))
    tube = points(
        (0, 1.16),
        (0.6 * neck, 1.14),
        (1.05 * neck, 1.06),
        (1.12 * neck, 1.10),
        (1.10 * neck, 1.36),
        (0.8 * neck, 1.46),
        (0, 1.50),
    )
    roll = rig.body(mirrored(smooth(tube, 5)))
    made.shapes += [
        Shape(moved(roll, 0, 0.03 * unit), cloth.dark),
        Shape(roll, mix(cloth.base, cloth.light, 0.25)),
    ]
    made.body.append(roll)
    for x in spaced(-0.9, 0.9, 11) * neck:
        sag = 0.06 * (1 - (x / neck) ** 2)
        stitch = rig.body(points((x, 1.12 + 0.8 * sag), (x * 1.02, 1.38 + sag)))
        made.shapes.append(Shape(ribbon(stitch, 0.010 * unit), mix(cloth.base, cloth.dark, 0.8)))
    return made


def hoodie(rig: Rig, garment: Garment) -> Outfit:
    """A hooded sweatshirt, the hood down, with cords."""
    cloth, neck, unit = tones(garment.colour), neck_width(rig), rig.unit
    line = points((0, 1.66), (0.40 * neck, 1.60), (0.86 * neck, 1.44), (1.18 * neck, 1.26))
    made = pulled_over(rig, cloth, line)
    hood = points((0, 0.90), (0.9 * neck, 0.92), (1.55 * neck, 1.12), (1.5 * neck, 1.50), (0, 1.7))
    made.back.append(Shape(closed(rig.body(mirrored(hood)), 6), cloth.deep))
    roll = points(
        (0.0, 1.64),
        (0.42 * neck, 1.56),
        (0.88 * neck, 1.38),
        (1.15 * neck, 1.10),
        (1.62 * neck, 1.16),
        (1.50 * neck, 1.46),
        (0.92 * neck, 1.66),
        (0.30 * neck, 1.80),
        (0, 1.80),
    )
    seam = smooth(points((0.1 * neck, 1.80), (0.92 * neck, 1.68), (1.50 * neck, 1.46)), 6)
    cord = smooth(points((0.26 * neck, 1.72), (0.30 * neck, 2.0), (0.26 * neck, 2.26)), 6)
    for side in SIDES:
        made.body.append(closed(rig.body(roll * (side, 1)), 5))
        made.shapes += [
            Shape(made.body[-1], mix(cloth.base, cloth.light, 0.25)),
            Shape(ribbon(rig.body(seam * (side, 1)), 0.004 * unit, 0.022 * unit, 0.004 * unit), cloth.dark),
            Shape(ribbon(rig.body(cord * (side, 1)), 0.026 * unit), mix(cloth.light, WHITE, 0.5)),
        ]
    return made
