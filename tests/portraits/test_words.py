"""Words of an appearance: those known, and what becomes of others."""

import dataclasses
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.portraits import words
from builder.portraits.drawn.face import face_of
from tests.portraits.people import PLAIN, drawn, order


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("dark brown", words.SKIN_TONES, "dark brown"),
        ("Very Dark Brown", words.SKIN_TONES, "dark brown"),
        ("long, wavy chestnut hair", words.ALL_HAIR_STYLES, "long wavy hair"),
        ("two braids", words.ALL_HAIR_STYLES, "braided hair"),
        ("a neat moustache", words.FACIAL_HAIR, "moustache"),
        ("no facial hair", words.FACIAL_HAIR, "none"),
        ("clean-shaven", words.FACIAL_HAIR, "none"),
        ("", words.GLASSES, "none"),
        ("thick round spectacles", words.GLASSES, "round glasses"),
        ("heart", words.FACE_SHAPES, "heart-shaped"),
        ("gray", words.HAIR_COLOURS, "grey"),
        ("freckled", words.MARKS, "freckles"),
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
