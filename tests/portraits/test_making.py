"""make_portraits: what is made, that it is the same wherever it is made, and what becomes of bad pictures."""

import dataclasses
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from builder.base import schemas
from builder.base.records import Portrait
from builder.portraits import OfflinePainter, Order, PortraitRefused, make_portraits
from tests.portraits.people import recipe, somebody


def _digests(portraits: Sequence[Portrait]) -> dict[str, str]:
    return {portrait.id: portrait.sha256 for portrait in portraits}


def test_counts_ids_and_order() -> None:
    portraits = make_portraits(somebody(12), recipe(train_views=3, test_views=2), OfflinePainter())
    assert [portrait.id for portrait in portraits] == [
        "00012-reference-0", "00012-train-0", "00012-train-1", "00012-train-2", "00012-test-0", "00012-test-1",
    ]  # fmt: skip
    assert {portrait.profile_id for portrait in portraits} == {"00012"}


@pytest.mark.parametrize("format_", ["png", "jpeg", "webp"])
def test_encoded_as_asked(format_: str) -> None:
    for portrait in make_portraits(somebody(), recipe(format=format_, train_views=1), OfflinePainter()):
        assert portrait.sha256 == hashlib.sha256(portrait.image).hexdigest()
        with Image.open(io.BytesIO(portrait.image)) as image:
            assert image.format == format_.upper()
            assert image.size == (portrait.width, portrait.height) == (48, 48)
            assert image.mode == "RGB"


def test_quality_matters() -> None:
    def weight(quality: int) -> int:
        made = make_portraits(somebody(), recipe(format="jpeg", quality=quality), OfflinePainter())
        return sum(len(portrait.image) for portrait in made)

    assert weight(20) < weight(95)


def test_records_are_valid() -> None:
    for portrait in make_portraits(somebody(), recipe(), OfflinePainter()):
        record = dataclasses.asdict(portrait)
        record.pop("image")
        schemas.check("portrait", record)


def test_same_bytes_in_another_order_and_after_other_people() -> None:
    people = [somebody(number) for number in (0, 1, 2)]
    there = [_digests(make_portraits(person, recipe(), OfflinePainter())) for person in people]
    painter = OfflinePainter()
    back = [_digests(make_portraits(person, recipe(), painter)) for person in reversed(people)]
    assert there == back[::-1]


def test_same_bytes_in_a_fresh_process() -> None:
    code = (
        "from tests.portraits.people import recipe, somebody\n"
        "from builder.portraits import OfflinePainter, make_portraits\n"
        "for number in (5, 4):\n"
        "    made = make_portraits(somebody(number), recipe(), OfflinePainter())\n"
        "    print({portrait.id: portrait.sha256 for portrait in made})"
    )
    root = Path(__file__).parents[2]
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    here = [_digests(make_portraits(somebody(number), recipe(), OfflinePainter())) for number in (5, 4)]
    assert there.split("\n")[:2] == [str(digests) for digests in here]


def test_views_do_not_depend_on_how_many_there_are() -> None:
    few = _digests(make_portraits(somebody(), recipe(train_views=2, test_views=1), OfflinePainter()))
    many = _digests(make_portraits(somebody(), recipe(train_views=5, test_views=3), OfflinePainter()))
    assert few.items() <= many.items()


def test_another_seed_makes_another_picture() -> None:
    one, two = (make_portraits(somebody(), recipe(seed=seed), OfflinePainter()) for seed in (3, 4))
    assert not set(_digests(one).values()) & set(_digests(two).values())


class Faulty:
    """Paints soundly but for what `spoil` makes of a picture; keeps the orders that it got."""

    def __init__(self, spoil: Callable[[Order, Image.Image], Image.Image]) -> None:
        self._spoil = spoil
        self.orders: list[Order] = []

    def paint(self, orders: Sequence[Order]) -> list[Image.Image]:
        self.orders += orders
        sound = OfflinePainter().paint(orders)
        return [self._spoil(order, picture) for order, picture in zip(orders, sound, strict=True)]


def _blank(picture: Image.Image) -> Image.Image:
    return Image.new("RGB", picture.size, (190, 190, 190))


def _black(picture: Image.Image) -> Image.Image:
    return Image.new("RGB", picture.size)


def _small(picture: Image.Image) -> Image.Image:
    return picture.resize((40, 48))


def _grey(picture: Image.Image) -> Image.Image:
    return picture.convert("L")


@pytest.mark.parametrize("spoiled", [_blank, _black, _small, _grey])
def test_a_bad_picture_is_painted_again(spoiled: Callable[[Image.Image], Image.Image]) -> None:
    def spoil(order: Order, picture: Image.Image) -> Image.Image:
        return spoiled(picture) if order.view == "test" and order.attempt < 2 else picture

    painter = Faulty(spoil)
    portraits = make_portraits(somebody(), recipe(), painter)
    sound = make_portraits(somebody(), recipe(), OfflinePainter())
    same = {portrait.id for portrait in portraits} & {portrait.id for portrait in sound}
    assert len(same) == len(sound)
    assert sorted(order.attempt for order in painter.orders if order.view == "test") == [0, 0, 1, 1, 2, 2]
    assert all(order.attempt == 0 for order in painter.orders if order.view != "test")
    for mine, its in zip(portraits, sound, strict=True):
        assert (mine.sha256 == its.sha256) == (mine.view != "test"), "another attempt is another picture"


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [(_blank, "blank"), (_black, "black"), (_small, "40x48 pixels instead of 48x48"), (_grey, "mode L")],
)
def test_a_picture_that_stays_bad_is_given_up(spoiled: Callable[[Image.Image], Image.Image], reason: str) -> None:
    painter = Faulty(lambda order, picture: spoiled(picture) if order.view == "train" else picture)
    with pytest.raises(PortraitRefused, match="portrait 00007-train-0: painted 4 times") as refused:
        make_portraits(somebody(7), recipe(), painter)
    assert reason in str(refused.value)


def test_a_painter_that_loses_pictures_is_found_out() -> None:
    class Forgetful:
        def paint(self, orders: Sequence[Order]) -> list[Image.Image]:
            return OfflinePainter().paint(orders[1:])

    with pytest.raises(PortraitRefused, match="returned 0 pictures for 1 orders"):
        make_portraits(somebody(), recipe(), Forgetful())
