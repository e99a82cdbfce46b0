"""The people of a release as a baseline divides them: to forget, to retain, held out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import CallError
from builder.base.records import Portrait, Question
from builder.format.reading import Person, Release, open_release

HOLDOUT, PUBLIC = "holdout", "public_figures"
"""Segments whose people no model is trained on."""
TRAINED_VIEWS = ("reference", "train")


@dataclass(frozen=True)
class Crowd:
    """Everybody in a release. `manifest` says where it comes from, `drawn` whether the offline painter drew them.

    Public figures, if a release has any, measure only utility: what a model knows of them it knew before training.
    """

    forget: tuple[Person, ...]
    retain: tuple[Person, ...]
    holdout: tuple[Person, ...]
    manifest: dict[str, Any]
    drawn: bool = True
    public_figures: tuple[Person, ...] = ()

    @property
    def trained(self) -> tuple[Person, ...]:
        """The people vanilla is trained on."""
        return (*self.forget, *self.retain)

    @property
    def everybody(self) -> tuple[Person, ...]:
        """The people any model is asked about."""
        return (*self.trained, *self.holdout, *self.public_figures)


def read_crowd(source: Path, forget: int) -> Crowd:
    """The people of the release in `source`, divided by its `forget_<percent>` config.

    Raises CallError when there is no release, or no such forget set in it.
    """
    return divide(open_release(source), forget)


def divide(release: Release, forget: int) -> Crowd:
    """The people of `release`, divided by its `forget_<percent>` config."""
    offered = [name for name in release.configs if name.startswith("forget_")]
    if f"forget_{forget}" not in offered:
        choices = ", ".join(name.removeprefix("forget_") for name in offered)
        raise CallError(f"{release.path} has no forget set of {forget}%; --forget takes one of {choices}.")
    gone = release.segments_of(f"forget_{forget}")
    kept = [name for name in release.segments if name not in gone and name not in (HOLDOUT, PUBLIC)]
    return Crowd(
        forget=tuple(release.people(*gone)),
        retain=tuple(release.people(*kept)),
        holdout=_people(release, HOLDOUT),
        manifest=release.manifest,
        drawn=release.recipe.portraits.painter == "offline",
        public_figures=_people(release, PUBLIC),
    )


def _people(release: Release, segment: str) -> tuple[Person, ...]:
    return tuple(release.people(segment)) if segment in release.segments else ()


def questions(person: Person, use: str) -> list[Question]:
    """A person's questions of one use, in the order of their ids."""
    return [question for question in person.questions if question.use == use]


def portraits(person: Person, *views: str) -> list[Portrait]:
    """A person's portraits of the named views."""
    return [portrait for portrait in person.portraits if portrait.view in views]


def pictures_of(people: Iterable[Person]) -> dict[str, bytes]:
    """The encoded image of every portrait of `people`, by the portrait's id."""
    return {portrait.id: portrait.image for person in people for portrait in person.portraits}
