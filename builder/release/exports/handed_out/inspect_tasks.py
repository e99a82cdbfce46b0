"""Questions about people who do not exist, as an Inspect task: a set of people and a kind of question at a time.

inspect eval tasks.py@questions -T config=forget_5 -T kind=classification --model …
"""

import base64
import functools
import importlib.util
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText
from inspect_ai.scorer import Score, Scorer, Target, grouped, mean, scorer
from inspect_ai.solver import TaskState, generate

HERE = Path(__file__).parent
SHOWN = ("person", "fact", "task", "modality")
SCORED = ("target", "value", "others", "figures")


@task
def questions(config: str = "test", kind: str = "classification") -> Task:
    """The questions of one kind about the people of one set."""
    lines = (HERE / f"{config}.jsonl").read_text(encoding="utf-8").splitlines()
    samples = [sample(row) for row in map(json.loads, lines) if row["task"] == kind]
    if not samples:
        raise ValueError(f"{config} has no questions of the kind '{kind}'.")
    name = f"{config}_{kind}"
    return Task(dataset=MemoryDataset(samples, name=name), solver=generate(), scorer=figures(), name=name)


@scorer(metrics={"*": [grouped(mean(), "modality")]})
def figures() -> Scorer:
    """Every figure of an answer, as build-bench gives it, with image and text apart."""

    async def score(state: TaskState, target: Target) -> Score:
        row, output = state.metadata, state.output.completion
        key = SimpleNamespace(target=row["target"], value=row["value"], others=row["others"])
        worth = {name.partition(".")[2]: figure(name)(output, key) for name in row["figures"]}
        return Score(value=worth, answer=output)

    return score


def sample(row: Mapping[str, Any]) -> Sample:
    """One question with its portrait, if it has one."""
    parts = [image(row["image"])] if row["image"] else []
    return Sample(
        id=row["id"],
        input=[ChatMessageUser(content=[*parts, ContentText(text=row["prompt"])])],
        target=row["target"],
        metadata={key: row[key] for key in (*SHOWN, *SCORED)},
    )


def image(name: str) -> ContentImage:
    """A portrait as part of a message."""
    data = base64.b64encode((HERE / "images" / name).read_bytes()).decode()
    return ContentImage(image=f"data:image/{name.rpartition('.')[2]};base64,{data}")


@functools.cache
def figure(name: str) -> Callable[[str, Any], float]:
    """The function of a file beside this one: "file.function"."""
    file, _, function = name.partition(".")
    spec = importlib.util.spec_from_file_location(file, HERE / f"{file}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str, Any], float] = getattr(module, function)
    return found
