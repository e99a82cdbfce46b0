"""What `publish` and `verify` return: plain data that, printed, reads as the command's output."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from builder.format.reading import Release
from builder.hub.publishing import PublishPlan
from builder.release.diff import Change, Difference
from builder.release.verify import Problem

_WHY = {
    Change.NONE: "the first version",
    Change.CARD: "only the card changed: patch",
    Change.CONTENT: "the content changed: minor",
    Change.SCHEMA: "the schema changed: major",
}
_LISTED_FILES = 20
_LISTED_PROBLEMS = 50


@dataclass(frozen=True)
class Published:
    """What publishing to `repository` did, or with `dry_run` would do; `address` is where people find the version.

    `pull_request` is the address of the one that was proposed. `changes` holds what a dry run found against the last
    version; None when there is none.
    """

    repository: str
    address: str
    plan: PublishPlan
    dry_run: bool = False
    pull_request: str = ""
    changes: Difference | None = None

    @property
    def version(self) -> str:
        """The version: "1.0.0"."""
        return str(self.plan.version)

    @property
    def load_line(self) -> str:
        """The line of Python that loads the version."""
        tag = self.plan.version.tag
        folder = Path(self.address).is_dir()
        arguments = (
            f'{json.dumps(self.address)}, "train"' if folder else f'"{self.repository}", "train", revision="{tag}"'
        )
        return f"datasets.load_dataset({arguments})"

    def __str__(self) -> str:
        if self.plan.step == "nothing" and self.pull_request:
            return (
                f"{self.repository} {self.plan.version.tag} is proposed already: {self.pull_request}\n"
                "Merge it, and the same command without --create-pr tags it; or close it to propose this run anew."
            )
        if self.plan.step == "nothing":
            return f"Nothing to do: {self.repository} {self.plan.version.tag} has exactly these bytes."
        notes = [f"Note: {warning}." for warning in self.plan.warnings]
        if self.dry_run:
            return "\n".join([*_planned(self), *notes, "Nothing was sent."])
        return "\n".join([*_done(self), *notes])


@dataclass(frozen=True)
class Verified:
    """What checking the release that `source` names found."""

    source: str
    release: Release
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        if self.sound:
            files, people = len(self.release.manifest["files"]) + 1, sum(self.release.segments.values())
            counts = f"{files} files and {people} people"
            return f"{self.source} is sound: {counts}, every byte, record, law and split checked."
        shown = [f"  {problem}" for problem in self.problems[:_LISTED_PROBLEMS]]
        if len(self.problems) > _LISTED_PROBLEMS:
            shown.append(f"  and {len(self.problems) - _LISTED_PROBLEMS} more")
        return "\n".join([f"{self.source} is not sound, {len(self.problems)} problems:", *shown])


def _planned(found: Published) -> list[str]:
    """What would be done, and what changed against the last version."""
    plan = found.plan
    total = sum(file.size for file in plan.tree.values())
    lines = [
        f"Would publish {found.repository} {plan.version.tag} ({_WHY[plan.change]}): "
        f"{len(plan.tree)} files, {_size(total)}; to send: {len(plan.changed)} files, {_size(plan.bytes_to_send)}."
    ]
    if plan.step == "tag":
        lines.append("  its commit exists already; only the tag is missing")
    lines += [f"  {_size(plan.tree[name].size):>9}  {name}" for name in plan.changed[:_LISTED_FILES]]
    if len(plan.changed) > _LISTED_FILES:
        lines.append(f"             and {len(plan.changed) - _LISTED_FILES} more")
    lines += [f"    removed  {name}" for name in plan.removed]
    if found.changes and plan.last:
        lines += [f"Compared with {plan.last.tag}:", str(found.changes)]
    return lines


def _done(found: Published) -> list[str]:
    """What was done, and how to use it."""
    plan, tag = found.plan, found.plan.version.tag
    if found.pull_request:
        return [f"Proposed {tag}: {found.pull_request}", "Once it is merged, the same command tags it."]
    return [
        f"Published {found.repository} {tag} ({_WHY[plan.change]}): {len(plan.changed)} files, "
        f"{_size(plan.bytes_to_send)} sent, {len(plan.tree) - len(plan.changed)} there already.",
        f"  {found.address}",
        "Load it:",
        f"  {found.load_line}",
        "Check it:",
        f"  build-bench verify {shlex.quote(f'{found.repository}@{tag}')}",
    ]


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000  # type: ignore[assignment]  # a count of units is no longer whole
        if count < 1000 or unit == "GB":
            break
    return f"{count:.1f} {unit}"
