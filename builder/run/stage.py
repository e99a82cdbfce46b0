"""What a stage is: a pure function of one profile, and all that its records depend on."""

import functools
import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base import bundled
from builder.base.recipe import CHANGES_NO_RECORD, Recipe
from builder.base.records import Record, to_json
from builder.base.settings import Section
from builder.run.declared import declared
from builder.run.near_duplicates import NearDuplicateRule

Make = Callable[[int, Any], Sequence[Record]]
"""Makes the records of one profile from its number and its input."""


@dataclass(frozen=True)
class ShardPlace:
    """Where a stage works: at shard `index` of the run in `folder`. What is fetched for it is kept in `fetched`."""

    folder: Path
    index: int
    fetched: Path


@dataclass(frozen=True)
class Stage:
    """One step of a run, from the records of one profile to further records of that profile.

    `prepare(stage, place, recipe)` gives what makes the records; the recipe that it gets has the declared parts alone.
    What it gives is a pure function of the profile's number and of the profile's record of the stage that this one
    `follows` (None for the first stage), passed through `sees`, which blanks what the stage must not depend on; it may
    read what was fetched for it (builder/run/fetching.py).
    The remaining fields say what else changes the records: parts of the recipe, bundled files, libraries and
    `version`, which is raised whenever the code makes other records than before.
    `apart` says how near-duplicates are recognised, if the stage allows none (builder/run/near_duplicates.py).
    """

    name: str
    version: int
    record: type[Record]
    prepare: "Callable[[Stage, ShardPlace, Recipe], Make]"
    recipe_parts: tuple[str, ...]
    files: tuple[str, ...]
    libraries: tuple[str, ...]
    follows: str = ""
    sees: Callable[[Any], Record] | None = None
    apart: NearDuplicateRule | None = None

    def maker(self, place: ShardPlace, recipe: Recipe) -> Make:
        """What makes the records of the profiles of one shard."""
        make = self.prepare(self, place, self.declared(recipe))
        return lambda number, before: make(number, self._seen(before))

    def declared(self, recipe: Recipe) -> Recipe:
        """The recipe as the stage's functions see it."""
        return declared(recipe, self.recipe_parts, self.name)

    def distance(self, recipe: Recipe) -> int:
        """The most bits in which the hashes of near-duplicates differ; 0 compares nobody."""
        return self.apart.distance(self.declared(recipe)) if self.apart else 0

    @property
    def schema(self) -> str:
        """The schema in schemas/ that its records keep."""
        return self.record.__name__.lower()

    def basis(self, recipe: Recipe) -> dict[str, Any]:
        """All that its records depend on besides its input, as readable JSON: key -> value or digest."""
        facts: dict[str, Any] = {"code version": self.version}
        for part in self.recipe_parts:
            facts |= _knobs(part, getattr(recipe, part))
        facts |= {name: _file_digest(name) for name in (*self.files, f"schemas/{self.schema}.json")}
        facts |= {name: _version(name) for name in self.libraries}
        return facts

    def input_digest(self, before: Sequence[Any]) -> str:
        """A digest of what the stage sees of its input records."""
        return digest([to_json(self._seen(record)) for record in before])

    def _seen(self, record: Any) -> Any:
        return self.sees(record) if self.sees else record


def digest(value: Any) -> str:
    """The sha256 of `value` as canonical JSON, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _knobs(part: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Section):
        return {part: value}
    knobs = {f"{part}.{key}": knob for key, knob in value.model_dump(mode="json").items()}
    return {key: knob for key, knob in knobs.items() if key not in CHANGES_NO_RECORD}


@functools.cache
def _version(library: str) -> str:
    """The version of a library. A run may have been made elsewhere, with an extra that this machine lacks."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


@functools.cache
def _file_digest(name: str) -> str:
    folder, _, rest = name.partition("/")
    path = bundled.folder(folder) / rest
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return digest([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])[:16]
