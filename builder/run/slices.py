"""Slices: shares of a run's shards that are made apart, on as many machines as share the run's folder.

Slice 2 of 3 makes the shards 1, 4, 7, … of every stage. What a slice keeps for itself, its lock and a model's answers,
lies in a folder of its own: no two machines write the same file. Whoever works on the whole run afterwards takes it in.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import filelock

from builder.base.errors import CallError

SLICES = "slices"
"""The folder of a run's slices."""
LOCK = ".lock"
_NAME = re.compile(r"(\d+)-of-(\d+)")


@dataclass(frozen=True)
class Slice:
    """The `number`th of `of` slices, counted from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The slice called "2/3". Raises CallError."""
        match = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise CallError(f"--slice {text} is no slice: 1/8 is the first of eight, 8/8 the last.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def has(self, shard: int) -> bool:
        """Whether the slice makes the shard of this index."""
        return shard % self.of == self.number - 1

    def share(self, limit: int) -> int:
        """The slice's part of a limit that the run keeps as a whole; 0, which is no limit, stays so."""
        return max(1, limit // self.of) if limit else 0

    def folder(self, run: Path) -> Path:
        """Where it keeps what is its own, in the folder of the run."""
        return run / SLICES / f"{self.number}-of-{self.of}"


def run_of(folder: Path) -> Path | None:
    """The run whose slice keeps its own in `folder`; None if that is the folder of a run."""
    return folder.parent.parent if folder.parent.name == SLICES and _NAME.fullmatch(folder.name) else None


def begun(run: Path) -> dict[Slice, Path]:
    """The slices that were begun since the run was last worked on as a whole, and their folders."""
    folders = [(match, path) for path in (run / SLICES).glob("*-of-*") if (match := _NAME.fullmatch(path.name))]
    return {Slice(int(match[1]), int(match[2])): path for match, path in sorted(folders, key=_by_number)}


def at_work(run: Path, among: Iterable[Slice] | None = None) -> Iterator[Slice]:
    """The slices that are being made, on whichever machine, as far as the file system's locks tell."""
    return (each for each in (begun(run) if among is None else among) if _is_held(each.folder(run) / LOCK))


def _by_number(found: tuple[re.Match[str], Path]) -> tuple[int, int]:
    return int(found[0][2]), int(found[0][1])


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with filelock.FileLock(path, timeout=0):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # a folder that we may only read
        return False
