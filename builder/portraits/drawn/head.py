"""The bare head: its contour, ears, neck and shoulders."""

import numpy as np
import numpy.typing as npt

from builder.portraits.drawn.canvas import Shape
from builder.portraits.drawn.curves import Points, closed, mirrored, paired, points, ribbon, smooth
from builder.portraits.drawn.face import Face
from builder.portraits.drawn.palette import Skin, mix
from builder.portraits.drawn.pose import Rig


def contour(face: Face) -> Points:
    """The right half of the head's outline in head units, from the crown to the chin."""
    width, drop = face.head_width, face.chin_drop
    jaw_wide, jaw_at = face.jaw_width * width, face.jaw_height * drop
    cheek = width * (0.965 + 0.035 * face.cheekbones)
    hollow = 0.012 * face.cheekbones
    corner, sag = face.jaw_corner, face.sag
    return points(
        (0, -face.skull_height),
        (0.32 * width, -0.962 * face.skull_height),
        (0.61 * width, -0.846 * face.skull_height),
        (0.84 * width, -0.620 * face.skull_height),
        (face.forehead_width * width, -0.30),
        (cheek, 0.10),
        (cheek * 0.52 + jaw_wide * 0.48 - hollow + 0.012 * (corner - sag), 0.10 + 0.55 * (jaw_at - 0.10)),
        (jaw_wide * (0.985 + 0.03 * corner), jaw_at + 0.02 * corner + 0.022 * sag),
        # Years fill the jaw's line beside the chin: jowls.
        (0.52 * jaw_wide + 0.55 * face.chin_width + 0.042 * sag, 0.5 * (jaw_at + drop) + 0.02 + 0.018 * sag),
        (face.chin_width + 0.014 * sag, (0.955 - 0.006 * sag) * drop),
        (0, drop),
    )


def jaw(face: Face) -> Points:
    """The contour's part below the cheekbone, down to the chin."""
    return contour(face)[6:]


def half_width(face: Face, level: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64]:
    """Half the head's width at heights below the cheekbones."""
    edge = contour(face)[5:]
    return np.asarray(np.interp(level, edge[:, 1], edge[:, 0]))


def mouth_level(face: Face) -> float:
    """Where the lips meet, in head units below the origin."""
    base = face.eye_level + face.nose_length
    return base + face.mouth_level * (face.chin_drop - base)


def head_outline(rig: Rig) -> Points:
    """The head's outline in pixels."""
    return closed(rig.outline(mirrored(contour(rig.face))), 10)


def ears(rig: Rig, skin: Skin, sides: tuple[int, ...], lit_side: float) -> list[Shape]:
    """The ears of the given sides (-1 is the viewer's left) with their inner folds."""
    unit = rig.unit
    shapes = []
    for side in sides:
        crease = ribbon(_beside(rig, _FOLD, side), 0.008 * unit, 0.026 * unit, 0.004 * unit)
        shapes += [
            Shape(_beside(rig, _RIM, side), mix(skin.base, skin.shade, 0.2 if side * lit_side > 0 else 0.45)),
            Shape(crease, mix(skin.shade, skin.deep, 0.2)),
        ]
    return shapes


# An ear's outer edge and the fold in it: outwards and down from where it grows.
_RIM = closed(
    points(
        (-0.07, -0.6),
        (0.0, -0.95),
        (0.5, -1.12),
        (0.95, -0.80),
        (1.0, -0.2),
        (0.72, 0.35),
        (0.50, 0.80),
        (0.2, 1.0),
        (-0.07, 0.85),
        (-0.10, 0.1),
    ),
    6,
)
_FOLD = smooth(points((0.25, -0.55), (0.55, -0.72), (0.70, -0.35), (0.55, 0.1), (0.32, 0.42)), 6)


def _beside(rig: Rig, at: Points, side: int) -> Points:
    """An ear's own coordinates (outwards, down) to pixels: it stands out sideways and backwards."""
    face = rig.face
    away = at[:, 0] * face.ear_out
    x = side * (0.965 * face.head_width + away)
    y = 0.16 + face.eye_level + at[:, 1] * 0.21 * face.ear_size
    return rig.solid(paired(x, y), 0.02 - 0.20 * at[:, 0])


def near_side(rig: Rig) -> int | None:
    """The side whose ear lies before the head's outline, once the head is turned enough."""
    if abs(rig.turn) < 0.12:
        return None
    return -1 if rig.turn > 0 else 1


def throat(rig: Rig) -> Points:
    """The part of the neck that clothes may leave bare, as one outline in pixels."""
    wide = 1.7 * rig.face.neck_width * rig.face.head_width
    (left, top), (right, bottom) = rig.body(points((-wide, 0.2), (wide, 2.1)))
    return np.clip(neck(rig), (left, top), (right, bottom))


def neck(rig: Rig) -> Points:
    """Neck, shoulders and chest as one outline in pixels; its top hides behind the jaw."""
    face = rig.face
    width, reach = face.neck_width * face.head_width, face.shoulders
    rise = 0.10 * face.neck_slope
    top = points((width, 0.35), (width * 0.97, 0.75))
    low = points(
        (width * 1.02, 1.16 - 0.4 * rise),
        (width * 1.22, 1.38 - 0.9 * rise),
        (0.50 * reach, 1.52),
        (0.82 * reach, 1.64),
        (0.98 * reach, 1.92),
        (1.05 * reach, 2.6),
        (1.08 * reach, 6.0),
    )
    right, left = (
        smooth(np.concatenate([rig.outline(top * (side, 1)), rig.body(low * (side, 1))]), 8) for side in (1, -1)
    )
    return np.concatenate([right, left[::-1]])
