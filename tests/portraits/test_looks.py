"""What the drawn faces show: beards and frames that are seen, skin that stays skin, waves, ages, people told apart."""

import colorsys
import itertools
import random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from builder.base.looks import HAIR_COLOURS, SKIN_TONES
from builder.base.randomness import stream
from builder.base.recipe import LOCALES, PortraitsPart
from builder.base.records import AGE_GROUPS, GENDERS, AgeGroup, Gender, View
from builder.portraits import OfflinePainter, words
from builder.portraits.drawn.face import MEASURES, Face, face_of, random_face
from builder.portraits.drawn.glasses import frame_colour
from builder.portraits.drawn.head import contour, half_width, mouth_level
from builder.portraits.drawn.light import LIGHTS
from builder.portraits.drawn.painter import draw
from builder.portraits.drawn.palette import lightness, skin_of
from builder.portraits.resemblance import perceptual_hash
from builder.profiles.appearance import draw_appearance
from builder.profiles.quartets import Quartet
from tests.portraits.people import PLAIN, order

SIZE = 160
BARE: dict[str, Any] = {"facial_hair": "none", "glasses": "none", "marks": ()}

Pixels = npt.NDArray[np.float64]


def _picture(number: int = 5, view: View = "reference", **looks: Any) -> Pixels:
    (picture,) = OfflinePainter().paint([order(number, view, size=SIZE, **{**BARE, **looks})])
    return np.asarray(picture, dtype=np.float64)


def _light(pixels: Pixels) -> Pixels:
    """CIE lightness of each pixel."""
    linear = np.where(pixels <= 10, pixels / 3294.6, ((pixels / 255 + 0.055) / 1.055) ** 2.4)
    return np.asarray(116 * np.cbrt(linear @ (0.2126, 0.7152, 0.0722)) - 16)


@pytest.mark.parametrize("skin", SKIN_TONES)
@pytest.mark.parametrize("hair", HAIR_COLOURS)
def test_a_moustache_is_seen(skin: str, hair: str) -> None:
    looks: dict[str, Any] = {"gender": "male", "skin_tone": skin, "hair_colour": hair, "hair_style": "bald head"}
    bare, grown = (_light(_picture(**looks, facial_hair=kind)) for kind in ("none", "moustache"))
    seen = np.abs(bare - grown) > 9
    assert seen.sum() > 0.0035 * SIZE**2, "most of the hair on the lip, which covers about half a per cent"


@pytest.mark.parametrize("skin", SKIN_TONES)
def test_frames_are_seen_on_every_skin(skin: str) -> None:
    faces = [_face("male", "young", seed, skin_tone=skin) for seed in range(40)]
    for face in faces:
        assert abs(lightness(frame_colour(face)) - lightness(skin_of(face).base)) > 25
    assert len({frame_colour(face) for face in faces}) >= 3


@pytest.mark.parametrize(("view", "name"), [(view, name) for view, lights in LIGHTS.items() for name in lights])
@pytest.mark.parametrize("skin", ["porcelain", "fair", "light"])
def test_skin_stays_skin_in_every_light(skin: str, view: View, name: str) -> None:
    """No lilac: the hue of the face lies between red and yellow."""
    looks = _picture(view=view, scenery={"light": name}, gender="male", skin_tone=skin, hair_style="bald head")
    other = _picture(view=view, scenery={"light": name}, gender="male", skin_tone="deep brown", hair_style="bald head")
    skin_pixels = looks[np.abs(looks - other).sum(axis=2) > 150]  # where the tone of the skin decides
    hues = np.array([colorsys.rgb_to_hsv(*(pixel / 255))[0] for pixel in skin_pixels[::7]])
    off = (hues > 0.14) & (hues < 0.97)
    assert len(hues) > 30
    assert 0.02 < np.median(hues) < 0.12
    assert off.mean() < 0.06, "edges and brows, where other colours shine through"


def _hair(gender: Gender, style: str, number: int) -> npt.NDArray[np.bool_]:
    """Where the hair is: what differs from a bald head."""
    looks: dict[str, Any] = {"gender": gender, "hair_colour": "red", "skin_tone": "light", "age_group": "young"}
    bald, haired = (_picture(number, **looks, hair_style=each) for each in ("bald head", style))
    return np.asarray(np.abs(bald - haired).sum(axis=2) > 90)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_mens_wavy_hair_leaves_jaw_and_neck_free(number: int) -> None:
    """Unlike a bob: below the mouth there is a third of the hair at most."""
    low = slice(round(0.62 * SIZE), round(0.80 * SIZE))
    wavy = _hair("male", "medium-length wavy hair", number)[low].sum()
    bob = _hair("female", "shoulder-length bob", number)[low].sum()
    assert wavy < bob / 3


