"""Who is drawn: the continuous measures that, with the words of an appearance, make one face recognisable.

Lengths are in head units: half the height of an average head. The origin lies on the midline at eye level, x runs to
the viewer's right and y down, so the crown is near y = -1 and the chin near y = 1.
"""

import dataclasses
import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder.base import looks
from builder.base.records import AGE_GROUPS, GENDERS, AgeGroup, Appearance, Gender
from builder.portraits import words

Window = tuple[float, float]
"""A part of a measure's range, in shares of it."""


def measure(low: float, high: float, what: str) -> float:
    """A field of Face that lies in [low, high]."""
    field: float = dataclasses.field(metadata={"low": low, "high": high, "what": what})
    return field


@dataclass(frozen=True)
class Face:
    """One identity, whatever the view: the words that the painter knows, and measures in their stated ranges."""

    gender: Gender
    age_group: AgeGroup
    look: Appearance

    head_width: float = measure(0.645, 0.80, "half-width at the cheekbones")
    skull_height: float = measure(0.97, 1.07, "crown above eye level")
    chin_drop: float = measure(0.92, 1.11, "chin below eye level")
    jaw_width: float = measure(0.68, 0.95, "half-width at the jaw's angle, in head widths")
    jaw_height: float = measure(0.56, 0.70, "the jaw's angle below eye level, in chin drops")
    jaw_corner: float = measure(0, 1, "sharpness of the jaw's angle")
    chin_width: float = measure(0.14, 0.36, "half-width of the chin")
    chin_cleft: float = measure(0, 1, "depth of the chin's cleft: none below two thirds")
    cheekbones: float = measure(0, 1, "prominence of the cheekbones")
    forehead_width: float = measure(0.86, 0.99, "half-width at the temples, in head widths")

    eye_width: float = measure(0.160, 0.198, "half-width of an eye")
    eye_height: float = measure(0.068, 0.104, "half-height of an eye's opening")
    eye_spacing: float = measure(0.290, 0.355, "eye's centre from the midline")
    eye_tilt: float = measure(-0.10, 0.20, "slope of an eye, outer corner up")
    eye_level: float = measure(-0.02, 0.06, "eyes below the head's middle")
    eyelid: float = measure(0, 1, "heaviness of the upper lid")
    iris_size: float = measure(0.082, 0.099, "radius of the iris")

    brow_thickness: float = measure(0.034, 0.078, "thickness of a brow at its thickest")
    brow_arch: float = measure(0, 0.075, "height of a brow's arch")
    brow_angle: float = measure(-0.16, 0.05, "slope of a brow, outer end up")
    brow_height: float = measure(0.180, 0.255, "brow above the eye's centre")
    brow_length: float = measure(0.200, 0.252, "half-length of a brow")

    nose_length: float = measure(0.34, 0.50, "nose's base below eye level")
    nose_width: float = measure(0.104, 0.200, "half-width across the wings")
    nose_bridge: float = measure(0.034, 0.082, "half-width of the bridge")
    nose_hump: float = measure(-1, 1, "how the ridge swells half-way down: a hump above 0, a dip below")
    nose_tip: float = measure(-0.03, 0.05, "drop of the tip below the wings")
    nose_roundness: float = measure(0, 1, "roundness of the tip")
    nostrils: float = measure(0, 1, "how the wings flare")

    mouth_level: float = measure(0.34, 0.46, "mouth between the nose's base and the chin, in shares")
    mouth_width: float = measure(0.220, 0.315, "half-width of the mouth")
    upper_lip: float = measure(0.036, 0.080, "height of the upper lip")
    lower_lip: float = measure(0.055, 0.105, "height of the lower lip")
    cupid: float = measure(0, 1, "depth of the cupid's bow")
    lip_tint: float = measure(0, 1, "redness of the lips")

    ear_size: float = measure(0.86, 1.18, "size of the ears, relative")
    ear_out: float = measure(0.04, 0.13, "how far the ears stand out")
    neck_width: float = measure(0.47, 0.78, "half-width of the neck, in head widths")
    neck_slope: float = measure(0, 1, "how high the shoulders' muscles rise beside the neck")
    throat: float = measure(0, 1, "how far the throat stands out")
    shoulders: float = measure(1.32, 1.78, "half-width of the shoulders")

    hairline: float = measure(0.50, 0.66, "hairline above eye level")
    hair_volume: float = measure(0, 1, "volume of the hair")
    hair_length: float = measure(0, 1, "length of the hair within its style")
    parting: float = measure(-1, 1, "where the hair parts, from the viewer's left to the right")
    fringe: float = measure(0, 1, "how the hair falls on the forehead: below a third as a fringe")
    wave: float = measure(0, 1, "tightness of waves and curls")
    beard_length: float = measure(0, 1, "length and density of the beard")

    skin_depth: float = measure(-1, 1, "darkness of the skin within its tone")
    skin_warmth: float = measure(-1, 1, "warmth of the skin within its tone")
    hair_depth: float = measure(-1, 1, "darkness of the hair within its colour")
    hair_warmth: float = measure(-1, 1, "warmth of the hair within its colour")
    iris_depth: float = measure(-1, 1, "darkness of the iris within its colour")
    iris_warmth: float = measure(-1, 1, "warmth of the iris within its colour")
    blush: float = measure(0, 1, "colour of the cheeks")

    folds: float = measure(0, 1, "folds from the nose to the mouth")
    forehead_lines: float = measure(0, 1, "lines of the forehead")
    crows_feet: float = measure(0, 1, "lines beside the eyes")
    eye_bags: float = measure(0, 1, "lines below the eyes")

    sag: float = measure(0, 1, "how far the years have drawn down cheeks, jaw and lids")
    neck_lines: float = measure(0, 1, "cords and lines of the neck")
    greying: float = measure(0, 1, "grey strands in hair of another colour")

    mark_x: float = measure(-1, 1, "where the marks sit, across")
    mark_y: float = measure(-1, 1, "where the marks sit, down")
    freckles: float = measure(0, 1, "how the freckles are strewn")
    glasses_size: float = measure(0, 1, "size of the glasses")
    glasses_tint: float = measure(0, 1, "which colour the frame has")

    def vector(self) -> npt.NDArray[np.float32]:
        """The identity as numbers in [0, 1]: every measure in its range, then one number for every known word.

        `labels()` names the entries in the same order.
        """
        measures = [(getattr(self, name) - low) / (high - low) for name, (low, high) in MEASURES.items()]
        return np.array([*measures, *(float(has) for has in _words_of(self))], dtype=np.float32)


