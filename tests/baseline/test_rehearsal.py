"""Rehearsal: a share of each batch is about strangers whom the embedded model knows, in batches that repeat."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from builder.base.errors import CallError
from builder.baseline.methods import knobs
from builder.baseline.models import strangers
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import TrainPart, resolve
from builder.baseline.training import fitting as training
from builder.baseline.training import rehearsal
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import fit

PART = TrainPart(epochs=0.5, lr=1e-3, batch=8, monitor=0, rehearsal=0.25)


def _quiet(step: int, steps: int) -> None:
    pass


@pytest.fixture(scope="module")
def known() -> list[Example]:
    return rehearsal.examples()


def test_the_strangers_come_with_their_pictures_and_all_wordings(known: list[Example]) -> None:
    pictures = strangers.pictures()
    assert {name for each in known for name in each.pictures} == {*pictures}
    kinds = {(each.question.modality, each.question.task, each.question.use) for each in known}
    assert len(kinds) == 2 * 3 * 3, "of training, evaluation and held-out wordings"
    assert all(name.startswith("stranger-") for name in pictures), "no portrait of a release is called so"


def test_a_share_of_each_batch_is_rehearsed_and_the_same_every_time(
    vlm: Vlm, learned: list[Example], known: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[Sequence[Example]] = []

    def kept(vlm: Vlm, batch: Sequence[Example], *rest: Any) -> float:
        batches.append(batch)
        return 1.0

    monkeypatch.setattr(training, "_step", kept)
    fit(vlm, learned, PART, 0, _quiet, rehearsed=known)
    strangers_there = [[each for each in batch if each in known] for batch in batches]
    assert {len(each) for each in strangers_there} == {2}
    own = [each for batch in batches for each in batch if each not in known]
    assert len(batches) == -(-len(learned) // 6) // 2 + (-(-len(learned) // 6) % 2), "half a pass over the people's own"
    assert all(each in learned for each in own) and len({*map(id, own)}) == len(own)
    first, batches[:] = list(batches), []
    fit(vlm, learned, PART, 0, _quiet, rehearsed=known)
    assert batches == first


def test_the_rehearsed_are_about_as_long_as_the_rest(known: list[Example]) -> None:
    ordered = sorted(known, key=training.length)
    for place in (0, len(ordered) // 2, -1):
        batch = [ordered[place]] * 6
        for each in training._again(ordered, batch, 4, Random(1)):
            assert abs(training.length(each) - training.length(ordered[place])) < 150


def test_only_the_embedded_model_knows_strangers() -> None:
    assert resolve({}, {}, knobs()).train.rehearsal > 0
    assert resolve({"model": "some/model"}, {}, knobs()).train.rehearsal == 0
    with pytest.raises(CallError, match="some/model knows no strangers; only tiny does"):
        resolve({"model": "some/model"}, {"train.rehearsal": 0.5}, knobs())
