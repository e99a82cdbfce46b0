"""A baseline run on disk: what is finished stays finished.

settings.json              every knob, and the release the run is about
models/<seed>/<name>/      vanilla, the oracle and each unlearned model, as safetensors
outcomes/<seed>/<name>.parquet   what each model did with every item
outcomes/<seed>/<name>.json      written last: how it was made; a model that has it is finished
outcomes/<seed>/<name>.txt       the trace of an unexpected error
checkpoints/<seed>/<name>.safetensors    a training that is not finished
responses/00000.sqlite     what a judge said of the answers, when there is one
tuning/                    the runs by which methods were tuned, with --tune
report/
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import BenchError, CallError
from builder.baseline.settings import Settings, differences
from builder.run.files import read_json, sweep, write_text

_MAY_GROW = ("methods", "attacks", "seeds", "knobs", "judge", "general", "reference")
"""Settings that may change from one call to the next: they add models or tasks, change methods that are run again, or
mark the answers."""
_CHANGES_NOTHING = ("train.checkpoint_minutes",)
"""Knobs on which no result depends."""


@dataclass(frozen=True)
class BaselineFolder:
    """The files of a run."""

    path: Path

    def claim(self, settings: Settings, origin: str, *, fresh: bool) -> None:
        """Make the folder that of a run with `settings` on the release `origin`; `fresh` drops what is there.

        Raises CallError when another run, or one with other settings, is in it.
        """
        wanted = {"release": origin, "settings": settings.model_dump(mode="json")}
        if (self.path / "settings.json").is_file():
            if fresh:
                self.read_settings()  # a foreign settings.json must not lead us to delete the files beside it
                self._drop()
            else:
                self._compare(wanted)
        elif self.path.is_dir() and any(self.path.iterdir()):
            raise self._foreign()
        write_text(self.path / "settings.json", json.dumps(wanted, indent=2) + "\n")
        sweep(self.path)

    def _drop(self) -> None:
        """Remove everything but the judge's answers, which cost money."""
        for name in ("models", "outcomes", "checkpoints", "tuning", "report"):
            shutil.rmtree(self.path / name, ignore_errors=True)

    def _compare(self, wanted: dict[str, Any]) -> None:
        found = self.read_settings()
        changed = [
            key
            for key in differences(found["settings"], wanted["settings"])
            if key.partition(".")[0] not in _MAY_GROW and key not in _CHANGES_NOTHING
        ]
        if found["release"] != wanted["release"]:
            changed.insert(0, "the release")
        if changed:
            raise CallError(
                f"{self.path} holds a run with other settings ({', '.join(changed)}): use those settings, "
                "discard that run with --fresh, or name another folder with --out."
            )

    def read_settings(self) -> dict[str, Any]:
        """The settings of the run in the folder. Raises CallError when there is none."""
        try:
            found: dict[str, Any] = json.loads((self.path / "settings.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CallError(f"{self.path} holds no baseline run; 'build-bench baseline SOURCE' makes one.") from None
        except ValueError as error:
            raise BenchError(f"{self.path / 'settings.json'} cannot be read: {error}.") from error
        if not isinstance(found, dict) or not {"release", "settings"} <= set(found):
            raise self._foreign()
        return found

    def _foreign(self) -> CallError:
        return CallError(f"{self.path} holds other files but no baseline run; name another folder with --out.")

    def model(self, seed: int, name: str) -> Path:
        """Where a model is kept."""
        return self.path / "models" / str(seed) / name

    def checkpoint(self, seed: int, name: str) -> Path:
        """Where the state of a training is kept until its model is finished."""
        return self.path / "checkpoints" / str(seed) / f"{name}.safetensors"

    def outcomes(self, seed: int, name: str) -> Path:
        """Where a model's outcomes are kept."""
        return self.path / "outcomes" / str(seed) / f"{name}.parquet"

    def trace(self, seed: int, name: str) -> Path:
        """The file with the trace of an unexpected error in making a model."""
        return self.outcomes(seed, name).with_suffix(".txt")

    def finished(self, seed: int, name: str) -> dict[str, Any] | None:
        """The record of how a finished model was made; None if it is not finished."""
        found: dict[str, Any] | None = read_json(self.outcomes(seed, name).with_suffix(".json"))
        if found is None:
            return None
        return found if found.get("failed") or self.outcomes(seed, name).is_file() else None

    def finish(self, seed: int, name: str, made: dict[str, Any]) -> None:
        """Mark a model as finished."""
        write_text(self.outcomes(seed, name).with_suffix(".json"), json.dumps(made) + "\n")
        self.checkpoint(seed, name).unlink(missing_ok=True)
        if not made["failed"]:
            self.trace(seed, name).unlink(missing_ok=True)

    @property
    def choices(self) -> Path:
        """The file that records how the methods were tuned."""
        return self.path / "tuning" / "choices.json"

    def tried(self, name: str) -> Path:
        """The file that records one tuning run."""
        return self.path / "runs" / f"{name}.json"

    @property
    def report(self) -> Path:
        """Where the report lies."""
        return self.path / "report"
