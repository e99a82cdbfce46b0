"""Draws how people look, in the words of base/looks.

An appearance depends on the country, the gender and the age group alone: a face must not give away the exact age or
any other fact. Four people who share these look as different as they plausibly can: their styles, face shapes, eyes,
glasses and marks are dealt among them, so that one of them put in another's place is seen.
"""

from collections.abc import Sequence
from random import Random

from builder.base.looks import FACE_SHAPES, FACIAL_HAIR, GLASSES, HAIR_STYLES, MARKS
from builder.base.recipe import FOUR
from builder.base.records import AgeGroup, Appearance, Gender
from builder.profiles.origins import ORIGINS, Origin, origins_of
from builder.profiles.quartets import Quartet

_LATER_STYLES = frozenset({"receding hair", "bald head"})
"""Hair styles that young people do not have."""


def draw_appearance(four: Quartet, member: int, random: Random) -> Appearance:
    """How somebody looks who is from there, of that gender and of that age group.

    `random` is the stream of four people, `member` says which of them (0 to 3). Where the four share country, gender
    and age group, no two have the same hair style, face shape, eye shape or mark, and two wear glasses.
    """
    return _four(four, random)[member]


def _four(four: Quartet, random: Random) -> list[Appearance]:
    shares = origins_of(four.locale)
    origins = [ORIGINS[name] for name in random.choices(list(shares), list(shares.values()), k=FOUR)]
    skins = _dealt([origin.skin for origin in origins], random)
    hairs = _hair_colours(four.age_group, origins, random)
    styles = _dealt([_hair_styles(four, origin) for origin in origins], random, most=1)
    eyes = _dealt([origin.eyes for origin in origins], random)
    eye_shapes = _dealt([origin.eye_shapes for origin in origins], random, most=1)
    face_shapes = random.sample(FACE_SHAPES, FOUR)
    beards = random.sample(("none", *FACIAL_HAIR), FOUR) if four.gender == "male" else ["none"] * FOUR
    glasses = _glasses(four.gender, random)
    marks = _marks(origins, random)
    return [
        Appearance(
            skin_tone=skins[member],
            face_shape=face_shapes[member],
            hair_colour=hairs[member],
            hair_style=styles[member],
            eye_colour=eyes[member],
            facial_hair=beards[member],
            glasses=glasses[member],
            marks=marks[member],
            eye_shape=eye_shapes[member],
        )
        for member in range(FOUR)
    ]


def _dealt(pools: Sequence[Sequence[str]], random: Random, most: int = 2) -> list[str]:
    """One value for each from a pool of their own; none for more than `most` of them, where the pools allow it."""
    dealt: list[str] = []
    for pool in pools:
        left = [value for value in pool if dealt.count(value) < most]
        dealt.append(random.choice(left or list(pool)))
    return dealt


def _hair_colours(age_group: AgeGroup, origins: Sequence[Origin], random: Random) -> list[str]:
    own = _dealt([origin.hair for origin in origins], random)
    if age_group == "young":
        return own
    if age_group == "middle-aged":
        pale = ["grey"] if random.random() < 0.8 else []
    else:
        pale = ["grey", "white", random.choice(("grey", "white"))]
    for member, colour in zip(random.sample(range(FOUR), len(pale)), pale, strict=True):
        own[member] = colour
    return own


def _hair_styles(four: Quartet, origin: Origin) -> list[str]:
    barred = origin.not_worn | (_LATER_STYLES if four.age_group == "young" else frozenset())
    return [style for style in HAIR_STYLES[four.gender] if style not in barred]


def _glasses(gender: Gender, random: Random) -> list[str]:
    """Two of the four wear glasses, of different kinds."""
    kinds = [kind for kind in GLASSES[1:] if gender == "female" or kind != "cat-eye glasses"]
    return random.sample(["none", "none", *random.sample(kinds, 2)], FOUR)


def _marks(origins: Sequence[Origin], random: Random) -> list[tuple[str, ...]]:
    """No mark twice among the four; one of them has none, two have one, one has two."""
    left = random.sample(MARKS, len(MARKS))
    marks = []
    for origin, count in zip(origins, random.sample((0, 1, 1, 2), FOUR), strict=True):
        fitting = [mark for mark in left if mark != "freckles" or origin.freckles][:count]
        left = [mark for mark in left if mark not in fitting]
        marks.append(tuple(fitting))
    return marks
