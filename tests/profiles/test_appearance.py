from itertools import combinations, product

import pytest

from builder.base.looks import (
    EYE_COLOURS,
    EYE_SHAPES,
    FACE_SHAPES,
    FACIAL_HAIR,
    GLASSES,
    HAIR_COLOURS,
    HAIR_STYLES,
    MARKS,
    SKIN_TONES,
)
from builder.base.randomness import stream
from builder.base.recipe import LOCALES
from builder.base.records import AgeGroup, Appearance, Gender, Profile
from builder.profiles.appearance import draw_appearance
from builder.profiles.origins import ORIGINS, origins_of
from builder.profiles.quartets import AGES, Quartet


def test_appearances_keep_to_the_vocabularies(people: list[Profile]) -> None:
    for person in people:
        looks = person.appearance
        assert looks.skin_tone in SKIN_TONES
        assert looks.face_shape in FACE_SHAPES
        assert looks.hair_colour in HAIR_COLOURS
        assert looks.hair_style in HAIR_STYLES[person.gender]
        assert looks.eye_colour in EYE_COLOURS
        assert looks.eye_shape in EYE_SHAPES
        assert looks.facial_hair in FACIAL_HAIR
        assert looks.glasses in GLASSES
        assert len(set(looks.marks)) == len(looks.marks) <= 2
        assert set(looks.marks) <= set(MARKS)


def test_looks_fit_gender_and_age(people: list[Profile]) -> None:
    grey = {"young": 0, "middle-aged": 0, "older": 0}
    for person in people:
        looks = person.appearance
        if person.gender == "female":
            assert looks.facial_hair == "none"
        else:
            assert looks.glasses != "cat-eye glasses"
        if person.age_group == "young":
            assert looks.hair_style not in {"receding hair", "bald head"}
        grey[person.age_group] += looks.hair_colour in {"grey", "white"}
    assert grey["young"] == 0 < grey["middle-aged"] < grey["older"]


def test_every_word_is_used_somewhere() -> None:
    seen: set[str] = set()
    for number in range(4000):
        sketch = Quartet(0, LOCALES[number // 4 % len(LOCALES)], ("female", "male")[number % 2], "older", 0, 0, 0)
        looks = draw_appearance(sketch, number % 4, stream(1, number))
        seen |= {
            looks.skin_tone,
            looks.face_shape,
            looks.hair_colour,
            looks.hair_style,
            looks.eye_colour,
            looks.eye_shape,
            looks.facial_hair,
            looks.glasses,
            *looks.marks,
        }
    words = {
        *SKIN_TONES,
        *FACE_SHAPES,
        *HAIR_COLOURS,
        *HAIR_STYLES["female"],
        *HAIR_STYLES["male"],
        *EYE_COLOURS,
        *EYE_SHAPES,
        *FACIAL_HAIR,
        *GLASSES,
        *MARKS,
    }
    assert seen == words


def _four(locale: str, gender: Gender, age_group: AgeGroup, number: int) -> list[Appearance]:
    sketch = Quartet(0, locale, gender, age_group, 0, 0, 0)
    return [draw_appearance(sketch, member, stream(5, number)) for member in range(4)]


@pytest.mark.parametrize("locale", LOCALES)
def test_four_of_one_country_gender_and_age_group_look_different(locale: str) -> None:
    genders: tuple[Gender, ...] = ("female", "male")
    for number, (gender, age_group) in enumerate(product(genders, AGES)):
        four = _four(locale, gender, age_group, number)
        for one, other in combinations(four, 2):
            assert one.hair_style != other.hair_style
            assert one.face_shape != other.face_shape
            assert one.eye_shape != other.eye_shape
            assert not set(one.marks) & set(other.marks)
        assert sum(looks.glasses == "none" for looks in four) == 2
        assert len({looks.glasses for looks in four}) == 3
        assert len({looks.skin_tone for looks in four}) > 1


@pytest.mark.parametrize("locale", LOCALES)
def test_colouring_goes_together(locale: str) -> None:
    """Nobody has dark skin and fair hair or eyes by birth, and every country's people vary."""
    people = [looks for number in range(60) for looks in _four(locale, "female", "young", number)]
    for looks in people:
        if looks.skin_tone in {"brown", "dark brown", "deep brown"}:
            assert looks.hair_colour in {"black", "dark brown", "brown"}
            assert looks.eye_colour in {"dark brown", "brown", "hazel"}
    assert len({looks.skin_tone for looks in people}) >= 3
    assert len({looks.hair_colour for looks in people}) >= 2


def test_origins_keep_to_the_vocabularies() -> None:
    styles = {*HAIR_STYLES["female"], *HAIR_STYLES["male"]}
    for origin in ORIGINS.values():
        assert set(origin.skin) <= set(SKIN_TONES)
        assert set(origin.hair) <= set(HAIR_COLOURS)
        assert set(origin.eyes) <= set(EYE_COLOURS)
        assert set(origin.eye_shapes) <= set(EYE_SHAPES)
        assert origin.not_worn <= styles


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_origins(locale: str) -> None:
    assert set(origins_of(locale)) <= set(ORIGINS)
