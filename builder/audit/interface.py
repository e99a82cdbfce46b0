"""What an audit is: a look at each person on its own, then a judgement over what was noted of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from builder.audit.finding import Finding
from builder.reading import Person
from builder.recipe import Recipe

Note = TypeVar("Note")


@dataclass(frozen=True)
class Setting:
    """What an audit knows besides the people: the recipe, how many people there are, further names nobody may bear."""

    recipe: Recipe
    people: int
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen(Generic[Note]):
    """What was noted of one person."""

    id: str
    segment: str
    note: Note


@dataclass(frozen=True)
class Audit(Generic[Note]):
    """One kind of audit. Both functions are pure.

    `look` runs in worker processes and returns a small, picklable note, so that memory grows by a few kilobytes a
    person and no image is held; `judge` sees the notes of all people, ordered by id.
    """

    name: str
    title: str
    look: Callable[[Person, Setting], Note]
    judge: Callable[[Sequence[Seen[Note]], Setting], list[Finding]]
