"""`figures embed`: a copy of a release that holds the pictures which the release refers to.

A release that does not pass pictures on names each by its sha1. So everybody can fetch the same bytes, and gets the
rows that `generate` would have written with the pictures.
"""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.base import recipe as recipes
from builder.base.errors import BenchError, CallError
from builder.base.recipe import Recipe
from builder.base.records import Source
from builder.figures.fetching import by_hash
from builder.figures.pictures import original
from builder.figures.roster import LICENCE
from builder.format.reading import Person, Release
from builder.format.splits import PUBLIC_FIGURES
from builder.pipeline.public_figures import with_picture
from builder.release import contents, dressing, manifest, public_figures
from builder.release.public_figures import PublicFigures
from builder.run.files import replacing_folder, write_text
from builder.run.folder import RECIPE, fingerprint
from builder.run.stage import digest


@dataclass(frozen=True)
class Embedded:
    """A copy of a release with pictures. `refused` says, by name, why somebody is without one."""

    release: Path
    pictures: int
    refused: Mapping[str, str]

    def __str__(self) -> str:
        lines = [f"{self.pictures} pictures are in {self.release}, each with the sha1 that the release names."]
        return "\n".join([*lines, *(f"  no picture: {name}: {reason}" for name, reason in self.refused.items())])


def embed(release: Release, folder: Path, to: Path, contact: str) -> Embedded:
    """Copy a release to the new folder `to`, with the pictures that its sources name; `folder` keeps their files.

    Raises CallError for a release that names none or has them already.
    """
    recipe = release.recipe
    if not recipe.public_figures.references:
        raise CallError(f"{release.path} names no pictures: it was made without --figures.")
    if recipe.public_figures.pictures:
        raise CallError(f"{release.path} has its pictures already.")
    if to.exists():
        raise CallError(f"{to} exists already; name a new folder.")
    part = recipe.public_figures.model_copy(update={"pictures": True})
    recipe = recipe.model_copy(update={"public_figures": part})
    people = list(release.people(PUBLIC_FIGURES))
    named = {person.profile.name: source for person in people if (source := _picture_of(person))}
    refused = by_hash(folder, named, contact)
    shown = [_shown(person, folder, refused, recipe) for person in people]
    _copy(release, to, recipe, shown)
    return Embedded(to, sum(bool(person.portraits) for person in shown), refused)


def _picture_of(person: Person) -> Source | None:
    return next((source for source in person.sources if source.sha1), None)


def _shown(person: Person, folder: Path, refused: Collection[str], recipe: Recipe) -> Person:
    """The person with the picture, if there is one. What the release asks by name stays as it is."""
    source = _picture_of(person)
    data = original(folder, source.sha1) if source and person.profile.name not in refused else None
    if data is None:
        return person
    pictured = with_picture(person, data, recipe)
    if pictured.questions[: len(person.questions)] != person.questions:
        raise BenchError(
            "This version of build-bench words the questions about public figures otherwise than the one that made the "
            "release; use that one, which manifest.json names."
        )
    return pictured


def _copy(release: Release, to: Path, recipe: Recipe, people: list[Person]) -> None:
    """Write the copy, with a manifest of its own. A damaged file is refused, or the manifest would vouch for it."""
    old = release.manifest
    with replacing_folder(to) as new:
        for entry in old["files"]:
            target = new / entry["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(release.path / entry["path"], target)
            if manifest.sha256(target) != entry["sha256"]:
                raise BenchError(f"{release.path / entry['path']} is damaged; 'build-bench verify' says more.")
        planned = contents.of_release(release.path, recipe, release.segments)
        notice = LICENCE.read_text(encoding="utf-8")
        figures = PublicFigures(tuple(person.profile.id for person in people), {}, (notice,), lambda: people)
        shutil.rmtree(new / contents.Contents.folder(PUBLIC_FIGURES, test=False))
        public_figures.write(new, figures, recipe)
        planned = planned.counted(new)
        write_text(new / RECIPE, recipes.to_toml(recipe))
        dressing.dress(new, new, recipe, planned, old["made_with"])
        origin = {
            "recipe": old["recipe"],
            "seed": old["seed"],
            "recipe_fingerprint": fingerprint(recipe),
            "origin_fingerprint": digest([old["origin_fingerprint"], manifest.sha256(new / RECIPE)]),
            "made_with": old["made_with"],
        }
        manifest.write_manifest(new, origin, recipe, planned, old["not_made"])
