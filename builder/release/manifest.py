"""The manifest: where a release comes from, and the sha256 of every file in it."""

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.base import schemas
from builder.base.recipe import Recipe
from builder.base.version import __version__
from builder.format.reading import FORMAT
from builder.release.contents import Contents
from builder.run.files import left_by_tools, write_text
from builder.run.folder import fingerprint
from builder.run.stage import Stage, digest

NAME = "manifest.json"


def origin(
    version: int,
    recipe: Recipe,
    stages: Sequence[Stage],
    failed: Sequence[str],
    made_on: Mapping[str, str],
    figures: Mapping[str, Any],
    concepts: Mapping[str, Any],
) -> dict[str, Any]:
    """All that a release's bytes depend on.

    `version` is that of the layout's code; `made_on` says which device and number format a model painted with;
    `figures` is what the public figures depend on, `concepts` what the concepts do.
    """
    libraries = sorted({library for stage in stages for library in stage.libraries} | {"pyarrow"})
    made_with = {"build-bench": __version__}
    made_with |= {library: importlib.metadata.version(library) for library in libraries}
    made_with |= made_on
    basis: dict[str, Mapping[str, Any]] = {stage.name: stage.basis(recipe) for stage in stages}
    basis |= {name: each for name, each in (("public figures", figures), ("concepts", concepts)) if each}
    return {
        "recipe": recipe.name,
        "seed": recipe.seed,
        "recipe_fingerprint": fingerprint(recipe),
        "origin_fingerprint": digest([version, made_with, basis, list(failed)]),
        "made_with": made_with,
    }


def write_manifest(
    folder: Path, origin: dict[str, Any], recipe: Recipe, contents: Contents, failed: Sequence[str]
) -> None:
    """Write the manifest of the finished files in `folder`; it lists every file but itself."""
    _write(folder, {"id": f"{recipe.name}-{recipe.seed}", **_whole(folder, origin, contents, failed)})


def write_imported(folder: Path, imported: dict[str, Any], basis: Any, contents: Contents) -> None:
    """Write the manifest of an imported set, whose bytes depend on `basis`."""
    made_with = {"build-bench": __version__, "pyarrow": importlib.metadata.version("pyarrow")}
    origin = {"imported": imported, "origin_fingerprint": digest([basis, made_with]), "made_with": made_with}
    _write(folder, {"id": f"{imported['name']}-{imported['revision'][:12]}", **_whole(folder, origin, contents, ())})


def _whole(folder: Path, origin: dict[str, Any], contents: Contents, failed: Sequence[str]) -> dict[str, Any]:
    """A manifest without its id."""
    return {
        "format": FORMAT,
        **origin,
        **of_people(contents),
        "not_made": list(failed),
        "configs": {
            config.name: {"rows": contents.config_rows(config), "files": contents.config_files(config)}
            for config in contents.configs
        },
        "files": _entries(folder),
    }


def of_people(contents: Contents) -> dict[str, Any]:
    """What is needed to read the people of a release."""
    return {"format": FORMAT, "people": {name: len(ids) for name, ids in contents.segments.items()}}


def write_stamped(folder: Path, manifest: dict[str, Any], version: str) -> dict[str, Any]:
    """Write the manifest of a release published as `version`, whose files in `folder` replace those it lists."""
    files = {entry["path"]: entry for entry in manifest["files"]} | {entry["path"]: entry for entry in _entries(folder)}
    stamped = {"id": manifest["id"], "version": version, **manifest, "files": [files[path] for path in sorted(files)]}
    _write(folder, stamped)
    return stamped


def check(manifest: Mapping[str, Any]) -> None:
    """Raise InvalidRecord when a manifest breaks its schema; that of an imported set has one of its own."""
    schemas.check("imported_manifest" if "imported" in manifest else "manifest", manifest)


def _write(folder: Path, manifest: dict[str, Any]) -> None:
    check(manifest)
    write_text(folder / NAME, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _entries(folder: Path) -> list[dict[str, Any]]:
    """What the manifest says of each file in a folder but itself."""
    return [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / NAME)
    ]


def stands(folder: Path, origin: dict[str, Any]) -> bool:
    """Whether `folder` holds a complete release of exactly this origin, with every file as in the manifest."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(manifest, dict) or any(manifest.get(key) != value for key, value in origin.items()):
        return False
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if {name for name in present if name in listed or not left_by_tools(name)} != listed.keys() | {NAME}:
        return False
    return all(sha256(folder / path) == expected for path, expected in listed.items())


def sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
