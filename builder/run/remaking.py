"""Records which people were made again as near-duplicates, and finds those who must be."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.base.recipe import Recipe
from builder.base.records import to_json
from builder.run import shards
from builder.run.files import write_text
from builder.run.folder import RunFolder
from builder.run.near_duplicates import NearDuplicateRule, PerceptualHash, find_near_duplicates
from builder.run.stage import Stage, digest

_MEMORY = "made-again.json"


def times(run: RunFolder, stage: Stage, recipe: Recipe, before: Sequence[Any]) -> dict[str, int]:
    """How often each of the people of `before` was made again, by profile id, without those who never were.

    Entries for another recipe or another description of the person do not count.
    """
    return {name: len(hashes) for name, hashes in _read_memory(run, stage, recipe, before).items()}


def times_of(folder: Path, stage: Stage, recipe: Recipe, record: Any) -> int:
    """How often one person was made again."""
    return times(RunFolder(folder), stage, recipe, [record]).get(record.id, 0)


def perceptual_hashes(run: RunFolder, stage: Stage, index: int) -> dict[int, PerceptualHash]:
    """The perceptual hashes of the people of one shard, by number; they are cached beside the shard."""
    rule = _rule_of(stage)
    path = run.shard(stage.name, index)
    rows = [(row["profile_id"], rule.key(row)) for row in shards.read_columns(path, rule.columns)]
    compared = {name: key for name, key in rows if key}
    kept = _json(path.with_suffix(".hashes.json"))
    if kept.keys() != set(compared.values()):
        kept = _compute_hashes(path, stage, kept)
        write_text(path.with_suffix(".hashes.json"), json.dumps(kept, indent=0))
    return {int(name): kept[key] for name, key in compared.items()}


def remember(
    run: RunFolder,
    stage: Stage,
    recipe: Recipe,
    before: Callable[[Collection[int]], Sequence[Any]],
    hashes: Mapping[int, PerceptualHash],
) -> bool:
    """Decide who must be made again, and record it; return whether anything changed.

    `before` gives the records that the stage is given of people, by their numbers: never those of everybody, who may be
    many. `hashes` are the people as they stand.
    """
    distance = stage.distance(recipe)
    remembered = before({int(name) for name in _json(_memory_of(run, stage))})
    known = {int(name): left for name, left in _read_memory(run, stage, recipe, remembered).items()}
    now = find_near_duplicates(hashes, known, distance)
    if now == known:
        return False
    described = {int(record.id): record for record in before(now.keys())}
    basis = stage.basis(recipe)
    memory = {
        f"{number:05d}": {"of": _description(stage, basis, described[number]), "set_aside": list(left)}
        for number, left in now.items()
    }
    write_text(_memory_of(run, stage), json.dumps(memory, indent=1) + "\n")
    return True


def _read_memory(
    run: RunFolder, stage: Stage, recipe: Recipe, before: Sequence[Any]
) -> dict[str, tuple[PerceptualHash, ...]]:
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
    """A digest of all that determines the person, except how often it was made again."""
    return digest([basis, stage.input_digest([record])])


def _compute_hashes(path: Path, stage: Stage, kept: Mapping[str, PerceptualHash]) -> dict[str, PerceptualHash]:
    rule = _rule_of(stage)
    found = {}
    for record in shards.read(path, stage.record):
        key = rule.key(to_json(record))
        if key:
            found[key] = kept.get(key) or rule.perceptual_hash(record)
    return found


def _rule_of(stage: Stage) -> NearDuplicateRule:
    if stage.apart is None:
        raise ValueError(f"the people of {stage.name} are not compared")
    return stage.apart


def _memory_of(run: RunFolder, stage: Stage) -> Path:
    return run.path / stage.name / _MEMORY


def _json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; an empty one if the file is missing or unreadable, so that it is computed again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