def _turns(hair: npt.NDArray[np.bool_]) -> int:
    """How often the hair's outer edge turns by a pixel or more, from the eyes down to the shoulders."""
    rows = range(round(0.45 * SIZE), round(0.78 * SIZE))
    edge = np.array([np.flatnonzero(hair[row])[0] for row in rows if hair[row].any()], dtype=np.float64)
    edge = np.convolve(edge, np.ones(3) / 3, "valid")
    turns, start, way = 0, edge[0], 0
    for at in edge:
        if abs(at - start) >= 1.5:
            now = 1 if at > start else -1
            turns += now == -way
            start, way = at, now
        elif (at - start) * way > 0:
            start = at
    return turns


def test_wavy_hair_waves_and_straight_hair_does_not() -> None:
    turns = {
        style: np.mean([_turns(_hair("female", style, number)) for number in range(8)])
        for style in ("long straight hair", "long wavy hair")
    }
    assert turns["long straight hair"] < 1
    assert turns["long wavy hair"] > 1.5


def _face(gender: Gender, age_group: AgeGroup, seed: int, **looks: Any) -> Face:
    appearance = words.random_appearance(gender, random.Random(seed))
    return face_of(type(appearance)(**{**appearance.__dict__, **looks}), gender, age_group, random.Random(seed))


@pytest.mark.parametrize("gender", GENDERS)
def test_ages_differ_in_the_shape_of_the_face(gender: Gender) -> None:
    faces = {age: [_face(gender, age, seed) for seed in range(60)] for age in AGE_GROUPS}

    def mean(of: str, age: AgeGroup) -> float:
        return float(np.mean([getattr(face, of) for face in faces[age]]))

    def jowl(age: AgeGroup) -> float:
        levels = [0.5 * (mouth_level(face) + face.chin_drop) for face in faces[age]]
        widths = [float(half_width(face, level)) for face, level in zip(faces[age], levels, strict=True)]
        return float(np.mean(widths))

    for younger, elder in itertools.pairwise(AGE_GROUPS):
        assert jowl(younger) < jowl(elder)
        assert mean("upper_lip", younger) > mean("upper_lip", elder)
        assert mean("eye_height", younger) > mean("eye_height", elder)
        assert mean("hairline", younger) < mean("hairline", elder)
        assert mean("greying", younger) < mean("greying", elder)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_seen(measure: str) -> None:
    """In some face at least: those of hair do not show on a bald head, nor a beard's on a bare chin."""
    low, high = MEASURES[measure]

    def seen(seed: int) -> bool:
        face = random_face(random.Random(seed))
        asked = order(3, size=96)
        ends = [draw(Face(**{**face.__dict__, measure: end}), asked).tobytes() for end in (low, high)]
        return ends[0] != ends[1]

    assert any(seen(seed) for seed in range(60))


def test_a_head_is_wider_the_older_its_jaw() -> None:
    """The same face, only older, has another outline."""
    young, older = (face_of(PLAIN, "male", age, random.Random(4)) for age in ("young", "older"))
    aged = type(young)(**{**young.__dict__, "sag": older.sag})
    assert np.abs(contour(aged) - contour(young)).max() > 0.025


def test_four_who_share_country_gender_and_age_are_told_apart() -> None:
    """Two hundred people in fours: nobody is taken for anybody else, and those of a four are far apart."""
    fours = [_marks_of_four(number) for number in range(50)]
    apart = PortraitsPart().apart
    everybody = [each for four in fours for each in four]
    twins = sum(_distance(one, other) <= apart for one, other in itertools.combinations(everybody, 2))
    assert twins == 0
    within = [_distance(*pair) for four in fours for pair in itertools.combinations(four, 2)]
    assert min(within) > 3 * apart
    assert np.median(within) > 100, "of 256 bits; unlike pictures differ in 128"


def _marks_of_four(number: int) -> list[str]:
    chance = random.Random(number)
    gender, age_group = chance.choice(GENDERS), chance.choice(AGE_GROUPS)
    four = Quartet(0, LOCALES[number % len(LOCALES)], gender, age_group, 0, 0, 0)
    looks = [draw_appearance(four, member, stream(9, "four", number)) for member in range(4)]
    orders = [
        order(4 * number + member, size=128, gender=gender, age_group=age_group, **look.__dict__)
        for member, look in enumerate(looks)
    ]
    return [perceptual_hash(picture) for picture in OfflinePainter().paint(orders)]


def _distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()
