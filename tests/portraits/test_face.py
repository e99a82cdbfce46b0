"""Faces: measures in their ranges, the same for the same person, and numbers for a model to learn from."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builder.portraits.drawn.face import MEASURES, face_of, labels, random_face
from tests.portraits.people import PLAIN


@given(st.integers(0, 2**32))
def test_measures_lie_in_their_ranges(seed: int) -> None:
    face = random_face(random.Random(seed))
    for name, (low, high) in MEASURES.items():
        assert low <= getattr(face, name) <= high, name


@given(st.integers(0, 2**32))
def test_vectors_have_named_entries_between_0_and_1(seed: int) -> None:
    vector = random_face(random.Random(seed)).vector()
    assert vector.shape == (len(labels()),)
    assert vector.dtype == np.float32
    assert vector.min() >= 0
    assert vector.max() <= 1


def test_the_stream_settles_what_the_words_leave_open() -> None:
    one, again, other = (face_of(PLAIN, "female", "young", random.Random(seed)) for seed in (1, 1, 2))
    assert one == again
    assert one.look == other.look
    assert np.abs(one.vector() - other.vector())[: len(MEASURES)].max() > 0.2


def test_age_shows_in_its_lines_but_not_exactly() -> None:
    folds = {
        age: [face_of(PLAIN, "male", age, random.Random(seed)).folds for seed in range(50)]
        for age in ("young", "middle-aged", "older")
    }
    assert max(folds["young"]) < min(folds["middle-aged"])
    assert max(folds["middle-aged"]) < min(folds["older"])
    assert np.ptp(folds["older"]) > 0.2


def test_words_have_entries_of_their_own() -> None:
    face = random_face(random.Random(5))
    entries = dict(zip(labels(), face.vector(), strict=True))
    assert entries[f"hair_style={face.look.hair_style}"] == 1
    assert sum(value for name, value in entries.items() if name.startswith("hair_style=")) == 1
    assert sum(value for name, value in entries.items() if name.startswith("marks=")) == len(face.look.marks)
