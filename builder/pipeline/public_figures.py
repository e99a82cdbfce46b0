"""The public figures of a run. They are so few and so quickly made that they are made with the release, not in shards.

Each is a pure function of the roster, the references and the recipe. The offline writer words the questions about them
whoever words the others, as a model that is to be measured by them should not have worded them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

from builder import questions
from builder.base.errors import BenchError
from builder.base.recipe import Recipe
from builder.base.records import FIRST_PUBLIC_FIGURE, Portrait, Scene
from builder.figures import profiles, references
from builder.figures.pictures import UnusablePicture, decoded, original
from builder.figures.profiles import Known
from builder.figures.references import CommonsPicture
from builder.figures.roster import LICENCE, ROSTER
from builder.format.reading import Person
from builder.format.splits import PUBLIC_FIGURES
from builder.llm.offline_writer import OfflineWriter
from builder.portraits.making import encoded
from builder.release.public_figures import PublicFigures

FILES = (ROSTER, LICENCE)
VERSION = 1
"""Raised whenever the code makes other rows than before."""

_UNDESCRIBED = Scene(*["unknown"] * len(fields(Scene)))
"""Nobody has described what the pictures show."""


def public_figures(recipe: Recipe) -> PublicFigures | None:
    """The public figures that a recipe asks for.

    Raises CallError when it asks for more than there are, or for references from a folder that has none.
    """
    part = recipe.public_figures
    if not part.count:
        return None
    profiles.check_count(part.count)
    known = _known(Path(part.references)) if part.references else {}
    files = (*FILES, Path(part.references) / references.REFERENCES) if part.references else FILES
    return PublicFigures(
        ids=tuple(f"{FIRST_PUBLIC_FIGURE + place:05d}" for place in range(part.count)),
        basis={"code version": VERSION} | {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        notices=(LICENCE.read_text(encoding="utf-8"),),
        make=partial(_people, recipe, known),
    )


def _known(folder: Path) -> Known:
    return {each.name: each for each in references.read(folder).found}


def with_picture(person: Person, data: bytes, recipe: Recipe) -> Person:
    """A public figure with the picture in a file, in the size and format of the portraits, and asked about by it."""
    try:
        picture = decoded(data, recipe.portraits.size)
    except UnusablePicture as error:
        raise BenchError(f"The picture of {person.profile.name} cannot be used: {error}.") from error
    image = encoded(picture, recipe.portraits)
    portrait = Portrait(
        id=f"{person.profile.id}-reference-0",
        profile_id=person.profile.id,
        view="reference",
        index=0,
        scene=_UNDESCRIBED,
        width=picture.width,
        height=picture.height,
        format=recipe.portraits.format,
        sha256=hashlib.sha256(image).hexdigest(),
        image=image,
    )
    asked = questions.make_questions(person.profile, recipe, OfflineWriter())
    return replace(person, portraits=(portrait,), questions=tuple(asked))


def _people(recipe: Recipe, known: Known) -> Iterator[Person]:
    folder = Path(recipe.public_figures.references)
    for person in _by_name(recipe, known):
        picture = known[person.profile.name].usable_picture if person.profile.name in known else None
        if recipe.public_figures.pictures and picture:
            yield with_picture(person, _original(folder, picture), recipe)
        else:
            yield person


def _original(folder: Path, picture: CommonsPicture) -> bytes:
    data = original(folder, picture.sha1)
    if data is None:
        raise BenchError(
            f"{folder} lacks {picture.title}, or has other bytes; 'build-bench figures fetch --with-pictures --out "
            f"{folder}' downloads it."
        )
    return data


def _by_name(recipe: Recipe, known: Known) -> Iterator[Person]:
    """The public figures in text alone."""
    writer = OfflineWriter()
    for place in range(recipe.public_figures.count):
        profile = profiles.profile(place, known)
        asked = questions.make_questions(profile, recipe, writer, pictured=False)
        yield Person(profile, (), tuple(asked), PUBLIC_FIGURES, profiles.sources(place, known))
