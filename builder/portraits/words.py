"""Maps any word for how people look to the nearest word of the vocabularies in base/looks, for the offline painter."""

import difflib
import functools
import random
from collections.abc import Sequence

from builder.base import looks
from builder.base.records import Appearance, Gender

_DENIALS = frozenset({"no", "none", "not", "without", "clean", "shaven", "smooth"})
"""Words that say that there is no beard, no glasses."""


@functools.lru_cache(maxsize=4096)
def nearest(word: str, known: tuple[str, ...]) -> str:
    """The known word most like `word`: `word` itself, one that shares words with it, or else one spelled like it."""
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
        skin_tone=nearest(appearance.skin_tone, looks.SKIN_TONES),
        face_shape=nearest(appearance.face_shape, looks.FACE_SHAPES),
        hair_colour=nearest(appearance.hair_colour, looks.HAIR_COLOURS),
        hair_style=nearest(appearance.hair_style, looks.ALL_HAIR_STYLES),
        eye_colour=nearest(appearance.eye_colour, looks.EYE_COLOURS),
        facial_hair=nearest(appearance.facial_hair, looks.FACIAL_HAIR),
        glasses=nearest(appearance.glasses, looks.GLASSES),
        marks=tuple(dict.fromkeys(nearest(mark, looks.MARKS) for mark in appearance.marks)),
        eye_shape=nearest(appearance.eye_shape, looks.EYE_SHAPES),
    )


def random_appearance(gender: Gender, rng: random.Random) -> Appearance:
    """An appearance drawn evenly from the known words: for training a vision model, not for a population."""
    bearded = gender == "male" and rng.random() < 0.6
    bespectacled = rng.random() < 0.35
    return Appearance(
        skin_tone=rng.choice(looks.SKIN_TONES),
        face_shape=rng.choice(looks.FACE_SHAPES),
        hair_colour=rng.choice(looks.HAIR_COLOURS),
        hair_style=rng.choice(looks.HAIR_STYLES[gender]),
        eye_colour=rng.choice(looks.EYE_COLOURS),
        facial_hair=rng.choice(looks.FACIAL_HAIR[1:]) if bearded else looks.FACIAL_HAIR[0],
        glasses=rng.choice(looks.GLASSES[1:]) if bespectacled else looks.GLASSES[0],
        marks=tuple(_sample(looks.MARKS, rng.choice((0, 0, 1, 1, 2)), rng)),
        eye_shape=rng.choice(looks.EYE_SHAPES),
    )


def _sample(known: Sequence[str], count: int, rng: random.Random) -> list[str]:
    return sorted(rng.sample(known, count), key=known.index)
