"""The people of a release as a baseline divides them: to forget, to retain, held out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import CallError
from builder.base.records import Portrait, Question
from builder.format.concepts import Concept
from builder.format.lacking import Need, why_not
from builder.format.reading import Person, Release, open_release

HOLDOUT, PUBLIC = "holdout", "public_figures"
"""Segments whose people no model is trained on."""
TRAINED_VIEWS = ("reference", "train")
_USUAL_FORGET = 10
"""The forget set of a release that has it, in percent."""


@dataclass(frozen=True)
class Crowd:
    """Everybody in a release. `manifest` says where it comes from, `drawn` whether the offline painter drew them.

    Public figures, if a release has any, measure only utility: what a model knows of them it knew before training. With
    `concepts`, only the faces of the forget set are to be forgotten.
    """

    forget: tuple[Person, ...]
    retain: tuple[Person, ...]
    holdout: tuple[Person, ...]
    manifest: dict[str, Any]
    drawn: bool = True
    public_figures: tuple[Person, ...] = ()
    concepts: tuple[Concept, ...] = ()

    def why_not(self, needs: Iterable[Need]) -> str:
        """Why what needs these parts of a release is not applicable to this one; empty where it is."""
        return why_not(self.manifest, needs)

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


def usual_forget(source: Path) -> int:
    """The forget set that is meant where none is named, in percent: 10, or the smallest that the release has."""
    offered = _offered(open_release(source))
    return _USUAL_FORGET if _USUAL_FORGET in offered else min(offered, default=_USUAL_FORGET)


def _offered(release: Release) -> list[int]:
    names = (name for name in release.configs if name.startswith("forget_"))
    return [int(name.removeprefix("forget_")) for name in names]


def divide(release: Release, forget: int) -> Crowd:
    """The people of `release`, divided by its `forget_<percent>` config."""
    offered = _offered(release)
    if forget not in offered:
        if not offered:
            raise CallError(f"{release.path} has no forget sets, so there is nothing to unlearn.")
        choices = ", ".join(map(str, offered))
        raise CallError(f"{release.path} has no forget set of {forget}%; --forget takes one of {choices}.")
    gone = release.segments_of(f"forget_{forget}")
    kept = [name for name in release.segments if name not in gone and name not in (HOLDOUT, PUBLIC)]
    forgotten = tuple(release.people(*gone))
    ids = {person.profile.id for person in forgotten}
    return Crowd(
        forget=forgotten,
        retain=tuple(release.people(*kept)),
        holdout=_people(release, HOLDOUT),
        manifest=release.manifest,
        drawn=release.drawn,
        public_figures=_people(release, PUBLIC),
        concepts=tuple(concept for concept in release.concepts() if concept.concept_id in ids),
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
