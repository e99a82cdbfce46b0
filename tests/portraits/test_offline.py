"""The offline painter: every word can be drawn and is seen, at every size, and a person stays the same person."""

import itertools
import os
import random
import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from builder.base.looks import (
    ALL_HAIR_STYLES,
    EYE_COLOURS,
    EYE_SHAPES,
    FACE_SHAPES,
    FACIAL_HAIR,
    GLASSES,
    HAIR_COLOURS,
    MARKS,
    SKIN_TONES,
)
from builder.base.records import AGE_GROUPS, Gender, View
from builder.portraits import OfflinePainter, Order
from builder.portraits.checks import fault
from builder.portraits.drawn.curves import points
from builder.portraits.drawn.face import random_face
from builder.portraits.drawn.pose import FRAMINGS, POSES, Rig, varied
from builder.portraits.views import vocabulary
from tests.portraits.people import drawn, order

Pixels = npt.NDArray[np.float32]


@pytest.mark.parametrize("size", [32, 33, 64, 256, 512])
def test_sizes(size: int) -> None:
    for view in ("reference", "train", "test"):
        (picture,) = OfflinePainter().paint([order(3, view, size=size)])
        assert fault(picture, size) is None


def test_a_picture_does_not_depend_on_its_batch() -> None:
    orders = [order(number, view) for number in (1, 2) for view in ("reference", "test")]
    together = [picture.tobytes() for picture in OfflinePainter().paint(orders)]
    assert together == [drawn(asked) for asked in orders]
    assert OfflinePainter().paint([]) == []


def test_a_picture_does_not_depend_on_what_the_processor_can() -> None:
    """OpenCV and the matrix products of numpy choose their code by the processor; an old one is pretended here."""
    code = (
        "import hashlib; from tests.portraits.people import drawn, order; "
        "print(hashlib.sha256(b''.join(drawn(order(number, size=256)) for number in range(12))).hexdigest())"
    )
    older = {
        "OPENCV_CPU_DISABLE": "AVX512-SKX,AVX2,FMA3,AVX,FP16,SSE4.2,SSE4.1",
        "OPENCV_IPP": "disabled",
        "OPENBLAS_CORETYPE": "Prescott",
    }
    printed = [
        subprocess.run([sys.executable, "-c", code], env=os.environ | env, capture_output=True, text=True, check=True)
        for env in ({}, older)
    ]
    assert printed[0].stdout == printed[1].stdout != ""


def test_another_attempt_keeps_the_person_and_moves_the_picture() -> None:
    first = order(4, "train")
    second = Order(**{**first.__dict__, "attempt": 1})
    assert drawn(first) != drawn(second)
    assert first.identity.random() == second.identity.random()


LOOKS: list[tuple[Gender, str, tuple[Any, ...]]] = [
    ("female", "skin_tone", SKIN_TONES),
    ("female", "face_shape", FACE_SHAPES),
    ("female", "hair_colour", HAIR_COLOURS),
    ("female", "hair_style", ALL_HAIR_STYLES),
    ("male", "hair_style", ALL_HAIR_STYLES),
    ("male", "eye_colour", EYE_COLOURS),
    ("female", "eye_shape", EYE_SHAPES),
    ("male", "facial_hair", FACIAL_HAIR),
    ("female", "glasses", GLASSES),
    ("female", "marks", ((), *((mark,) for mark in MARKS), MARKS)),
]


@pytest.mark.parametrize(("gender", "field", "known"), LOOKS, ids=[f"{look[0]}-{look[1]}" for look in LOOKS])
def test_every_word_of_an_appearance_is_seen(gender: Gender, field: str, known: tuple[Any, ...]) -> None:
    base: dict[str, Any] = {"hair_style": "short cropped hair", "glasses": "none", "facial_hair": "none", "marks": ()}
    pictures = {
        word: drawn(order(5, size=128, gender=gender, **{**base, "hair_colour": "brown", field: word}))
        for word in known
    }
    assert len(set(pictures.values())) == len(known)
    for view in ("train", "test"):  # turned heads, too
        for word in known:
            assert drawn(order(5, view, gender=gender, **{**base, field: word}))


def test_every_age_group_is_seen() -> None:
    assert len({drawn(order(6, size=128, age_group=age)) for age in AGE_GROUPS}) == 3


@pytest.mark.parametrize("view", ["reference", "train", "test"])
def test_every_word_of_a_scene_is_seen(view: View) -> None:
    for field, known in vocabulary(view).items():
        pictures = {drawn(order(8, view, size=64, scenery={field: word})) for word in known}
        assert len(pictures) == len(known), field


def test_a_person_is_nearer_to_itself_than_to_others() -> None:
    """Faces cut out where the pose puts them, in the views that a model trains on and in those that are held out."""
    people = range(24)
    references = np.stack([_face(order(number, size=160)) for number in people])
    views: tuple[View, ...] = ("train", "test")
    for view in views:
        faces = np.stack([_face(order(number, view, size=160)) for number in people])
        distances = ((faces[:, None] - references[None]) ** 2).mean(axis=2)
        own, others = np.diag(distances), distances[~np.eye(len(people), dtype=bool)]
        assert own.mean() < 0.7 * others.mean()
        assert (distances.argmin(axis=1) == np.arange(len(people))).mean() > 0.5, "by chance one in 24"


def _face(asked: Order) -> Pixels:
    """The face alone, 24 x 24 pixels, each colour brought to the same mean and spread."""
    (picture,) = OfflinePainter().paint([asked])
    scene, view = asked.scene, asked.view
    pose, framing = varied(POSES[view][scene.pose], FRAMINGS[view][scene.framing], asked.chance)
    rig = Rig(random_face(random.Random(0)), pose, framing, asked.size)
    (x, y), reach = rig.surface(points((0, 0.1)))[0], 0.75 * rig.unit
    upright = picture.rotate(pose.roll, Image.Resampling.BILINEAR, center=(x, y))
    face = upright.crop((round(x - reach), round(y - reach), round(x + reach), round(y + reach)))
    pixels = np.asarray(face.resize((24, 24), Image.Resampling.BOX), dtype=np.float32).reshape(-1, 3)
    return np.asarray((pixels - pixels.mean(axis=0)) / (pixels.std(axis=0) + 8)).ravel()


def test_people_differ() -> None:
    pictures = [OfflinePainter().paint([order(number, size=64)])[0] for number in range(60)]
    hashes = [_difference_hash(picture) for picture in pictures]
    nearest = min(int(np.sum(one != two)) for one, two in itertools.combinations(hashes, 2))
    assert nearest > 10, "of 256 bits"


def _difference_hash(picture: Image.Image) -> npt.NDArray[np.bool_]:
    grey = np.asarray(picture.convert("L").resize((17, 16), Image.Resampling.BOX), dtype=np.int16)
    return np.asarray(grey[:, 1:] > grey[:, :-1]).ravel()
