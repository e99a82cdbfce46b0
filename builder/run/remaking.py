"""Remembers who was made again for being too like somebody else, and finds out who must be."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.base.recipe import Recipe
from builder.base.records import to_json
from builder.run import shards
from builder.run.alike import Apart, Mark, set_aside
from builder.run.files import write_text
from builder.run.folder import RunFolder
from builder.run.stage import Stage, digest

_MEMORY = "made-again.json"


def times(run: RunFolder, stage: Stage, recipe: Recipe, before: Sequence[Any]) -> dict[str, int]:
    """How often each of the people of `before` was made again, by profile id; those never are left out.

    What was found for another recipe or another description of the person does not count.
    """
    return {name: len(marks) for name, marks in _known(run, stage, recipe, before).items()}


def times_of(folder: Path, stage: Stage, recipe: Recipe, record: Any) -> int:
    """The same of one person."""
    return times(RunFolder(folder), stage, recipe, [record]).get(record.id, 0)


def marks_of(run: RunFolder, stage: Stage, index: int) -> dict[int, Mark]:
    """The marks of the people of one shard, by number. What was worked out once is kept beside the shard."""
    apart = _apart(stage)
    path = run.shard(stage.name, index)
    rows = [(row["profile_id"], apart.key(row)) for row in shards.read_columns(path, apart.columns)]
    compared = {name: key for name, key in rows if key}
    kept = _json(path.with_suffix(".marks.json"))
    if kept.keys() != set(compared.values()):
        kept = _worked_out(path, stage, kept)
        write_text(path.with_suffix(".marks.json"), json.dumps(kept, indent=0))
    return {int(name): kept[key] for name, key in compared.items()}


def remember(run: RunFolder, stage: Stage, recipe: Recipe, before: Iterable[Any], marks: Mapping[int, Mark]) -> bool:
    """Decide who of all the people must be made again, and remember it; whether anything changed.

    `before` are the records that the stage is given, of everybody; `marks` are the people as they stand.
    """
    distance = stage.distance(recipe)
    if not _memory_of(run, stage).is_file() and not set_aside(marks, {}, distance):
        return False  # as nearly always, and nobody's records need be read
    before = list(before)
    known = {int(name): left for name, left in _known(run, stage, recipe, before).items()}
    now = set_aside(marks, known, distance)
    if now == known:
        return False
    described = {int(record.id): record for record in before}
    basis = stage.basis(recipe)
    memory = {
        f"{number:05d}": {"of": _description(stage, basis, described[number]), "set_aside": list(left)}
        for number, left in now.items()
    }
    write_text(_memory_of(run, stage), json.dumps(memory, indent=1) + "\n")
    return True


def _known(run: RunFolder, stage: Stage, recipe: Recipe, before: Sequence[Any]) -> dict[str, tuple[Mark, ...]]:
    memory = _json(_memory_of(run, stage)) if stage.distance(recipe) else {}
    if not memory:
        return {}
    basis = stage.basis(recipe)
    return {
        record.id: tuple(memory[record.id]["set_aside"])
        for record in before
        if record.id in memory and memory[record.id]["of"] == _description(stage, basis, record)
    }


def _description(stage: Stage, basis: Mapping[str, Any], record: Any) -> str:
    """A digest of all that makes the person, but for how often it was made again."""
    return digest([basis, stage.input_digest([record])])


def _worked_out(path: Path, stage: Stage, kept: Mapping[str, Mark]) -> dict[str, Mark]:
    apart = _apart(stage)
    found = {}
    for record in shards.read(path, stage.record):
        key = apart.key(to_json(record))
        if key:
            found[key] = kept.get(key) or apart.mark(record)
    return found


def _apart(stage: Stage) -> Apart:
    if stage.apart is None:
        raise ValueError(f"the people of {stage.name} are not compared")
    return stage.apart


def _memory_of(run: RunFolder, stage: Stage) -> Path:
    return run.path / stage.name / _MEMORY


def _json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; an empty one if there is none, or none that can be read: it is worked out again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
