"""Verifies a release: every file, every record, every law, every relation between the splits."""

import tomllib
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import yaml

from builder.base.errors import BenchError
from builder.format.reading import Release
from builder.release import concepts
from builder.release.dressing import CARD
from builder.release.manifest import NAME, sha256
from builder.release.manifest import check as check_manifest
from builder.release.relations import check_splits
from builder.release.rows import RECORDS, Laws, PersonIds, Terms, check_slice, slices
from builder.run.files import left_by_tools
from builder.run.stage import digest
from builder.run.workers import Workers


@dataclass(frozen=True)
class Problem:
    """Something wrong: the file, the row in it counted from 0 if it is one row, and what."""

    file: str
    what: str
    row: int | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}: {self.what}"


def verify(release: Release, laws: Laws, workers: Workers, version: str = "") -> Iterator[Problem]:
    """Yield every problem of a release; none means that it is sound.

    `laws` is called in `workers`, so it must be a function of a module; `version` is what the release's name promises.
    """
    manifest = release.manifest
    try:
        check_manifest(manifest)
    except BenchError as error:
        yield Problem(NAME, str(error))
        return
    if version and manifest.get("version") != version:
        yield Problem(NAME, f"it is version {manifest.get('version', 'none')}, and its tag says {version}")
    damaged = yield from _files(release)
    if damaged & {*(() if release.is_imported else ("recipe.toml",)), *(f"schemas/{name}.json" for name in RECORDS)}:
        return  # nothing further can be judged without them
    try:
        terms = Terms.of(release, laws)
    except (BenchError, OSError, ValueError) as error:
        yield Problem("recipe.toml or schemas/", f"nothing can be checked against them: {error}")
        return
    yield from _recipe(release)
    yield from _card(release)
    sound = True
    for problem in _rows(release, terms, workers):
        sound = False
        yield problem
    if sound and terms.recipe and terms.recipe.concepts.enabled:  # concepts are made of sound rows alone
        yield from (Problem(file, what) for file, what in concepts.faults(release))


def _files(release: Release) -> Generator[Problem, None, set[str]]:
    """Each file is there with the bytes that the manifest says, and no other. Returns the names of those missing."""
    listed = {entry["path"]: entry for entry in release.manifest["files"]}
    present = {path.relative_to(release.path).as_posix() for path in release.path.rglob("*") if path.is_file()}
    for name in sorted(present - listed.keys() - {NAME}):
        if not left_by_tools(name):
            yield Problem(name, "manifest.json does not list it")
    for name, entry in listed.items():
        path = release.path / name
        if name not in present:
            yield Problem(name, "it is missing")
        elif path.stat().st_size != entry["bytes"]:
            yield Problem(name, f"it has {path.stat().st_size} bytes, and manifest.json says {entry['bytes']}")
        elif sha256(path) != entry["sha256"]:
            yield Problem(name, "its bytes do not match their sha256 in manifest.json")
    return listed.keys() - present


def _recipe(release: Release) -> Iterator[Problem]:
    """The recipe is the one that the manifest says; an imported set has none."""
    if release.is_imported:
        return
    # Of the knobs as the file states them: a later build-bench may know more of them than this release had.
    stated = tomllib.loads((release.path / "recipe.toml").read_text("utf-8"))
    if digest(stated) != release.manifest["recipe_fingerprint"]:
        yield Problem("recipe.toml", "its fingerprint is not the one in manifest.json")


def _card(release: Release) -> Iterator[Problem]:
    """The card's YAML lists the configs, files and counts that the manifest does, and its text names the version."""
    manifest = release.manifest
    try:
        text = (release.path / CARD).read_text(encoding="utf-8")
        head = yaml.safe_load(text.split("---\n")[1])
        files = {config["config_name"]: config["data_files"][0]["path"] for config in head["configs"]}
        counts = {info["config_name"]: info["splits"][0]["num_examples"] for info in head["dataset_info"]}
    except (OSError, ValueError, LookupError, TypeError, yaml.YAMLError) as error:
        yield Problem(CARD, f"its YAML cannot be read: {type(error).__name__}")
        return
    if files != {name: config["files"] for name, config in manifest["configs"].items()}:
        yield Problem(CARD, "its configs differ from those of manifest.json")
    if counts != {name: config["rows"] for name, config in manifest["configs"].items()}:
        yield Problem(CARD, "its counts differ from those of manifest.json")
    version = manifest.get("version")
    if version and f"version {version}" not in text:
        yield Problem(CARD, f"it does not say that this is version {version}")


def _rows(release: Release, terms: Terms, workers: Workers) -> Iterator[Problem]:
    cut, unreadable = slices(release.path, release.manifest["people"], terms)
    results = sorted(workers.map(check_slice, cut), key=lambda result: (result.slice.file, result.slice.group))
    people = PersonIds()
    for result in results:
        for file, ids in result.ids.items():
            people.of_file.setdefault(file, []).extend(ids)
    for file, row, what in [*unreadable, *(found for result in results for found in result.found)]:
        yield Problem(file, what, row)
    for file, what in check_splits(release.manifest, people):
        yield Problem(file, what)
