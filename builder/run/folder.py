"""A run's folder: its files, its recipe, and the locks of the processes that work in it."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import filelock

from builder.base import recipe as recipes
from builder.base.errors import BenchError, CallError
from builder.base.recipe import CHANGES_NO_RECORD, Recipe
from builder.base.settings import flat
from builder.run import slices
from builder.run.files import is_temporary, left_by_tools, sweep, write_text
from builder.run.shards import Failure
from builder.run.slices import LOCK, SLICES, Slice
from builder.run.stage import digest

RECIPE = "recipe.toml"
_SECONDS_TO_START = 2.0
"""How long slices that are just starting may keep the folder from somebody who works on the whole run."""
_SECONDS_TO_WAIT = 300.0
"""How long a slice waits while others start."""
_MAY_DIFFER = CHANGES_NO_RECORD - {"profiles.count"}
"""Settings in which the recipes of a run's slices may differ."""

TakeIn = Callable[[Sequence[Path]], None]
"""Takes into the run what slices kept in their own folders, which are removed afterwards."""


class RunFolder:
    """The folder of one run, for work on all of it or on one slice of it."""

    def __init__(self, path: Path, slice: Slice | None = None) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path, self.slice = path, slice

    @property
    def release(self) -> Path:
        """Where the splits lie."""
        return self.path / "release"

    @property
    def own(self) -> Path:
        """Where nobody else writes: the slice's own folder, or the run's if it is worked on as a whole."""
        return self.slice.folder(self.path) if self.slice else self.path

    @property
    def failures(self) -> Path:
        """The list of what could not be made."""
        return self.own / "failures.jsonl"

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
    def opened_for(self, recipe: Recipe, take_in: TakeIn | None = None) -> Iterator[None]:
        """Hold the folder for work on `recipe`: made if missing, locked, unfinished files swept away.

        `take_in` is called while nobody else works here, with the folders of slices that are over; without it they
        stay.

        Raises CallError when the folder is no run's, is another run's or cannot be written, and BenchError when
        another process works in it: on the whole run or, unless a slice is asked for, on a slice.
        """
        self._refuse_foreign(recipe)
        if self.slice is None:
            with _lock(self.path, _SECONDS_TO_START, f"Another build-bench is working in {self.path}"):
                self._refuse_slices_at_work()
                self._start(recipe, list(slices.begun(self.path).values()), take_in)
                yield
            return
        with ExitStack() as held:
            with _lock(self.path, _SECONDS_TO_WAIT, f"Another build-bench is working on all of {self.path}"):
                held.enter_context(_lock(self.own, 0, f"Slice {self.slice} of {self.path} is being made already"))
                self._start_slice(self.slice, recipe, take_in)
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from changing the run while it is read.

        Raises BenchError when one works in it, on the whole run or on a slice.
        """
        with _lock(self.path, _SECONDS_TO_START, f"Another build-bench is working in {self.path}", movable=False):
            self._refuse_slices_at_work()
            yield

    def write_failures(self, failures: Iterable[Failure]) -> None:
        """Rewrite failures.jsonl, one object a line; the shards' footers are where the list comes from."""
        lines = [json.dumps(asdict(failure), ensure_ascii=False) + "\n" for failure in failures]
        write_text(self.failures, "".join(lines))

    def _start(self, recipe: Recipe, over: Sequence[Path], take_in: TakeIn | None) -> None:
        """Begin to work while nobody else does, and have done with the slices that are `over`."""
        sweep(self.path)
        if take_in:
            take_in(over)
            for folder in over if self.slice else [self.path / SLICES]:
                shutil.rmtree(folder, ignore_errors=True)
        self._keep(recipe, self.path / RECIPE)

    def _start_slice(self, own: Slice, recipe: Recipe, take_in: TakeIn | None) -> None:
        """Begin to work beside other slices."""
        begun = slices.begun(self.path)
        beside = [each for each in begun if each.of == own.of and each != own]
        strange = {each: folder for each, folder in begun.items() if each.of != own.of}
        busy = next(slices.at_work(self.path, strange), None)
        if busy:
            raise BenchError(
                f"{self.path} is being made in {busy.of} slices, and {busy} is at work; wait for it, or use "
                f"--slice i/{busy.of}."
            )
        if beside:
            self._refuse_other_recipe(recipe)
        if not any(slices.at_work(self.path, beside)):
            self._start(recipe, list(strange.values()), take_in)
        self._keep(recipe, self.path / SLICES / RECIPE)

    def _refuse_slices_at_work(self) -> None:
        busy = list(slices.at_work(self.path))
        if busy:
            raise BenchError(
                f"Slices of {self.path} are being made: {', '.join(map(str, busy))}; wait for them and run the same "
                "command again."
            )

    def _refuse_other_recipe(self, recipe: Recipe) -> None:
        """Raise CallError if the slices before this one were made of another recipe."""
        path = self.path / SLICES / RECIPE
        if not path.is_file():
            return
        before, now = flat(recipes.load(str(path))), flat(recipe)
        for key in before.keys() - _MAY_DIFFER:
            if before[key] != now[key]:
                raise CallError(
                    f"The slices of {self.path} are made of a recipe with {key} = {before[key]!r}, not {now[key]!r}. "
                    f"Give all slices the same recipe; to have all of them made of this one, delete {path} first."
                )

    def _refuse_foreign(self, recipe: Recipe) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise CallError(f"{self.path} is a file, not a folder; choose another --out.")
        # Listed before the recipe is looked for: another slice may be making both.
        foreign = self.path.is_dir() and any(map(_is_foreign, self.path.iterdir()))
        if (self.path / RECIPE).is_file():
            mine = self.recipe()
            if (mine.name, mine.seed) != (recipe.name, recipe.seed):
                raise CallError(
                    f"{self.path} holds the run of recipe '{mine.name}' with seed {mine.seed}, not of "
                    f"'{recipe.name}' with seed {recipe.seed}; choose another --out, or delete that folder."
                )
        elif foreign:
            raise CallError(f"{self.path} is not empty and not a run; choose a new or empty folder for --out.")

    def _keep(self, recipe: Recipe, path: Path) -> None:
        text = f"# The resolved recipe of this run. Fingerprint: {fingerprint(recipe)}\n{recipes.to_toml(recipe)}"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)


@contextmanager
def _lock(folder: Path, seconds: float, busy: str, *, movable: bool = True) -> Iterator[None]:
    """Hold the lock of a folder, made if missing; `busy` says what it means that another process holds it.

    `movable` work could be done in another --out.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK, timeout=seconds)
        lock.acquire()
    except filelock.Timeout:
        raise BenchError(f"{busy}; wait for it{', or choose another --out' if movable else ''}.") from None
    except OSError as error:
        way_out = "; choose another --out" if movable else ""
        raise CallError(f"{folder} cannot be written: {error.strerror or error}{way_out}.") from None
    with lock:
        yield


def _is_foreign(entry: Path) -> bool:
    return entry.name not in (LOCK, SLICES) and not is_temporary(entry.name) and not left_by_tools(entry.name)


def fingerprint(recipe: Recipe) -> str:
    """A digest of every setting of the recipe."""
    return digest(recipe.model_dump(mode="json"))
