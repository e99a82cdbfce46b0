"""What `generate` and `status` return: plain data that, printed, reads as the command's output."""

import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.audit import REPORT, Report, describe
from builder.base.recipe import Recipe
from builder.format.reading import Release
from builder.run.folder import RECIPE, RunFolder
from builder.run.shards import Failure
from builder.run.slices import Slice
from builder.run.survey import ShardStatus, spans


@dataclass(frozen=True)
class Generated:
    """A run that is up to date with its recipe.

    `audit` is None when the release holds nobody; `rebuilt` tells whether the release was laid out anew; `writing` says
    in sentences what a language model was asked and what it cost.
    """

    recipe: Recipe
    folder: Path
    release: Release
    failures: tuple[Failure, ...]
    audit: Report | None
    rebuilt: bool
    seconds: float
    writing: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """The people in the release, those held out included and public figures not."""
        return self.release.fictitious

    @property
    def splits(self) -> dict[str, int]:
        """The number of people in each split, by the name that `load_dataset` knows it by."""
        return {name: config["rows"] for name, config in self.release.manifest["configs"].items()}

    def __str__(self) -> str:
        recipe = self.recipe
        lines = [
            f"{self.people} people of recipe '{recipe.name}', seed {recipe.seed}, in {self.seconds:.1f} s."
            if self.rebuilt
            else f"Nothing to do: {self.people} people of recipe '{recipe.name}', seed {recipe.seed}, are complete.",
            f"  people in each split: {', '.join(f'{name} {count}' for name, count in self.splits.items())}",
        ]
        lines += _failure_lines(self.failures, RunFolder(self.folder).failures)
        lines += [f"  {line}" for line in self.writing]
        if self.audit:
            lines.append(describe(self.audit, self.folder / REPORT))
        code = f'from datasets import load_dataset; print(load_dataset({json.dumps(str(self.release.path))}, "train"))'
        lines += [
            f"  release: {self.release.path}",
            "To look at it:",
            f"  build-bench preview {shlex.quote(str(self.folder))} --open",
            f"  python -c {shlex.quote(code)}",
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class MadeSlice:
    """A slice of a run that is up to date with its recipe; `writing` as in Generated."""

    recipe: Recipe
    folder: RunFolder
    failures: tuple[Failure, ...]
    seconds: float
    writing: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """The people of the slice, failures included."""
        return sum(len(span) for span in spans(self.recipe, self.folder.slice))

    def __str__(self) -> str:
        recipe = self.recipe
        return "\n".join(
            [
                f"Slice {self.folder.slice}: {self.people} of {recipe.total} people of recipe '{recipe.name}', seed "
                f"{recipe.seed}, in {self.seconds:.1f} s.",
                *_failure_lines(self.failures, self.folder.failures),
                *(f"  {line}" for line in self.writing),
                f"When all slices are made, finish with: {_continue(self.folder.path)}",
            ]
        )


@dataclass(frozen=True)
class Status:
    """How far a run has come: how each shard of each stage stands, by the stage's name.

    `at_work` are the slices that are being made.
    """

    folder: Path
    recipe: Recipe
    stages: Mapping[str, tuple[ShardStatus, ...]]
    at_work: tuple[Slice, ...] = ()

    @property
    def failures(self) -> list[Failure]:
        """Who could not be made, and why."""
        return [failure for statuses in self.stages.values() for each in statuses for failure in each.failures]

    @property
    def finished(self) -> bool:
        """Whether every shard is made, and a release laid out."""
        made = all(each.state == "made" for statuses in self.stages.values() for each in statuses)
        return made and (RunFolder(self.folder).release / "manifest.json").is_file()

    def __str__(self) -> str:
        recipe, shards = self.recipe, len(self.stages["profiles"])
        lines = [f"{self.folder}: recipe '{recipe.name}', seed {recipe.seed}, {recipe.total} people in {shards} shards"]
        for name, statuses in self.stages.items():
            lines += _stage_lines(name, statuses)
        lines += _failure_lines(self.failures, RunFolder(self.folder).failures)
        if self.at_work:
            lines.append(f"  slices being made: {', '.join(map(str, self.at_work))}")
        elif self.finished:
            lines.append(f"  release: {RunFolder(self.folder).release}")
        else:
            lines.append(f"Continue with: {_continue(self.folder)}")
        return "\n".join(lines)


def _stage_lines(name: str, statuses: Sequence[ShardStatus]) -> list[str]:
    counts = Counter(status.state for status in statuses)
    reasons = Counter(status.why for status in statuses if status.state in ("damaged", "outdated"))
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    return [f"  {name:<10} {states}", *(f"    {count} x {why}" for why, count in reasons.most_common(5))]


def _continue(folder: Path) -> str:
    return shlex.join(["build-bench", "generate", str(folder / RECIPE), "--out", str(folder)])


def _failure_lines(failures: Sequence[Failure], path: Path) -> list[str]:
    if not failures:
        return ["  failed: nobody"]
    lines = [f"  failed: {len(failures)}, listed in {path}"]
    return lines + [f"    {each.profile_id} in {each.stage}: {each.reason}" for each in failures[:5]]
