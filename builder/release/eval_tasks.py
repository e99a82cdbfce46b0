"""eval.yaml: registers a release as a benchmark of the Hub, which `inspect eval hf/<org>/<name>` runs.

Its format asks for one question in a row's columns, so the tasks ask each person's plain question; the whole benchmark
in that runner's form is what `build-bench export --layout inspect` writes.
"""

from typing import Any

import yaml

from builder.base.recipe import Recipe
from builder.format.splits import HOLDOUT, Config
from builder.release.contents import Contents


def render(recipe: Recipe, contents: Contents) -> str:
    """The file."""
    data = {
        "name": recipe.name,
        "description": "Machine unlearning on fictitious people: one open question about each, by name.",
        "evaluation_framework": "inspect-ai",
        "tasks": [_task(config.name) for config in contents.configs if _has_questions(config)],
    }
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1_000)


def _has_questions(config: Config) -> bool:
    return not config.concepts and config.name not in ("train", HOLDOUT)


def _task(config: str) -> dict[str, Any]:
    return {
        "id": config,
        "config": config,
        "split": "train",
        "field_spec": {"input": "question", "target": "answer"},
        "solvers": [{"name": "generate"}],
        "scorers": [{"name": "f1"}],
    }
