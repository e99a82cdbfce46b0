"""What publishing says to the person who runs it."""

import json
import shlex
from pathlib import Path

from builder.hub.base import Hub
from builder.hub.publishing import Plan, Published
from builder.release.diff import Change

_WHY = {
    Change.NONE: "the first version",
    Change.CARD: "only the card changed: patch",
    Change.CONTENT: "the content changed: minor",
    Change.SCHEMA: "the schema changed: major",
}
_LISTED = 20


def describe_plan(hub: Hub, plan: Plan, difference: list[str]) -> str:
    """What would be done; `difference` has what changed against the last version in lines."""
    if plan.step == "nothing":
        return _nothing(hub, plan)
    total = sum(file.size for file in plan.tree.values())
    lines = [
        f"Would publish {hub.name} {plan.version.tag} ({_WHY[plan.change]}): "
        f"{len(plan.tree)} files, {_size(total)}; to send: {len(plan.changed)} files, {_size(plan.bytes_to_send)}."
    ]
    if plan.step == "tag":
        lines.append("  its commit exists already; only the tag is missing")
    lines += [f"  {_size(plan.tree[name].size):>9}  {name}" for name in plan.changed[:_LISTED]]
    if len(plan.changed) > _LISTED:
        lines.append(f"             and {len(plan.changed) - _LISTED} more")
    lines += [f"    removed  {name}" for name in plan.removed]
    if difference:
        lines += [f"Compared with {plan.last.tag if plan.last else ''}:", *difference]
    lines += [f"Note: {warning}." for warning in plan.warnings]
    return "\n".join([*lines, "Nothing was sent."])


def describe_published(hub: Hub, done: Published) -> str:
    """What was done, and how to use it."""
    plan = done.plan
    if plan.step == "nothing":
        return _nothing(hub, plan)
    notes = [f"Note: {warning}." for warning in plan.warnings]
    if done.pull_request:
        lines = [f"Proposed {plan.version.tag}: {done.pull_request}", "Once it is merged, the same command tags it."]
        return "\n".join([*lines, *notes])
    tag = plan.version.tag
    lines = [
        f"Published {hub.name} {tag} ({_WHY[plan.change]}): {len(plan.changed)} files, "
        f"{_size(plan.bytes_to_send)} sent, {len(plan.tree) - len(plan.changed)} there already.",
        f"  {hub.address(tag)}",
        "Load it:",
        f"  {load_line(hub, tag)}",
        "Check it:",
        f"  build-bench verify {shlex.quote(f'{hub.name}@{tag}')}",
    ]
    return "\n".join([*lines, *notes])


def load_line(hub: Hub, tag: str) -> str:
    """The line of Python that loads a version."""
    place = hub.address(tag)
    folder = Path(place).is_dir()
    arguments = f'{json.dumps(place)}, "train"' if folder else f'"{hub.name}", "train", revision="{tag}"'
    return f"datasets.load_dataset({arguments})"


def _nothing(hub: Hub, plan: Plan) -> str:
    return f"Nothing to do: {hub.name} {plan.version.tag} has exactly these bytes."


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000  # type: ignore[assignment]  # a count of units is no longer whole
        if count < 1000 or unit == "GB":
            break
    return f"{count:.1f} {unit}"
