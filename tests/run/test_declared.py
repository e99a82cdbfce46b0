"""A stage reads the parts of the recipe that it declares, and no other."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from builder.base import recipe as recipes
from builder.base.recipe import Recipe
from builder.pipeline.stages import STAGES
from builder.run import engine
from builder.run.declared import UndeclaredPart, declared
from builder.run.folder import RunFolder
from builder.run.stage import Make, ShardPlace, Stage
from builder.run.workers import Workers

RECIPE = recipes.load("quick", {"profiles.count": 8, "splits.forget": [50], "splits.holdout": 0})


def test_declared_parts_are_those_of_the_recipe() -> None:
    view = declared(RECIPE, ("seed", "questions"), "questions")
    assert (view.seed, view.questions) == (RECIPE.seed, RECIPE.questions)


@pytest.mark.parametrize(
    "read",
    [lambda recipe: recipe.portraits, lambda recipe: recipe.total, lambda recipe: recipe.run.shard_size],
    ids=["part", "property", "knob"],
)
@pytest.mark.parametrize("travelled", [False, True])
def test_an_undeclared_part_cannot_be_read(read: Callable[[Recipe], object], travelled: bool) -> None:
    view = declared(RECIPE, ("seed", "questions"), "questions")
    if travelled:  # to a worker process
        view = pickle.loads(pickle.dumps(view))
    for each in (view, view.model_copy(update={"seed": 3})):
        with pytest.raises(UndeclaredPart, match=r"The stage 'questions' reads '\w+' of the recipe"):
            read(each)


def _nosy(_stage: Stage, _place: ShardPlace, recipe: Recipe) -> Make:
    return lambda number, _: [recipe.portraits.size]  # type: ignore[list-item]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_ends_with_an_undeclared_read(tmp_path: Path, workers: int) -> None:
    recipe = RECIPE.model_copy(update={"run": RECIPE.run.model_copy(update={"shard_size": 4, "max_failure_rate": 1.0})})
    stage = replace(STAGES[0], prepare=_nosy)
    with Workers(workers) as pool, pytest.raises(UndeclaredPart, match="'profiles' reads 'portraits'"):
        engine.make(RunFolder(tmp_path), [stage], recipe, pool)
    assert not list(tmp_path.rglob("*.parquet"))
