"""Portraits: blank, copied, mixed up and leaked ones are found; sound ones pass."""

import dataclasses
import io
from random import Random

import pytest
from PIL import Image

from builder.audit.pictures import measure
from builder.audit.portraits import PORTRAITS
from builder.format.reading import Person
from tests.audit.people import judged, picture, with_image, world


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return world(40, pictures=True)


def _image(person: Person, view: str) -> bytes:
    return next(each.image for each in person.portraits if each.view == view)


def _saved_again(image: bytes, size: int = 96) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(image)) as opened:
        opened.resize((size, size)).save(buffer, "png")
    return buffer.getvalue()


def _plain(grey: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (48, 48), (grey, grey, grey)).save(buffer, "png")
    return buffer.getvalue()


def test_sound_portraits_pass(people: list[Person]) -> None:
    found = judged(PORTRAITS, people)
    assert set(found) == {"blank_portraits", "repeated_portraits", "trained_test_views", "told_apart"}
    assert {check: finding.sentence for check, finding in found.items() if not finding.passed} == {}


@pytest.mark.parametrize("image", [_plain(0), _plain(200), b"no image", b""])
def test_a_blank_black_or_broken_portrait_is_found(people: list[Person], image: bytes) -> None:
    finding = judged(PORTRAITS, [with_image(people[0], "train", image), *people[1:]])["blank_portraits"]
    assert not finding.passed
    assert finding.worst[0].id == "00000"


@pytest.mark.parametrize("again", [lambda image: image, _saved_again, lambda image: _saved_again(image, 192)])
def test_a_copied_portrait_is_found(people: list[Person], again: type[bytes]) -> None:
    copied = with_image(people[30], "reference", again(_image(people[5], "reference")))
    finding = judged(PORTRAITS, [*people[:30], copied, *people[31:]])["repeated_portraits"]
    assert not finding.passed
    assert finding.worst[0].id == "00030"
    assert "00005-reference-0" in finding.worst[0].text


def test_a_test_view_that_was_trained_on_is_found(people: list[Person]) -> None:
    leaked = with_image(people[3], "test", _saved_again(_image(people[3], "train")))
    finding = judged(PORTRAITS, [*people[:3], leaked, *people[4:]])["trained_test_views"]
    assert not finding.passed
    assert finding.worst[0].id == "00003"


def test_test_views_of_somebody_else_are_found() -> None:
    random = Random(1)
    many = world(400, pictures=True)
    mixed = [with_image(person, "test", picture(9999, random)) for person in many]
    assert not judged(PORTRAITS, mixed)["told_apart"].passed


def test_people_without_test_views_are_not_told_apart(people: list[Person]) -> None:
    bare = [dataclasses.replace(person, portraits=person.portraits[:1]) for person in people]
    assert "told_apart" not in judged(PORTRAITS, bare)


def test_measures_do_not_depend_on_the_size() -> None:
    image = picture(3, Random(0))
    small, large = measure(image), measure(_saved_again(image, 192))
    assert small
    assert large
    assert abs(small.mean - large.mean) < 3
    assert measure(b"") is None
