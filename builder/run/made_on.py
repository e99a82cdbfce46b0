"""What hardware a stage was made on, if that can change its bytes: the device and number format of a model."""

import json
from collections.abc import Iterator
from pathlib import Path

import filelock

from builder.run.files import write_text

NAME = "made-on.json"
"""Its name in a stage's folder: a list of descriptions, as a run may have moved from one machine to another."""


class MadeOn:
    """The list of what a stage was made on."""

    def __init__(self, folder: Path | None) -> None:
        """Keep the list in a stage's `folder`, or nowhere."""
        self._path = folder / NAME if folder else None

    def __iter__(self) -> Iterator[str]:
        """The descriptions, in order."""
        try:
            return iter(json.loads(self._path.read_text(encoding="utf-8")) if self._path else ())
        except (OSError, ValueError):
            return iter(())

    def add(self, description: str) -> None:
        """Add a description unless it is there; several machines may do so at once."""
        if self._path is None or description in self:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(self._path.with_suffix(".lock")):
            write_text(self._path, json.dumps(sorted({*self, description}), indent=1) + "\n")
