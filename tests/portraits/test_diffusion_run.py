"""Runs whose portraits a tiny pipeline paints: what is asked on the command line, refused, killed and gone on with."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from builder.cli import cli
from builder.portraits.painter import Order
from tests.conftest import Run
from tests.folders import digests

pytest.importorskip("diffusers")
pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:diffusers")

RECIPE = """
name = "painted"
seed = 3
[profiles]
count = 8
[portraits]
painter = "diffusers"
size = 64
format = "png"
faces = "off"
apart = 0
train_views = 1
test_views = 1
[diffusion]
model = "{model}"
steps = 1
batch_size = 3
device = "cpu"
[questions]
train_generation = 1
train_cloze = 0
train_classification = 0
[splits]
forget = [20]
holdout = 0
[run]
shard_size = 4
"""
PICTURES = 8 * 3

Painted = Callable[..., Result]


@pytest.fixture
def recipe(pipelines: Path, tmp_path: Path) -> Path:
    path = tmp_path / "painted.toml"
    path.write_text(RECIPE.format(model=pipelines / "sd"))
    return path


@dataclass(frozen=True)
class Whole:
    """A finished run of the recipe and the batches that were painted for it."""

    out: Path
    batches: list[list[Order]]


@pytest.fixture(scope="module")
def whole(pipelines: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A run that nothing went wrong in; look at it, but do not change it."""
    folder = tmp_path_factory.mktemp("painted")
    (folder / "painted.toml").write_text(RECIPE.format(model=pipelines / "sd"))
    with pytest.MonkeyPatch.context() as patch:
        watched = Watched(patch)
        arguments = ["generate", str(folder / "painted.toml"), "--out", str(folder / "run"), "--workers", "1"]
        result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return Whole(folder / "run", watched.batches)


@pytest.fixture
def painted(run: Run, recipe: Path) -> Painted:
    """Generates the recipe in this process."""

    def call(out: Path, *arguments: str) -> Result:
        return run("generate", recipe, "--out", out, "--workers", "1", *arguments)

    return call


