"""The results of several runs, and whether they may stand in one table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.base import schemas
from builder.base.errors import BenchError, CallError
from builder.baseline.report.results import VERSION
from builder.baseline.settings import differences

_COMPARED = ("model", "methods", "attacks", "knobs", "seed", "seeds", "judge", "general")
"""What the runs of a comparison are there to differ in."""
_OF_A_MODEL = ("train", "unlearn", "lora", "precision")
"""Settings whose defaults depend on the model: runs of the same model must agree in them."""
_CHANGES_NOTHING = ("evaluate.batch", "evaluate.share_prefix", "train.checkpoint_minutes")
"""Settings that no result depends on."""

Runs = Mapping[str, Mapping[str, Any]]
"""The content of each run's results.json, by the folder as it was named."""


def read(folders: Sequence[Path]) -> Runs:
    """The results of the runs in these folders. Raises CallError where there are none, or a folder is named twice."""
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise CallError("A run is named twice.")
    return {str(folder): _results(folder) for folder in folders}


def check_comparable(runs: Runs) -> None:
    """Raise CallError, which names what differs, unless the runs are of one release and alike in what matters."""
    (first, one), *others = runs.items()
    for name, other in others:
        differing = _differing(one, other)
        if differing:
            raise CallError(
                f"{first} and {name} differ in {', '.join(differing)}, so their figures are not comparable; "
                "use --mix to show them side by side all the same."
            )


def _results(folder: Path) -> Mapping[str, Any]:
    path = folder / "report" / "results.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CallError(f"{folder} holds no baseline run with a report.") from None
    except ValueError as error:
        raise BenchError(f"{path} cannot be read: {error}.") from error
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise CallError(
            f"{path} was written by another version of build-bench; 'build-bench baseline SOURCE --out {folder} "
            "--rescore' makes it again from what is stored."
        )
    schemas.check("results", found)
    return found


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What two runs differ in that matters."""
    found = [] if _fingerprint(one) == _fingerprint(other) else ["the release"]
    free = _COMPARED if one["model"] == other["model"] else (*_COMPARED, *_OF_A_MODEL)
    return found + [
        key
        for key in differences(one["settings"], other["settings"])
        if key.partition(".")[0] not in free and key not in _CHANGES_NOTHING
    ]


def _fingerprint(found: Mapping[str, Any]) -> str:
    return str(found["release"]["origin_fingerprint"])
