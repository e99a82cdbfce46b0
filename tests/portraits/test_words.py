"""Words of an appearance: those known, and what becomes of others."""

import dataclasses
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.base.looks import ALL_HAIR_STYLES, FACE_SHAPES, FACIAL_HAIR, GLASSES, HAIR_COLOURS, MARKS, SKIN_TONES
from builder.portraits import words
from builder.portraits.drawn.face import face_of
from tests.portraits.people import PLAIN, drawn, order


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("dark brown", SKIN_TONES, "dark brown"),
        ("Very Dark Brown", SKIN_TONES, "dark brown"),
        ("long, wavy chestnut hair", ALL_HAIR_STYLES, "long wavy hair"),
        ("two braids", ALL_HAIR_STYLES, "braided hair"),
        ("a neat moustache", FACIAL_HAIR, "moustache"),
        ("no facial hair", FACIAL_HAIR, "none"),
        ("clean-shaven", FACIAL_HAIR, "none"),
        ("", GLASSES, "none"),
        ("thick round spectacles", GLASSES, "round glasses"),
        ("heart", FACE_SHAPES, "heart-shaped"),
        ("gray", HAIR_COLOURS, "grey"),
        ("freckled", MARKS, "freckles"),
    ],
)
def test_other_words_are_read_as_the_nearest(word: str, known: tuple[str, ...], meant: str) -> None:
    assert words.nearest(word, known) == meant


def test_known_words_stay() -> None:
    assert words.settled(PLAIN) == PLAIN


@given(st.fixed_dictionaries({field.name: st.text(max_size=30) for field in dataclasses.fields(PLAIN)}))
def test_any_words_make_a_face(texts: dict[str, Any]) -> None:
    appearance = dataclasses.replace(PLAIN, **{**texts, "marks": (texts["marks"],)})
    face = face_of(appearance, "male", "older", random.Random(0))
    assert face.look == words.settled(face.look)


def test_unknown_words_are_drawn() -> None:
    looks: dict[str, Any] = {field.name: "something never seen" for field in dataclasses.fields(PLAIN)}
    assert drawn(order(**{**looks, "marks": ("a tattoo of a swan", "one more")}))


def test_unknown_scenes_are_drawn() -> None:
    fields = ("pose", "light", "background", "framing", "expression", "clothes")
    assert drawn(order(view="test", scenery=dict.fromkeys(fields, "as nobody has seen it")))
