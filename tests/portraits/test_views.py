"""Scenes: held-out views share nothing with what a model may train on, and train views differ."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base.recipe import PortraitsPart
from builder.base.records import View
from builder.portraits.views import scene, views_of, vocabulary

FIELDS = ("pose", "light", "background", "framing", "expression", "clothes")
HELD_OUT = ("pose", "light", "background", "framing", "clothes")
VIEWS: tuple[View, ...] = ("reference", "train", "test")


@pytest.mark.parametrize("field", HELD_OUT)
def test_test_views_share_no_word_with_the_others(field: str) -> None:
    trained_on = {*vocabulary("train")[field], *vocabulary("reference")[field]}
    assert not trained_on & set(vocabulary("test")[field])


def test_every_field_has_words() -> None:
    for view in VIEWS:
        assert set(vocabulary(view)) == set(FIELDS)
        assert all(vocabulary(view).values())


@given(st.integers(0, 2**63 - 1), st.integers(0, 99_999), st.sampled_from(VIEWS), st.integers(0, 63))
def test_scenes_use_their_views_words(seed: int, number: int, view: View, index: int) -> None:
    one = scene(seed, f"{number:05d}", view, index)
    for field in FIELDS:
        assert getattr(one, field) in vocabulary(view)[field]
    assert one == scene(seed, f"{number:05d}", view, index)


@settings(max_examples=15)
@given(st.integers(0, 2**63 - 1), st.integers(0, 99_999))
def test_views_differ(seed: int, number: int) -> None:
    scenes = [scene(seed, f"{number:05d}", "train", index) for index in range(64)]
    assert len(set(scenes)) == 64
    assert len({scene(seed, f"{number:05d}", "test", index) for index in range(64)}) == 64
    for one, two in itertools.combinations(scenes[:4], 2):  # as many as the recipes ask for by default
        assert all(getattr(one, field) != getattr(two, field) for field in FIELDS)


def test_people_get_scenes_of_their_own() -> None:
    assert len({scene(0, f"{number:05d}", "test", 0) for number in range(60)}) > 50


def test_views_are_those_of_the_recipe() -> None:
    assert views_of(PortraitsPart(train_views=2, test_views=1)) == [
        ("reference", 0), ("train", 0), ("train", 1), ("test", 0),
    ]  # fmt: skip
    assert views_of(PortraitsPart(train_views=0)) == [("reference", 0), ("test", 0), ("test", 1)]
