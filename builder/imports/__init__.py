"""Benchmarks of others, read into releases of this format: one module a layout, each with a `read`."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from builder.base.errors import CallError
from builder.base.registry import Registry
from builder.format.reading import Release, open_release
from builder.imports.building import ASIDE, Provenance, build
from builder.imports.foreign import ForeignSet
from builder.run.files import left_by_tools, replacing_folder

UNSTATED = "not stated"
"""The licence of a source whose card has none."""


class Importer(Protocol):
    """Reads a foreign set: any function that takes these two."""

    def __call__(self, source: Path, foreign: ForeignSet, /) -> None:
        """Read the folder `source` into `foreign`. Raises CallError when it does not have the layout."""
        ...


_HERE = "builder.imports"
IMPORTERS: Registry[Importer] = Registry(
    "importer",
    "build_bench.importers",
    {
        "mllmu": (f"{_HERE}.mllmu:read", "MLLMU-Bench's folders"),
        "umu": (f"{_HERE}.umu:read", "UMU-Bench's folders"),
        "clear": (f"{_HERE}.clear:read", "CLEAR's folders, one picture for each author"),
        "fiubench": (f"{_HERE}.fiubench:read", "FIUBench's files and pictures"),
        "tofu": (f"{_HERE}.tofu:read", "TOFU's files, in text alone"),
        "own": (f"{_HERE}.own:read", "a table of your own, with mapping.toml beside it"),
    },
    must_be="a function of the source's folder and the foreign set to fill",
    fits=callable,
)
"""The layouts that can be read, by name."""


@dataclass(frozen=True)
class Imported:
    """What an import made: the release, and how much was set aside, by kind.

    Printed, it reads as the command's output.
    """

    release: Release
    set_aside: Mapping[str, int]

    def __str__(self) -> str:
        said = self.release.manifest["imported"]
        people = ", ".join(f"{count} {name}" for name, count in self.release.segments.items())
        lines = [
            f"{said['source']} ({said['layout']}, revision {said['revision'][:12]}, licence: {said['licence']}) is in "
            f"{self.release.path}.",
            f"  people: {people}",
            f"  configs: {', '.join(self.release.manifest['configs'])}",
            f"  the data has no {', no '.join(each.removeprefix('a ') for each in said['lacks'])}",
        ]
        if not self.set_aside:
            return "\n".join([*lines, "  nothing was found wrong"])
        total = sum(self.set_aside.values())
        lines.append(f"  set aside as wrong: {total:,} ({self.release.path / ASIDE} has each)")
        return "\n".join([*lines, *(f"    {count:,}  {kind}" for kind, count in self.set_aside.items())])


def import_set(source: Path, layout: str, to: Path, *, name: str = "", revision: str = "") -> Imported:
    """Read the folder `source` of one of IMPORTERS into the release `to`/release, whole or not at all.

    `name` and `revision` are those of the repository that the folder was fetched from. Raises CallError for another
    layout, a folder that does not have it, or when `to` holds something already.
    """
    read = IMPORTERS.get(layout)
    if not source.is_dir():
        raise CallError(f"{source} is no folder; name the one that the data was downloaded to, or organisation/name.")
    if to.exists() and (not to.is_dir() or not all(left_by_tools(entry.name) for entry in to.iterdir())):
        raise CallError(f"{to} is not empty; choose a new or empty folder for --to.")
    label = IMPORTERS.label(layout)
    called = (name or source.absolute().name).rpartition("/")[2]
    provenance = Provenance(label, called, name or str(source), revision or _digest(source), _licence(source))
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-bench-") as pictures, replacing_folder(to / "release") as folder:
        foreign = ForeignSet(Path(pictures))
        read(source, foreign)
        build(folder, foreign, provenance)
    release = open_release(to)
    return Imported(release, release.manifest["imported"]["set_aside"])


def _digest(source: Path) -> str:
    """The sha256 of a folder: of the names and the bytes of its files."""
    whole = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.is_file() and not left_by_tools(name):
            with path.open("rb") as file:
                whole.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _licence(source: Path) -> str:
    """The licence that the YAML of the source's card states."""
    try:
        text = (source / "README.md").read_text(encoding="utf-8")
        head = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else {}
        return str(head.get("license") or UNSTATED)
    except (OSError, UnicodeDecodeError, IndexError, AttributeError, yaml.YAMLError):
        return UNSTATED
