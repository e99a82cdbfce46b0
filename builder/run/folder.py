"""A run's folder: its files, its recipe, and the lock of the process that works in it."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import filelock

from builder.base import recipe as recipes
from builder.base.errors import BenchError, CallError
from builder.base.recipe import Recipe
from builder.run.files import left_by_tools, sweep, write_text
from builder.run.shards import Failure
from builder.run.stage import digest

RECIPE = "recipe.toml"


class RunFolder:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path = path

    @property
    def release(self) -> Path:
        """Where the splits lie."""
        return self.path / "release"

    @property
    def failures(self) -> Path:
        """The list of what could not be made."""
        return self.path / "failures.jsonl"

    def shard(self, stage: str, index: int) -> Path:
        """The file of shard `index` of a stage."""
        return self.path / stage / f"{index:05d}.parquet"

    def unfinished(self, stage: str, index: int) -> Path:
        """Where a stage may keep what it needs until shard `index` is written."""
        return self.path / stage / f"{index:05d}.unfinished"

    def recipe(self) -> Recipe:
        """The recipe that the run was last generated with. Raises CallError if this is not a run."""
        path = self.path / RECIPE
        if not path.is_file():
            raise CallError(f"{self.path} is not a run: it has no {RECIPE}. 'build-bench generate' makes one.")
        return recipes.load(str(path))

    @contextmanager
    def opened_for(self, recipe: Recipe) -> Iterator[None]:
        """Hold the folder for work on `recipe`: made if missing, locked, unfinished files swept away.

        Raises CallError when the folder is no run's, is another run's or cannot be written, and BenchError when
        another process works in it.
        """
        self._refuse_foreign(recipe)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.path / ".lock", blocking=False)
            lock.acquire()
        except filelock.Timeout:
            raise BenchError(
                f"Another build-bench is working in {self.path}; wait for it, or choose another --out."
            ) from None
        except OSError as error:
            raise CallError(
                f"{self.path} cannot be written: {error.strerror or error}; choose another --out."
            ) from None
        with lock:
            sweep(self.path)
            self._keep(recipe)
            yield

    def write_failures(self, failures: Iterable[Failure]) -> None:
        """Rewrite failures.jsonl, one object a line; the shards' footers are where the list comes from."""
        lines = [json.dumps(asdict(failure), ensure_ascii=False) + "\n" for failure in failures]
        write_text(self.failures, "".join(lines))

    def _refuse_foreign(self, recipe: Recipe) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise CallError(f"{self.path} is a file, not a folder; choose another --out.")
        if (self.path / RECIPE).is_file():
            mine = self.recipe()
            if (mine.name, mine.seed) != (recipe.name, recipe.seed):
                raise CallError(
                    f"{self.path} holds the run of recipe '{mine.name}' with seed {mine.seed}, not of "
                    f"'{recipe.name}' with seed {recipe.seed}; choose another --out, or delete that folder."
                )
        elif self.path.is_dir() and any(map(_is_foreign, self.path.iterdir())):
            raise CallError(f"{self.path} is not empty and not a run; choose a new or empty folder for --out.")

    def _keep(self, recipe: Recipe) -> None:
        text = f"# The resolved recipe of this run. Fingerprint: {fingerprint(recipe)}\n{recipes.to_toml(recipe)}"
        path = self.path / RECIPE
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)


def _is_foreign(entry: Path) -> bool:
    return entry.name != ".lock" and not left_by_tools(entry.name)


def fingerprint(recipe: Recipe) -> str:
    """A digest of every setting of the recipe."""
    return digest(recipe.model_dump(mode="json"))
