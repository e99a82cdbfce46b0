"""What a question can ask for: multiple choice, an open answer, a blank to fill, and whatever other packages add.

Everything that depends on a question's task asks the task: how many a person gets, how a model is asked, how its answer
is scored, what the preview calls it. docs/extending.md shows how to add one.
"""

import functools
from typing import Protocol

from builder.base.errors import CallError
from builder.base.recipe import Recipe
from builder.base.registry import Registry, unknown
from builder.tasks.task import SHOWN_BLANK, Column, Form, Parts, Pool, Task

__all__ = [
    "SHOWN_BLANK",
    "TASKS",
    "Column",
    "Form",
    "Parts",
    "Pool",
    "Task",
    "check",
    "every",
    "measures",
    "named",
    "names",
    "of",
]

TASKS: Registry[Task] = Registry(
    "task",
    "build_bench.tasks",
    {
        "classification": ("builder.tasks.classification:CLASSIFICATION", "multiple choice: which of four is true?"),
        "generation": ("builder.tasks.generation:GENERATION", "an open question, answered in one sentence"),
        "cloze": ("builder.tasks.cloze:CLOZE", "a sentence with a blank to fill"),
        "recognition": ("builder.tasks.recognition:RECOGNITION", "whose face is it? answered with the name"),
        "recognition_choice": ("builder.tasks.recognition:CHOICE", "whose face is it? one of four names"),
        "recognition_yes_no": ("builder.tasks.recognition:YES_NO", "is this the face of the person named?"),
    },
    must_be="an instance of builder.tasks.Task",
    fits=lambda found: isinstance(found, Task),
    about=lambda found: found.title,
)


class HasTask(Protocol):
    """A question, or what is made of one."""

    @property
    def task(self) -> str:
        """The name of its task."""
        ...


def of(asked: HasTask) -> Task:
    """The task of a question. Raises CallError for one that nobody has registered."""
    return named(asked.task)


@functools.cache
def named(name: str) -> Task:
    """The task called `name`. Raises CallError where there is none: a name comes from data, so no module is tried."""
    if name not in names():
        raise CallError(f"{unknown(TASKS.kind, name, names())} Install the package that adds it.")
    found = TASKS.get(name)
    if found.name != name:
        raise CallError(f"The task registered as '{name}' calls itself '{found.name}'; the two must agree.")
    return found


@functools.cache
def names() -> tuple[str, ...]:
    """The names of all tasks, built in first."""
    return tuple(TASKS)


def every() -> tuple[Task, ...]:
    """All tasks, built in first."""
    return tuple(map(named, names()))


def measures() -> dict[str, Task]:
    """The task of each measure that says whether an answer is right, in the order of the measures' names."""
    return dict(sorted((task.measure, task) for task in every()))


def check(recipe: Recipe) -> None:
    """Raise CallError when a recipe asks for a task that nobody has registered or that has knobs of its own, for names
    without concepts, or for concepts without names."""
    for each in recipe.questions.tasks:
        if named(each.name).evaluation_field:
            raise CallError(
                f"[questions] tasks names {each.name}, which has a knob of its own: {named(each.name).knob}."
            )
        if named(each.name).facts and not recipe.concepts.enabled:
            raise CallError(f"[questions] tasks names {each.name}, which asks for names: set concepts.enabled = true.")
    recognised = [each for each in recipe.questions.tasks if each.name == "recognition"]
    if recipe.concepts.enabled and not (recognised and recognised[0].training and recognised[0].evaluation):
        raise CallError(
            "concepts.enabled = true needs the task recognition in [questions] tasks, with at least 1 in training and "
            "in evaluation: the name is what is to be forgotten."
        )
