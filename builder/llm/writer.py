"""The contract of a writer: what it is asked for and what it returns.

A writer words things. Values, options, letters and blanks are never its own: it is handed the values, and what it
returns is checked against them by the stage that asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from builder import tasks
from builder.base.errors import CallError
from builder.base.makers import WRITERS, Maker
from builder.base.recipe import Recipe
from builder.base.records import Modality, Profile, Use
from builder.tasks import Form


@dataclass(frozen=True)
class Ask:
    """One item to word: which fact of the profile, for which task, modality and use.

    `variant` counts the items that are otherwise alike; each must be worded differently, and an evaluation item
    differently from every training item of its fact, task and modality. `alternatives` are the values that the wrong
    answers of an open item must state, one each. An item that `repeats` is a copy of the training item with the
    same fact, task, modality and variant, and no writer is asked for it.
    """

    fact: str
    task: str
    modality: Modality
    use: Use
    variant: int
    alternatives: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def form(self) -> Form:
        """What is to be worded: a question with options, an open one with its answer, a sentence with a blank."""
        return tasks.of(self).form


@dataclass(frozen=True)
class Wording:
    """The words of one item.

    `question` holds the blank where there is one. `answer` is a sentence that states the value (an open item) or the
    value as it fills the blank, and empty where options are shown, which are not the writer's.
    """

    question: str
    answer: str = ""
    wrong_answers: tuple[str, ...] = ()


class Writer(Protocol):
    """Words biographies and questions."""

    def biography(self, profile: Profile, stream: Random) -> str:
        """A text that states every asked fact of `profile` (whose own `biography` is still empty)."""
        ...

    def word(self, profile: Profile, asks: Sequence[Ask], stream: Random) -> list[Wording]:
        """The wording of each of `asks`, in order."""
        ...


Laws = Callable[[Profile, Sequence[Ask], Sequence[Wording]], Sequence[tuple[int, str, str]]]
"""The faults of some items, compared with each other too: the item's index, the law and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class WriterSpec(Maker):
    """A writer that a recipe can choose: `writer.kind` is its name.

    `open(folder, recipe, laws)` gives the writer, in a worker process; a model's answers are kept in `folder`, which is
    the run's or a slice's own. The recipe has the parts that the writer declares, its seed, `writer` and the part of
    the stage that asks, `profiles` or `questions`. `laws` says what is wrong with the wording of questions. A writer
    with a `model_key` asks the model of [chat], and its answers are fetched for the run.
    """

    open: Callable[[Path, Recipe, Laws], Writer]


def writer_spec(name: str) -> WriterSpec:
    """The writer of this name. Raises CallError where there is none."""
    found = WRITERS.get(name)
    if not isinstance(found, WriterSpec):
        raise CallError(f"The writer '{name}' must be a WriterSpec.")
    return found


def asks_model(recipe: Recipe) -> bool:
    """Whether the recipe's writer asks a language model."""
    return bool(writer_spec(recipe.writer.kind).model_key)


def check_model(recipe: Recipe) -> None:
    """Raise CallError where the recipe's writer asks no model, so that nothing about one can be meant."""
    if not asks_model(recipe):
        raise CallError(f"The {recipe.writer.kind} writer uses no model; add --writer openai.")
