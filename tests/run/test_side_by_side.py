"""A stage that waits for something does not hold up another one that does not need it."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.base import recipe as recipes
from builder.base.errors import BenchError
from builder.base.recipe import Recipe
from builder.pipeline.stages import STAGES
from builder.portraits import staging
from builder.run import engine
from builder.run.fetching import NotFetched
from builder.run.folder import RunFolder
from builder.run.stage import Make, ShardPlace, Stage
from builder.run.workers import Workers

PROFILES, PORTRAITS, QUESTIONS = STAGES
RECIPE = recipes.load(
    "quick",
    {"profiles.count": 8, "splits.forget": [50], "splits.holdout": 0, "portraits.size": 32, "run.shard_size": 4},
)
SHARDS = ["00000.parquet", "00001.parquet"]


def _fetched(stage: Stage, place: ShardPlace, recipe: Recipe) -> Make:
    """Paints nobody before something has come from outside."""
    make = staging.prepare(stage, place, recipe)

    def patient(number: int, profile: Any) -> Any:
        if not (place.folder / "arrived").is_file():
            raise NotFetched([number], "it has not come")
        return make(number, profile)

    return patient


class Slow:
    """A fetcher that brings something, or breaks, when all questions are made."""

    def __init__(self, run: RunFolder, breaks: bool = False) -> None:
        self.run, self.breaks, self.looks = run, breaks, 0
        self.futures: list[Future[None]] = []

    def fetch(self, wanted: Sequence[Any], priority: int) -> "Future[None]":
        self.futures.append(Future())
        return self.futures[-1]

    def has_room(self) -> bool:
        return True

    def flush(self) -> None:
        """What is asked for comes by itself."""

    def status(self) -> str:
        self.looks += 1
        assert self.looks < 1000, "the questions wait for the portraits"
        if all(self.run.shard("questions", index).is_file() for index in range(len(SHARDS))):
            (self.run.path / "arrived").touch()
            for future in self.futures:
                if not future.done() and self.breaks:
                    future.set_exception(BenchError("the painter broke"))
                elif not future.done():
                    future.set_result(None)
        return "waiting"

    def held_up(self) -> str:
        return ""


@pytest.mark.parametrize("workers", [1, 2])
def test_questions_do_not_wait_for_portraits(tmp_path: Path, workers: int) -> None:
    run = RunFolder(tmp_path)
    stages = [PROFILES, replace(PORTRAITS, prepare=_fetched), QUESTIONS]
    with Workers(workers) as pool:
        assert engine.make(run, stages, RECIPE, pool, {"portraits": Slow(run)}) == []
    assert sorted(path.name for path in (tmp_path / "portraits").glob("*.parquet")) == SHARDS


def test_what_breaks_one_stage_ends_the_run_and_costs_no_finished_shard(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    stages = [PROFILES, replace(PORTRAITS, prepare=_fetched), QUESTIONS]
    with Workers(1) as pool, pytest.raises(BenchError, match="the painter broke"):
        engine.make(run, stages, RECIPE, pool, {"portraits": Slow(run, breaks=True)})
    assert run.failures.read_text() == ""
    assert sorted(path.name for path in (tmp_path / "questions").glob("*.parquet")) == SHARDS
    assert not list((tmp_path / "portraits").glob("*.parquet"))
