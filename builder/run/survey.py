"""Which parts of a run are made, which are not, and why: derived from its files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from builder.base.recipe import Recipe
from builder.base.records import number_at
from builder.run import remaking, shards
from builder.run.folder import RunFolder
from builder.run.shards import DamagedShard, Failure, Footer
from builder.run.slices import Slice
from builder.run.stage import Stage

State = Literal["made", "missing", "damaged", "outdated", "waiting"]


@dataclass(frozen=True)
class Span:
    """The people of one shard: those at the places `first` up to, not including, `stop`. Iterated, their numbers."""

    index: int
    first: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.first

    def __iter__(self) -> Iterator[int]:
        return map(number_at, range(self.first, self.stop))

    @property
    def ids(self) -> list[str]:
        """The ids of its people."""
        return [f"{number:05d}" for number in self]


@dataclass(frozen=True)
class ShardStatus:
    """The state of one shard, and why it is not made. A waiting shard's input is not made yet."""

    span: Span
    state: State
    why: str = ""
    failures: tuple[Failure, ...] = ()


def spans(recipe: Recipe, slice: Slice | None = None) -> Iterator[Span]:
    """The shards of every stage of a run, or those of one slice of it."""
    size = recipe.run.shard_size
    for index, first in enumerate(range(0, recipe.total, size)):
        if slice is None or slice.has(index):
            yield Span(index, first, min(first + size, recipe.total))


def survey(run: RunFolder, stages: Sequence[Stage], recipe: Recipe) -> dict[str, list[ShardStatus]]:
    """The status of every shard of every stage, by the stage's name."""
    result: dict[str, list[ShardStatus]] = {stage.name: [] for stage in stages}
    by_name = {stage.name: stage for stage in stages}
    for span in spans(recipe):
        inputs: dict[str, list[Any]] = {}  # what several stages follow is read once
        for stage in stages:
            source = by_name.get(stage.follows)
            if source and result[source.name][span.index].state != "made":
                status = ShardStatus(span, "waiting", f"{source.name} must be made first")
            else:
                if stage.follows not in inputs:
                    inputs[stage.follows] = input_records(run, source, span)
                wanted = wanted_footer(run, stage, recipe, span, inputs[stage.follows])
                status = check_shard(run, stage, span, wanted)
            result[stage.name].append(status)
    return result


def check_shard(run: RunFolder, stage: Stage, span: Span, wanted: Footer) -> ShardStatus:
    """The status of one shard; every byte of it is read, so that damage anywhere is noticed."""
    path = run.shard(stage.name, span.index)
    if not path.is_file():
        return ShardStatus(span, "missing", "not made yet")
    try:
        footer = shards.read_footer(path)
        why = _explain_outdated(footer, wanted, stage.follows)
        if why:
            return ShardStatus(span, "outdated", why)
        shards.read_table(path, stage.record)
    except DamagedShard as error:
        return ShardStatus(span, "damaged", str(error))
    return ShardStatus(span, "made", failures=footer.failures)


def wanted_footer(run: RunFolder, stage: Stage, recipe: Recipe, span: Span, before: Sequence[Any]) -> Footer:
    """The footer that a shard has when it is up to date, failures aside."""
    made_again = remaking.times(run, stage, recipe, before)
    return Footer(span.first, span.stop, stage.basis(recipe), stage.input_digest(before), (), made_again)


def input_records(run: RunFolder, source: Stage | None, span: Span) -> list[Any]:
    """The records that a shard's stage is given; none for the first stage."""
    return shards.read(run.shard(source.name, span.index), source.record) if source else []


def stray_shards(run: RunFolder, stages: Sequence[Stage], recipe: Recipe) -> list[Path]:
    """Shards of a longer run than the recipe asks for now."""
    expected = {f"{span.index:05d}.parquet" for span in spans(recipe)}
    files = (path for stage in stages for path in (run.path / stage.name).glob("*.parquet"))
    return sorted(path for path in files if path.name not in expected)


def _explain_outdated(footer: Footer, wanted: Footer, follows: str) -> str:
    if (footer.first, footer.stop) != (wanted.first, wanted.stop):
        return f"it holds people {footer.first}-{footer.stop - 1}, not {wanted.first}-{wanted.stop - 1}"
    reasons = [
        _change(key, footer.basis.get(key), wanted.basis.get(key))
        for key in sorted(footer.basis.keys() | wanted.basis.keys())
        if footer.basis.get(key) != wanted.basis.get(key)
    ]
    if footer.input_digest != wanted.input_digest:
        reasons.append(f"its input from {follows} changed")
    if footer.made_again != wanted.made_again:
        reasons.append("somebody in it looks too much like another person")
    return "; ".join(reasons)


def _change(key: str, old: Any, new: Any) -> str:
    return f"{key} changed" if "/" in key else f"{key}: {old} -> {new}"