MEASURES: Mapping[str, Window] = {
    field.name: (field.metadata["low"], field.metadata["high"])
    for field in dataclasses.fields(Face)
    if "low" in field.metadata
}
"""Every measure with its range, in the order of `Face.vector()`."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "gender": GENDERS,
    "age_group": AGE_GROUPS,
    "skin_tone": looks.SKIN_TONES,
    "face_shape": looks.FACE_SHAPES,
    "eye_shape": looks.EYE_SHAPES,
    "hair_colour": looks.HAIR_COLOURS,
    "hair_style": looks.ALL_HAIR_STYLES,
    "eye_colour": looks.EYE_COLOURS,
    "facial_hair": looks.FACIAL_HAIR,
    "glasses": looks.GLASSES,
    "marks": looks.MARKS,
}


def labels() -> list[str]:
    """What each entry of `Face.vector()` stands for: "jaw_width", "hair_style=afro", …"""
    return [*MEASURES, *(f"{kind}={word}" for kind, known in _WORDS.items() for word in known)]


def face_of(appearance: Appearance, gender: Gender, age_group: AgeGroup, rng: random.Random) -> Face:
    """The face of a person who looks like `appearance`; `rng` settles what the words leave open."""
    look = words.settled(appearance)
    drawn: dict[str, float] = {}
    for name, (low, high) in MEASURES.items():
        share = rng.random()
        for windows in (_BY_GENDER[gender], _BY_SHAPE[look.face_shape], _BY_EYES[look.eye_shape], _BY_AGE[age_group]):
            start, end = windows.get(name, (0.0, 1.0))
            share = start + (end - start) * share
        drawn[name] = low + (high - low) * share
    return Face(gender=gender, age_group=age_group, look=look, **drawn)


def random_face(rng: random.Random) -> Face:
    """A face of anybody, every known word equally likely: what a vision model is trained on beforehand."""
    gender = rng.choice(GENDERS)
    return face_of(words.random_appearance(gender, rng), gender, rng.choice(AGE_GROUPS), rng)


def _words_of(face: Face) -> list[bool]:
    def holds(kind: str, word: str) -> bool:
        if kind == "marks":
            return word in face.look.marks
        return bool(getattr(face if kind in ("gender", "age_group") else face.look, kind) == word)

    return [holds(kind, word) for kind, known in _WORDS.items() for word in known]


_BY_GENDER: Mapping[Gender, Mapping[str, Window]] = {
    "female": {
        "jaw_width": (0, 0.62), "chin_width": (0, 0.56), "eye_height": (0.3, 1), "eye_width": (0.25, 1),
        "jaw_corner": (0, 0.5), "chin_cleft": (0, 0.6), "throat": (0, 0.15), "neck_slope": (0, 0.35),
        "brow_thickness": (0, 0.55), "brow_height": (0.35, 1), "brow_arch": (0.25, 1), "nose_width": (0, 0.8),
        "upper_lip": (0.3, 1), "lower_lip": (0.3, 1), "lip_tint": (0.3, 1), "neck_width": (0, 0.33),
        "shoulders": (0, 0.45), "ear_size": (0, 0.7), "ear_out": (0, 0.7), "iris_size": (0.3, 1),
    },
    "male": {
        "jaw_width": (0.32, 1), "chin_width": (0.28, 1), "eye_height": (0, 0.62), "eye_width": (0, 0.7),
        "jaw_corner": (0.25, 1), "throat": (0.35, 1), "neck_slope": (0.35, 1),
        "brow_thickness": (0.4, 1), "brow_height": (0, 0.6), "brow_arch": (0, 0.6), "nose_width": (0.15, 1),
        "upper_lip": (0, 0.6), "lower_lip": (0, 0.7), "lip_tint": (0, 0.5), "neck_width": (0.5, 1),
        "shoulders": (0.5, 1), "ear_size": (0.3, 1), "iris_size": (0, 0.7),
    },
}  # fmt: skip

_BY_SHAPE: Mapping[str, Mapping[str, Window]] = {
    "oval": {
        "head_width": (0.3, 0.65), "jaw_width": (0.3, 0.7), "chin_width": (0.25, 0.6), "chin_drop": (0.4, 0.75),
        "cheekbones": (0.2, 0.6), "forehead_width": (0.4, 0.8),
    },
    "round": {
        "head_width": (0.75, 1), "jaw_width": (0.55, 0.95), "chin_width": (0.6, 0.95), "chin_drop": (0, 0.3),
        "cheekbones": (0, 0.35), "jaw_height": (0.4, 1),
    },
    "square": {
        "head_width": (0.5, 0.9), "jaw_width": (0.8, 1), "chin_width": (0.7, 1), "chin_drop": (0.25, 0.65),
        "jaw_height": (0.7, 1), "forehead_width": (0.5, 1),
    },
    "heart-shaped": {
        "head_width": (0.5, 0.9), "jaw_width": (0, 0.35), "chin_width": (0, 0.35), "chin_drop": (0.3, 0.65),
        "cheekbones": (0.5, 1), "forehead_width": (0.75, 1),
    },
    "long": {
        "head_width": (0, 0.3), "jaw_width": (0.35, 0.8), "chin_drop": (0.75, 1), "skull_height": (0.5, 1),
        "chin_width": (0.2, 0.7),
    },
    "diamond-shaped": {
        "head_width": (0.45, 0.8), "jaw_width": (0.05, 0.45), "chin_width": (0.05, 0.4), "cheekbones": (0.75, 1),
        "forehead_width": (0, 0.3), "chin_drop": (0.4, 0.8),
    },
}  # fmt: skip

_BY_EYES: Mapping[str, Mapping[str, Window]] = {
    "almond-shaped": {"eye_height": (0.1, 0.7), "eye_width": (0.3, 1), "eye_tilt": (0.3, 0.75), "eyelid": (0, 0.6)},
    "round": {"eye_height": (0.6, 1), "eye_width": (0, 0.6), "eye_tilt": (0.2, 0.6), "eyelid": (0, 0.45)},
    "hooded": {"eye_height": (0, 0.55), "eye_tilt": (0.2, 0.7), "eyelid": (0.7, 1)},
    "monolid": {"eye_height": (0.05, 0.65), "eye_width": (0.2, 0.9), "eye_tilt": (0.4, 0.8), "brow_height": (0.3, 1)},
    "upturned": {"eye_height": (0.1, 0.7), "eye_tilt": (0.75, 1), "eyelid": (0, 0.6)},
    "downturned": {"eye_height": (0.25, 0.9), "eye_tilt": (0, 0.25), "eyelid": (0.2, 0.8)},
}

_BY_AGE: Mapping[AgeGroup, Mapping[str, Window]] = {
    "young": {
        "folds": (0, 0.1), "forehead_lines": (0, 0), "crows_feet": (0, 0), "eye_bags": (0, 0.15), "eyelid": (0, 0.75),
        "sag": (0, 0.05), "neck_lines": (0, 0.05), "greying": (0, 0),
    },
    "middle-aged": {
        "folds": (0.35, 0.62), "forehead_lines": (0.25, 0.6), "crows_feet": (0.25, 0.6), "eye_bags": (0.3, 0.6),
        "eyelid": (0.15, 0.9), "sag": (0.38, 0.55), "neck_lines": (0.3, 0.5), "greying": (0, 0.4),
        "upper_lip": (0, 0.75), "lower_lip": (0, 0.85), "lip_tint": (0, 0.8), "ear_size": (0.15, 1),
        "brow_height": (0, 0.85), "eye_height": (0, 0.85), "nose_length": (0.15, 1), "hairline": (0.2, 1),
        "hair_volume": (0, 0.85),
    },
    "older": {
        "folds": (0.75, 1), "forehead_lines": (0.65, 1), "crows_feet": (0.65, 1), "eye_bags": (0.7, 1),
        "eyelid": (0.4, 1), "sag": (0.78, 1), "neck_lines": (0.7, 1), "greying": (0.55, 1), "upper_lip": (0, 0.35),
        "lower_lip": (0, 0.55), "lip_tint": (0, 0.5), "cupid": (0, 0.6), "ear_size": (0.4, 1), "brow_height": (0, 0.6),
        "brow_thickness": (0, 0.8), "eye_height": (0, 0.6), "eye_tilt": (0, 0.6), "nose_length": (0.35, 1),
        "nose_tip": (0.4, 1), "mouth_width": (0.25, 1), "hairline": (0.45, 1), "hair_volume": (0, 0.6),
    },
}  # fmt: skip