class Watched:
    """Counts the pictures that the painter is asked for, and may change what becomes of them."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, meddle: Callable[[Sequence[Order], Any], Any] | None = None
    ) -> None:
        from builder.portraits.diffusion.painter import DiffusersPainter

        self.batches: list[list[Order]] = []
        original = DiffusersPainter._painted

        def painted(painter: DiffusersPainter, batch: Sequence[Order]) -> Any:
            self.batches.append(list(batch))
            arrays = original(painter, batch)
            return meddle(batch, arrays) if meddle else arrays

        monkeypatch.setattr(DiffusersPainter, "_painted", painted)

    @property
    def pictures(self) -> int:
        return sum(map(len, self.batches))


def test_generate_with_a_pipeline_from_the_command_line(
    pipelines: Path, brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(monkeypatch)
    out = tmp_path / "run"
    arguments: list[str | Path] = ["generate", brief, "--out", out, "--profiles", "20", "--workers", "1"]
    arguments += ["--painter", "diffusers", "--model", str(pipelines / "sd3"), "--device", "cpu"]
    arguments += ["--set", "portraits.size=64", "--set", "portraits.faces=off", "--set", "diffusion.steps=1"]
    arguments += ["--set", "portraits.apart=0"]
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert watched.pictures == 24 * 3
    assert not list(out.rglob("*.unfinished"))
    made_with = json.loads((out / "release" / "manifest.json").read_text())["made_with"]
    assert {"torch", "diffusers", "transformers"} <= made_with.keys()
    [made_on] = json.loads((out / "portraits" / "made-on.json").read_text())
    assert made_on.startswith("cpu, float32, torch 2.")
    again = run(*arguments)
    assert "Nothing to do" in again.output
    assert watched.pictures == 24 * 3
    assert "4 made" in run("status", out).output


def test_references_come_first_and_batches_are_filled_across_people(whole: Whole) -> None:
    assert [len(batch) for batch in whole.batches if batch[0].profile_id <= "00003"] == [3, 1, 3, 3, 2]
    for batch in whole.batches:
        assert len({bool(order.reference) for order in batch}) == 1
        assert all(bool(order.reference) == (order.view != "reference") for order in batch)


def test_a_run_that_breaks_off_loses_no_finished_picture(
    painted: Painted, whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"

    with monkeypatch.context() as broken:

        def fail(batch: Sequence[Order], arrays: Any) -> Any:
            if len(watched.batches) == 6:
                raise ValueError("the GPU fell off the bus")
            return arrays

        watched = Watched(broken, fail)
        result = painted(out)
    assert result.exit_code == 1
    assert "StableDiffusionPipeline failed on 3 pictures: ValueError: the GPU fell off the bus" in result.output
    assert list(out.rglob("*.unfinished"))
    watched = Watched(monkeypatch)
    assert painted(out).exit_code == 0
    assert 0 < watched.pictures <= PICTURES - (3 + 1 + 3 + 1 + 3)
    assert digests(out / "release") == digests(whole.out / "release")
    assert not list(out.rglob("*.unfinished"))


def test_killed_the_same_command_goes_on(
    painted: Painted, whole: Whole, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "builder", "generate", str(recipe), "--out", str(out), "--workers", "1"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    deadline = time.monotonic() + 120
    while not list(out.rglob("*.unfinished")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    watched = Watched(monkeypatch)
    assert painted(out).exit_code == 0
    assert 0 < watched.pictures <= PICTURES
    assert digests(out / "release") == digests(whole.out / "release")


def test_what_is_refused_is_painted_again_and_then_recorded(
    painted: Painted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(batch: Sequence[Order], arrays: Any) -> Any:
        for order, array in zip(batch, arrays, strict=True):
            if order.profile_id == "00002" and order.view == "test":
                array[:] = np.nan
            if order.profile_id == "00005" and order.view == "reference" and order.attempt < 2:
                array[:] = 0.5
        return arrays

    watched = Watched(monkeypatch, spoil)
    out = tmp_path / "run"
    result = painted(out, "--set", "portraits.attempts=3", "--set", "run.max_failure_rate=0.2")
    assert result.exit_code == 0, result.output
    attempts = [
        (order.profile_id, order.view, order.attempt) for batch in watched.batches for order in batch if order.attempt
    ]
    assert sorted(attempts) == [
        ("00002", "test", 1), ("00002", "test", 2), ("00005", "reference", 1), ("00005", "reference", 2),
    ]  # fmt: skip
    [failure] = map(json.loads, (out / "failures.jsonl").read_text().splitlines())
    assert failure["profile_id"] == "00002"
    assert (
        "painted 3 times, and the last one was refused because it holds values that are no numbers" in failure["reason"]
    )
    monkeypatch.undo()
    watched = Watched(monkeypatch)
    again = painted(out, "--set", "portraits.attempts=4", "--set", "run.max_failure_rate=0.2")
    assert again.exit_code == 0, again.output


def test_who_failed_is_tried_again_alone(painted: Painted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    arguments = ("--set", "portraits.attempts=1", "--set", "run.max_failure_rate=0.2")
    with monkeypatch.context() as broken:

        def spoil(batch: Sequence[Order], arrays: Any) -> Any:
            for order, array in zip(batch, arrays, strict=True):
                if order.profile_id == "00002" and order.view == "reference":
                    array[:] = np.nan
            return arrays

        Watched(broken, spoil)
        assert painted(out, *arguments).exit_code == 0
    (out / "portraits" / "00000.unfinished").unlink()
    watched = Watched(monkeypatch)
    assert painted(out, *arguments).exit_code == 0
    assert {order.profile_id for batch in watched.batches for order in batch} == {"00002"}
    assert (out / "failures.jsonl").read_text() == ""


def test_what_changes_no_record_paints_nothing_again(
    painted: Painted, whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    shutil.copytree(whole.out, out)
    watched = Watched(monkeypatch)
    assert painted(out, "--set", "diffusion.batch_size=5").exit_code == 0
    assert watched.pictures == 0
    assert painted(out, "--set", "diffusion.steps=2").exit_code == 0
    assert watched.pictures == PICTURES


def test_nothing_of_torch_is_loaded_before_it_paints() -> None:
    code = "import sys, builder.pipeline.stages; print({'torch', 'diffusers'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "x/y"), "--model needs exactly one of --painter and --writer that has a model"),
        (("--painter", "diffusers"), "needs diffusion.model (--painter-model)"),
        (("--painter", "diffusers", "--model", "x/y", "--device", "gpu"), "diffusion.device = 'gpu'"),
    ],
)
def test_wrong_calls_are_explained(tiny: Path, run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("generate", tiny, *arguments)
    assert result.exit_code == 2
    assert message in result.output
