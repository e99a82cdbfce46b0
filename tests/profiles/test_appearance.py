from builder.profiles import appearance
from builder.profiles.appearance import draw_appearance
from builder.profiles.quartets import Quartet
from builder.randomness import stream
from builder.recipe import LOCALES
from builder.records import Profile


def test_appearances_keep_to_the_vocabularies(people: list[Profile]) -> None:
    for person in people:
        looks = person.appearance
        assert looks.skin_tone in appearance.SKIN_TONES
        assert looks.face_shape in appearance.FACE_SHAPES
        assert looks.hair_colour in appearance.HAIR_COLOURS
        assert looks.hair_style in appearance.HAIR_STYLES[person.gender]
        assert looks.eye_colour in appearance.EYE_COLOURS
        assert looks.facial_hair in appearance.FACIAL_HAIR
        assert looks.glasses in appearance.GLASSES
        assert len(set(looks.marks)) == len(looks.marks) <= 2
        assert set(looks.marks) <= set(appearance.MARKS)


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
        sketch = Quartet(0, LOCALES[number % 16], ("female", "male")[number // 16 % 2], "older", 0, 0, 0)
        looks = draw_appearance(sketch, stream(1, number))
        seen |= {
            looks.skin_tone,
            looks.face_shape,
            looks.hair_colour,
            looks.hair_style,
            looks.eye_colour,
            looks.facial_hair,
            looks.glasses,
            *looks.marks,
        }
    words = {
        *appearance.SKIN_TONES,
        *appearance.FACE_SHAPES,
        *appearance.HAIR_COLOURS,
        *appearance.HAIR_STYLES["female"],
        *appearance.HAIR_STYLES["male"],
        *appearance.EYE_COLOURS,
        *appearance.FACIAL_HAIR,
        *appearance.GLASSES,
        *appearance.MARKS,
    }
    assert seen == words
