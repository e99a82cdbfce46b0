"""Runs of the stages that a language model writes for, without portraits and releases: what most tests here need."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.base import recipe as recipes
from builder.base.recipe import Recipe
from builder.llm.remote.live import LiveSender
from builder.llm.remote.policy import RetryPolicy
from builder.pipeline.stages import stages_of
from builder.run import engine
from builder.run.fetching import Fetcher
from builder.run.folder import RunFolder
from builder.run.shards import Failure
from builder.run.workers import Workers

HASTY = RetryPolicy(first_delay=0.01, longest_delay=0.1, first_silence=0.02, dead_after=10)
"""Patience for tests."""
FEW = {
    "splits.holdout": 0,
    "splits.forget": [50],
    "questions.train_generation": 1,
    "questions.train_cloze": 0,
    "questions.train_classification": 0,
    "run.shard_size": 8,
}
"""Fewer questions than usual, so that many people are made in a moment."""


def recipe_for(url: str, count: int = 12, **settings: Any) -> Recipe:
    """A recipe of `count` people by a model at `url`; `settings` are knobs with __ for the dot.

    A request has the usual two minutes: on a busy machine, a shorter time would pass before a good answer was read.
    """
    own = {key.replace("__", "."): value for key, value in settings.items()}
    chat = {"writer.kind": "openai", "chat.base_url": url, "chat.items": 100}
    return recipes.load("quick", {"profiles.count": count, **FEW, **chat, **own})


def make(
    out: Path, recipe: Recipe, sender: Fetcher | None, workers: int = 1, only: Sequence[str] = ("profiles", "questions")
) -> list[Failure]:
    """Make profiles and questions in `out`, or `only` one of them; return the failures."""
    run = RunFolder(out)
    stages = [stage for stage in stages_of(recipe) if stage.name in only]
    with run.opened_for(recipe), Workers(workers) as pool:
        return engine.make(run, stages, recipe, pool, {"profiles": sender, "questions": sender})


def make_live(out: Path, recipe: Recipe, policy: RetryPolicy = HASTY, max_cost: float | None = None) -> LiveSender:
    """Make it by a live server; return who sent, with the counts."""
    with LiveSender(out, recipe.chat, None, max_cost, policy) as sender:
        make(out, recipe, sender)
    return sender
