"""Fine-tuning: repeatable, with the frozen part frozen and each image encoded once."""

import itertools
from collections.abc import Callable
from random import Random

import pytest
import torch

from builder.base.randomness import stream
from builder.baseline.evaluation.branches import roots
from builder.baseline.evaluation.greedy import follow
from builder.baseline.models.encoding import Row
from builder.baseline.models.memo import TowerMemo
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import TrainPart
from builder.baseline.training.batching import endlessly, length_grouped
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import Diverged, cosine, fit, share_known

PART = TrainPart(epochs=1, lr=2e-3, batch=16, monitor=8)


def _quiet(step: int, steps: int) -> None:
    pass


def test_the_same_seed_gives_the_same_weights(fresh: Callable[[], Vlm], learned: list[Example]) -> None:
    made = []
    for seed in (0, 0, 1):
        vlm = fresh()
        fit(vlm, learned, PART, seed, _quiet)
        made.append(torch.cat([each.flatten() for each in vlm.model.state_dict().values()]))
    assert torch.equal(made[0], made[1]) and not torch.equal(made[0], made[2])


def test_small_pieces_give_the_same_step(fresh: Callable[[], Vlm], learned: list[Example]) -> None:
    losses = []
    for micro in (0, 4):
        part = PART.model_copy(update={"micro_batch": micro, "monitor": 0})
        losses.append(fit(fresh(), learned, part, 0, _quiet).losses)
    assert losses[0] == pytest.approx(losses[1], abs=1e-3)


def test_a_frozen_tower_stays_and_sees_each_image_once(fresh: Callable[[], Vlm], learned: list[Example]) -> None:
    vlm = fresh()
    tower = vlm.model.model.vision_tower
    before = {name: value.clone() for name, value in tower.state_dict().items()}
    vlm.memo = TowerMemo.attach(vlm.model)
    fit(vlm, learned, PART.model_copy(update={"epochs": 3, "monitor": 0}), 0, _quiet)
    assert all(torch.equal(value, before[name]) for name, value in tower.state_dict().items())
    assert vlm.memo is not None and vlm.memo.encoded <= len({name for each in learned for name in each.pictures})


def test_the_memo_changes_no_loss(fresh: Callable[[], Vlm], learned: list[Example]) -> None:
    plain, quick = fresh(), fresh()
    quick.memo = TowerMemo.attach(quick.model)
    part = PART.model_copy(update={"monitor": 0})
    assert fit(plain, learned, part, 0, _quiet).losses == pytest.approx(
        fit(quick, learned, part, 0, _quiet).losses, abs=1e-3
    )


def test_training_stops_when_all_is_known(vlm: Vlm, learned: list[Example]) -> None:
    part = PART.model_copy(update={"epochs": 24, "stop_at": 0.0})
    curve = fit(vlm, learned, part, 0, _quiet)
    assert curve.stopped_early and len(curve.marks) == 1 and len(curve.losses) < 100


def test_a_loss_that_is_no_number_stops_the_training(vlm: Vlm, learned: list[Example]) -> None:
    with pytest.raises(Diverged, match="in step"):
        fit(vlm, learned, PART.model_copy(update={"lr": 1e30, "epochs": 5, "warmup_steps": 0}), 0, _quiet)


def test_knowing_by_heart_is_greedy_decoding(vlm: Vlm, learned: list[Example]) -> None:
    fit(vlm, learned, PART.model_copy(update={"epochs": 2, "monitor": 0}), 0, _quiet)
    rows = [each.row(vlm.chat, Random(0)) for each in learned[:24]]
    longest = max(len(row.answer) for row in rows)
    said = follow(vlm, roots(vlm, [Row(row.prompt, (), row.picture) for row in rows]), longest)
    known = [[*each.ids, vlm.chat.end] == list(row.answer) for each, row in zip(said, rows, strict=True)]
    assert 0 < sum(known) < len(known), "some answers, after so little training"
    assert share_known(vlm, learned[:24]) == pytest.approx(sum(known) / len(known))


def test_every_item_comes_once_a_pass_with_its_like() -> None:
    items = list(range(100))
    batches = list(length_grouped(items, items, 8, stream(0, "order")))
    assert sorted(itertools.chain(*batches)) == items
    assert all(max(batch) - min(batch) < 8 for batch in batches)
    endless = endlessly(items, 30, stream(0, "endless"))
    first = [next(endless) for _ in range(10)]
    assert sorted(itertools.chain(*first)) == sorted(items * 3)


def test_the_learning_rate_rises_then_falls() -> None:
    shares = [cosine(step, 100, 10) for step in range(100)]
    assert shares[0] == 0.1 and max(shares) == shares[9] == 1.0 and shares[-1] < 0.11
