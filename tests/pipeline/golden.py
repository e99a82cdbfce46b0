"""Digests of what each stage makes of one seed: python -m tests.pipeline.golden writes those of stages that changed.

A stage whose records change must get another version, or runs would keep shards that the code no longer makes.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from builder.base import recipe as recipes
from builder.base.recipe import Recipe
from builder.base.records import to_json
from builder.pipeline.stages import stages_of
from builder.run.stage import ShardPlace, Stage, digest

FILE = Path(__file__).with_name("golden.json")
COMMAND = "python -m tests.pipeline.golden"
_PEOPLE = range(0, 120, 5)
"""Numbers of people of many quartets, and of every place in one."""
_SMALL = {"profiles.count": 120, "portraits.size": 96, "portraits.train_views": 1, "portraits.test_views": 1}


@dataclass(frozen=True)
class Golden:
    """What one version of a stage makes of what: `basis` is a digest of its input, its knobs and its files."""

    version: int
    libraries: Mapping[str, str]
    basis: str
    records: str


def made() -> dict[str, Golden]:
    """What the offline writer and painter make now, by the stage's name."""
    recipe = recipes.load("quick", _SMALL)
    results: dict[str, dict[int, Any]] = {"": {}}
    libraries: dict[str, dict[str, str]] = {"": {}}
    found = {}
    for stage in stages_of(recipe):
        make, before = stage.maker(ShardPlace(Path("nowhere"), 0, Path("nowhere")), recipe), results[stage.follows]
        records = {number: make(number, before.get(number)) for number in _PEOPLE}
        results[stage.name] = {number: theirs[0] for number, theirs in records.items()}
        libraries[stage.name] = libraries[stage.follows] | {name: version(name) for name in stage.libraries}
        found[stage.name] = Golden(
            stage.version,
            libraries[stage.name],
            digest([_settings(stage, recipe), stage.input_digest(list(before.values()))]),
            digest([*map(_plain, records.values())]),
        )
    return found


def kept() -> dict[str, Golden]:
    """What the file says of each stage."""
    return {name: Golden(**entry) for name, entry in json.loads(FILE.read_text()).items()}


def fault(name: str, before: Golden | None, now: Golden) -> str:
    """What is wrong with a stage, and what to do about it; nothing when it is as the file says.

    Other libraries may well make other records.
    """
    if before is None or before.version != now.version:
        return f"{name} has another version than {FILE.name}: run '{COMMAND}' to write the new digests."
    if before.libraries != now.libraries:
        return ""
    if before.basis != now.basis:
        return f"{name} depends on other input, knobs or files than before: run '{COMMAND}' to write the new digests."
    if before.records != now.records:
        return (
            f"{name} makes other records than before, and its version is still {now.version}. If that is meant, raise "
            "the version in builder/pipeline/stages.py, so that runs make their old shards again, then run "
            f"'{COMMAND}' to write the new digests."
        )
    return ""


def _plain(records: Any) -> list[Any]:
    """The records as JSON; a picture's bytes are there by their sha256."""
    return [{key: value for key, value in to_json(each).items() if key != "image"} for each in records]


def _settings(stage: Stage, recipe: Recipe) -> dict[str, Any]:
    left_out = {"code version", *stage.libraries}
    return {key: value for key, value in stage.basis(recipe).items() if key not in left_out}


def main() -> None:
    """Write the digests, unless a stage's records changed and its version did not."""
    before, now = kept(), made()
    for name, golden in now.items():
        same_basis = replace(golden, records=before[name].records) == before[name] if name in before else False
        if same_basis and (wrong := fault(name, before[name], golden)):
            sys.exit(wrong)
    FILE.write_text(json.dumps({name: asdict(golden) for name, golden in now.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
