"""A training that is killed goes on from its checkpoint, to the weights it would have had."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from builder.base.errors import BenchError
from builder.baseline.models import adapter
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import TrainPart
from builder.baseline.training.checkpoint import Checkpoint
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import fit

PART = TrainPart(epochs=1.5, lr=1e-3, batch=16, warmup_steps=3, monitor=8)


def _quiet(step: int, steps: int) -> None:
    """Nobody listens."""


class Killer:
    """Kills a training when it says that step `last` is done, before that can be written; keeps what it has heard."""

    def __init__(self, last: int) -> None:
        self.last, self.heard = last, list[int]()

    def __call__(self, step: int, steps: int) -> None:
        self.heard.append(step)
        if step == self.last:
            raise KeyboardInterrupt


def _weights(vlm: Vlm) -> dict[str, Any]:
    return {name: value.clone() for name, value in vlm.model.state_dict().items()}


@pytest.mark.parametrize("rank", [0, 4])
def test_a_killed_training_ends_with_the_same_weights(
    rank: int, fresh: Callable[[], Vlm], learned: list[Example], tmp_path: Path
) -> None:
    def model() -> Vlm:
        vlm = fresh()
        if rank:
            torch.manual_seed(0)
            adapter.attach(vlm, rank)
        return vlm

    whole, cut, other = model(), model(), model()
    expected = fit(whole, learned, PART, 0, _quiet)
    path = tmp_path / "here" / "vanilla.safetensors"
    with pytest.raises(KeyboardInterrupt):
        fit(cut, learned, PART, 0, Killer(5), Checkpoint(path, 0))
    torch.manual_seed(99)
    heard = Killer(0)
    found = fit(other, learned, PART, 0, heard, Checkpoint(path, 0))
    assert len(found.losses) == 9, "the checkpoint lies before the second pass"
    assert heard.heard[:2] == [4, 5], "what was not written is done again, and nothing else"
    assert found == expected
    theirs = _weights(other)
    assert all(torch.equal(value, theirs[name]) for name, value in _weights(whole).items())


def test_a_training_that_was_over_is_not_repeated(vlm: Vlm, learned: list[Example], tmp_path: Path) -> None:
    path = tmp_path / "vanilla.safetensors"
    part = PART.model_copy(update={"stop_at": 0.0})
    first = fit(vlm, learned, part, 0, _quiet, Checkpoint(path, 0))
    assert first.stopped_early
    before, heard = _weights(vlm), Killer(0)
    assert fit(vlm, learned, part, 0, heard, Checkpoint(path, 0)) == first
    assert heard.heard == [len(first.losses)]
    assert all(torch.equal(value, before[name]) for name, value in _weights(vlm).items())


def test_nothing_is_written_before_its_time(vlm: Vlm, learned: list[Example], tmp_path: Path) -> None:
    fit(vlm, learned, PART, 0, _quiet, Checkpoint(tmp_path / "vanilla.safetensors", 3600))
    assert not list(tmp_path.iterdir())


def test_a_broken_checkpoint_is_named(vlm: Vlm, learned: list[Example], tmp_path: Path) -> None:
    path = tmp_path / "vanilla.safetensors"
    path.write_bytes(b"not at all")
    with pytest.raises(BenchError, match=r"vanilla.safetensors cannot be read.*delete it"):
        fit(vlm, learned, PART, 0, _quiet, Checkpoint(path, 0))
