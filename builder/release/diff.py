"""What changed from one release to the next: people, questions, images, columns, schemas, configs."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from builder.base.errors import BenchError
from builder.format.concepts import CONCEPTS
from builder.format.reading import Release

CARD = "README.md"
SMALL_FILES = ("manifest.json", CARD)
"""The files that `change_between` reads."""

_RECORDS = ("schemas/profile.json", "schemas/portrait.json", "schemas/question.json")
_ROWS = ("people/", "test/")
_CONTENT = (*_ROWS, f"{CONCEPTS}/")
_BESIDE_PROFILE = frozenset({"image", "images", "train_images", "portraits", "questions", "metadata"})
_BATCH = 16
_NAMED = 5

Digests = dict[str, bytes]


class Change(IntEnum):
    """How much a release differs from the one before it; the larger outweighs the smaller."""

    NONE = 0
    CARD = 1
    CONTENT = 2
    SCHEMA = 3


@dataclass(frozen=True)
class Counts:
    """Ids added, removed and changed, ascending."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class Difference:
    """Everything that differs; `configs`, `columns` and `schemas` are sentences. False when nothing does."""

    people: Counts
    questions: Counts
    images: Counts
    files: Counts
    configs: tuple[str, ...]
    columns: tuple[str, ...]
    schemas: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.files)

    def __str__(self) -> str:
        lines = [
            f"  {what:<10} {len(counts.added)} added, {len(counts.removed)} removed, {len(counts.changed)} changed"
            f"{_list_ids(counts)}"
            for what, counts in (("people", self.people), ("questions", self.questions), ("images", self.images))
        ]
        lines += [f"  {line}" for line in (*self.schemas, *self.columns, *self.configs)]
        others = [name for name in self.files.changed if not name.startswith(_ROWS)]
        if others:
            lines.append(f"  other files changed: {', '.join(others)}")
        return "\n".join(lines) if self else "Nothing differs."


def change_between(before: Path, after: Path) -> Change:
    """How much the release in `after` differs from that in `before`; reads SMALL_FILES alone."""
    old, new = _manifest(before), _manifest(after)
    files = _compare(_sums(old), _sums(new))
    touched = {*files.added, *files.removed, *files.changed}
    if _columns(before) != _columns(after) or touched.intersection(_RECORDS):
        return Change.SCHEMA
    if old["configs"] != new["configs"] or any(name.startswith(_CONTENT) for name in touched):
        return Change.CONTENT
    return Change.CARD if touched else Change.NONE


def files_to_read(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The Parquet files of either release, by their manifests, that the other lacks or has with other bytes."""
    old, new = _sums(before), _sums(after)
    return _differing(old, new), _differing(new, old)


def diff(before: Release, after: Release) -> Difference:
    """What changed. Only files that differ are read, a few people at a time."""
    old_files, new_files = files_to_read(before.manifest, after.manifest)
    old, new = _digests(before.path, old_files), _digests(after.path, new_files)
    people, questions, images = (_compare(a, b) for a, b in zip(old, new, strict=True))
    files = _compare(_sums(before.manifest), _sums(after.manifest))
    touched = (*files.added, *files.removed, *files.changed)
    return Difference(
        people,
        questions,
        images,
        files,
        configs=tuple(_config_changes(before.manifest["configs"], after.manifest["configs"])),
        columns=tuple(_column_changes(_columns(before.path), _columns(after.path))),
        schemas=(
            *_format_change(before, after),
            *(f"{name} changed" for name in _RECORDS if name in touched),
        ),
    )


def _format_change(before: Release, after: Release) -> list[str]:
    """A sentence when the two are laid out in different formats."""
    return [f"the format is {after.format}, not {before.format}"] if before.format != after.format else []


def _list_ids(counts: Counts) -> str:
    ids = [*counts.changed, *counts.added, *counts.removed]
    more = ", …" if len(ids) > _NAMED else ""
    return f" ({', '.join(ids[:_NAMED])}{more})" if ids else ""


def _manifest(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return data


def _sums(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {entry["path"]: entry["sha256"] for entry in manifest["files"]}


def _differing(mine: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name, digest in mine.items() if name.startswith(_ROWS) and other.get(name) != digest]


def _compare(old: Mapping[str, object], new: Mapping[str, object]) -> Counts:
    return Counts(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(key for key in old.keys() & new.keys() if old[key] != new[key])),
    )


def _digests(folder: Path, names: Iterable[str]) -> tuple[Digests, Digests, Digests]:
    """Digests of the people, questions and images in some Parquet files, by id."""
    people: Digests = {}
    questions: Digests = {}
    images: Digests = {}
    for name in names:
        try:
            with pq.ParquetFile(folder / name) as file:
                for batch in file.iter_batches(batch_size=_BATCH):
                    for row in batch.to_pylist():
                        if name.startswith("people/"):
                            people[row["ID"]] = _digest({k: v for k, v in row.items() if k not in _BESIDE_PROFILE})
                        questions.update((each["id"], _digest(each)) for each in row["questions"])
                        images.update(_image_digests(row))
        except (pa.ArrowException, OSError) as error:
            raise BenchError(f"{folder / name} cannot be read: {error}") from error
    return people, questions, images


def _image_digests(row: Mapping[str, Any]) -> Iterable[tuple[str, bytes]]:
    shown = row["images"] if "images" in row else [each for each in (row["image"], *row["train_images"]) if each]
    for portrait, image in zip(row["portraits"], shown, strict=True):
        scene = json.dumps(portrait, sort_keys=True).encode()
        yield portrait["id"], hashlib.blake2b(scene + image["bytes"], digest_size=16).digest()


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).digest()


def _columns(folder: Path) -> dict[str, Any]:
    """Each config's columns with their types, as the card's YAML has them; none when the card has no such YAML."""
    try:
        head = (folder / CARD).read_text(encoding="utf-8").split("---\n")[1]
        information = yaml.safe_load(head)["dataset_info"]
        return {info["config_name"]: info["features"] for info in information}
    except (OSError, LookupError, TypeError, yaml.YAMLError):
        return {}


def _column_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    for config in (name for name in old if name in new):
        before = {field["name"]: field for field in old[config]}
        after = {field["name"]: field for field in new[config]}
        counts = _compare(before, after)
        for what, names in (("new", counts.added), ("gone", counts.removed), ("of another type", counts.changed)):
            if names:
                yield f"columns of {config} {what}: {', '.join(names)}"


def _config_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    counts = _compare(old, new)
    yield from (f"config {name} is new" for name in counts.added)
    yield from (f"config {name} is gone" for name in counts.removed)
    yield from (f"config {name}: {old[name]['rows']} -> {new[name]['rows']} people" for name in counts.changed)
