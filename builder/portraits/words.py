"""The words that the offline painter knows for how people look, and how it reads any others."""

import difflib
import functools
import random
from collections.abc import Sequence

from builder.base.records import AgeGroup, Appearance, Gender

GENDERS: tuple[Gender, ...] = ("female", "male")
AGE_GROUPS: tuple[AgeGroup, ...] = ("young", "middle-aged", "older")
SKIN_TONES = ("porcelain", "fair", "light", "beige", "olive", "tan", "brown", "dark brown", "deep brown")
FACE_SHAPES = ("oval", "round", "square", "heart-shaped", "long", "diamond-shaped")
HAIR_COLOURS = ("black", "dark brown", "brown", "light brown", "blonde", "auburn", "red", "grey", "white")
HAIR_STYLES: dict[Gender, tuple[str, ...]] = {
    "female": (
        "long straight hair", "long wavy hair", "shoulder-length bob", "short pixie cut", "curly hair",
        "hair in a bun", "ponytail", "braided hair", "afro",
    ),
    "male": (
        "short cropped hair", "side-parted hair", "curly hair", "slicked-back hair", "bald head", "buzz cut",
        "medium-length wavy hair", "receding hair", "afro",
    ),
}  # fmt: skip
ALL_HAIR_STYLES = tuple(dict.fromkeys(HAIR_STYLES["female"] + HAIR_STYLES["male"]))
EYE_SHAPES = ("almond-shaped", "round", "hooded", "monolid", "upturned", "downturned")
EYE_COLOURS = ("brown", "dark brown", "hazel", "green", "blue", "grey")
FACIAL_HAIR = ("none", "stubble", "moustache", "goatee", "short beard", "full beard")
GLASSES = ("none", "round glasses", "rectangular glasses", "cat-eye glasses", "half-rim glasses")
MARKS = (
    "freckles", "a mole on the left cheek", "a mole on the right cheek", "a mole above the lip", "dimples",
    "a small scar on the chin", "a scar through the left eyebrow",
)  # fmt: skip


_DENIALS = frozenset({"no", "none", "not", "without", "clean", "shaven", "smooth"})
"""Words that say that there is no beard, no glasses."""


@functools.lru_cache(maxsize=4096)
def nearest(word: str, known: tuple[str, ...]) -> str:
    """The known word that is most like `word`: itself, one that shares its words, else one spelled like it."""
    if word in known:
        return word
    asked = set(word.lower().replace("-", " ").split())
    if "none" in known and (not asked or asked & _DENIALS):
        return "none"

    def likeness(candidate: str) -> tuple[int, float]:
        shared = asked & set(candidate.replace("-", " ").split())
        return len(shared), difflib.SequenceMatcher(None, word.lower(), candidate).ratio()

    return max(known, key=likeness)


def settled(appearance: Appearance) -> Appearance:
    """The appearance with every word replaced by the nearest one that the painter knows."""
    return Appearance(
        skin_tone=nearest(appearance.skin_tone, SKIN_TONES),
        face_shape=nearest(appearance.face_shape, FACE_SHAPES),
        hair_colour=nearest(appearance.hair_colour, HAIR_COLOURS),
        hair_style=nearest(appearance.hair_style, ALL_HAIR_STYLES),
        eye_colour=nearest(appearance.eye_colour, EYE_COLOURS),
        facial_hair=nearest(appearance.facial_hair, FACIAL_HAIR),
        glasses=nearest(appearance.glasses, GLASSES),
        marks=tuple(dict.fromkeys(nearest(mark, MARKS) for mark in appearance.marks)),
        eye_shape=nearest(appearance.eye_shape, EYE_SHAPES),
    )


def random_appearance(gender: Gender, rng: random.Random) -> Appearance:
    """An appearance drawn evenly from the known words: for training a vision model, not for a population."""
    bearded = gender == "male" and rng.random() < 0.6
    bespectacled = rng.random() < 0.35
    return Appearance(
        skin_tone=rng.choice(SKIN_TONES),
        face_shape=rng.choice(FACE_SHAPES),
        hair_colour=rng.choice(HAIR_COLOURS),
        hair_style=rng.choice(HAIR_STYLES[gender]),
        eye_colour=rng.choice(EYE_COLOURS),
        facial_hair=rng.choice(FACIAL_HAIR[1:]) if bearded else FACIAL_HAIR[0],
        glasses=rng.choice(GLASSES[1:]) if bespectacled else GLASSES[0],
        marks=tuple(_sample(MARKS, rng.choice((0, 0, 1, 1, 2)), rng)),
        eye_shape=rng.choice(EYE_SHAPES),
    )


def _sample(known: Sequence[str], count: int, rng: random.Random) -> list[str]:
    return sorted(rng.sample(known, count), key=known.index)
