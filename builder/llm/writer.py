"""What a writer is asked for and what it gives back.

A writer words things. Values, options, letters and blanks are never its own: it is handed the values, and what it
returns is checked against them by the stage that asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from builder.base.records import Modality, Profile, Task, Use


@dataclass(frozen=True)
class Ask:
    """One item to word: which fact of the profile, for which task, modality and use.

    `variant` counts the items that are otherwise alike; each must be worded differently, and an evaluation item
    differently from every training item of its fact, task and modality. `alternatives` are the values that the wrong
    answers of a generation item must state, one each. An item that `repeats` is a copy of the training item with the
    same fact, task, modality and variant, and no writer is asked for it.
    """

    fact: str
    task: Task
    modality: Modality
    use: Use
    variant: int
    alternatives: tuple[str, ...] = ()
    repeats: bool = False


@dataclass(frozen=True)
class Wording:
    """The words of one item.

    `question` holds the blank for a cloze item. `answer` is a sentence that states the value (generation) or
    the value as it fills the blank (cloze), and empty for classification, whose options are not the writer's.
    """

    question: str
    answer: str = ""
    wrong_answers: tuple[str, ...] = ()


class Writer(Protocol):
    """Who words biographies and questions."""

    def biography(self, profile: Profile, stream: Random) -> str:
        """A text that states every asked fact of `profile` (whose own `biography` is still empty)."""
        ...

    def word(self, profile: Profile, asks: Sequence[Ask], stream: Random) -> list[Wording]:
        """The wording of each of `asks`, in order."""
        ...
