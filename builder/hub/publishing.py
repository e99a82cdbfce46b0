"""Publishing a run: look, decide on the version, then one commit and one tag.

Every step can be taken again. Killed before the commit, nothing is visible; killed between the commit and the tag, the
same command finds its own commit at the head and tags it.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from builder.base.errors import CallError
from builder.format.reading import Release
from builder.hub import readiness
from builder.hub.base import Hub, HubError, HubFile, State, TagTaken, Tree
from builder.hub.staging import stage
from builder.hub.versions import FIRST, Version, parse_tags
from builder.release.diff import SMALL_FILES, Change, change_between
from builder.release.dressing import CROISSANT
from builder.release.manifest import NAME
from builder.release.stamp import Check, Stamp

_HUBS_OWN = frozenset({".gitattributes"})
"""Files that the Hub itself puts into a repository."""

Step = Literal["nothing", "tag", "commit"]


@dataclass(frozen=True)
class PublishOptions:
    """What the caller asks for besides the run and the hub."""

    version: Version | None = None
    public: bool = False
    pull_request: bool = False


@dataclass(frozen=True)
class PublishPlan:
    """What publishing would do: nothing (all exists), only tag (the commit exists), or commit and tag."""

    version: Version
    last: Version | None
    step: Step
    change: Change
    tree: Tree
    state: State
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def bytes_to_send(self) -> int:
        """The bytes of the files that the hub does not have at their paths."""
        return sum(self.tree[name].size for name in self.changed)


def plan(hub: Hub, release: Release, audit: Sequence[Check], request: PublishOptions, folder: Path) -> PublishPlan:
    """What would be done. Files that publishing rewrites are written to `folder`."""
    state = hub.state()
    versions = parse_tags(state.tags)
    last = versions[-1] if versions else None

    def staged(version: Version) -> Tree:
        stamp = Stamp(str(version), tuple(audit), _day_of(hub, state, version))
        return stage(release, folder / str(version), stamp)

    for known in dict.fromkeys(version for version in (request.version, last) if version in versions and version):
        tree = staged(known)
        if _is_published(hub, known, tree):
            return PublishPlan(known, last, "nothing", Change.NONE, tree, state)
    before = hub.fetch(last.tag, SMALL_FILES) if last else None
    change = change_between(before, release.path) if before else Change.NONE
    version = _version(request.version, versions, change, hub.name)
    tree = staged(version)
    readiness.check_limits(tree)
    return _compared_with_head(hub, PublishPlan(version, last, "commit", change, tree, state))


def carry_out(hub: Hub, plan: PublishPlan, request: PublishOptions) -> tuple[PublishPlan, str]:
    """Do it. Returns the plan as it was carried out, and the address of the pull request when one was wanted.

    Whatever ends the work early, the same command goes on from there. A pull request moves nothing; once it is merged,
    the same command tags it.
    """
    if plan.step == "nothing":
        if request.public and plan.state.private:
            hub.open_to_all()
        return plan, ""
    hub.check_access()
    if plan.state.head is None:
        made = not plan.state.exists
        hub.prepare(public=request.public)
        plan = _compared_with_head(hub, replace(plan, step="commit", state=hub.state()))
        if made and not request.public and plan.state.private is False:
            raise HubError(
                f"{hub.name} was to be private and everybody can read it; nothing was published. Make it private in "
                "its settings on the Hub, or publish it with --public."
            )
    message = f"Version {plan.version}"
    if request.pull_request and plan.step == "commit":
        proposal = hub.propose(plan.tree, plan.changed, plan.removed, message)
        return plan if proposal.is_new else replace(plan, step="nothing"), proposal.pull_request
    head = plan.state.head if plan.step == "tag" else _commit(hub, plan, message)
    _tag(hub, plan.version, str(head), message)
    if request.public and plan.state.private:
        hub.open_to_all()
    return plan, ""


def _version(given: Version | None, versions: Sequence[Version], change: Change, where: str) -> Version:
    proposal = versions[-1].after(change) if versions else FIRST
    if given is None:
        return proposal
    if given in versions:
        raise CallError(
            f"{where} has {given.tag} already, with other content, and a version never changes; "
            f"the next would be {proposal}."
        )
    if versions and given < versions[-1]:
        raise CallError(f"{given} comes before {versions[-1]}, which {where} has; the next would be {proposal}.")
    return given


def _day_of(hub: Hub, state: State, version: Version) -> str:
    """The day a version was published on: as its own files say, at its tag or in a commit without one; else today."""
    revision = state.tags.get(version.tag, state.head)
    if revision:
        try:
            said = json.loads((hub.fetch(revision, [CROISSANT]) / CROISSANT).read_text(encoding="utf-8"))
            if said["version"] == str(version):
                return str(said["datePublished"])
        except (OSError, ValueError, TypeError, LookupError):
            pass  # there is none, or it is not ours
    return datetime.now(UTC).date().isoformat()


def _is_published(hub: Hub, version: Version, tree: Tree) -> bool:
    """Whether a version has the very bytes of `tree`: its manifest lists them all."""
    manifest = hub.fetch(version.tag, [NAME]) / NAME
    return manifest.is_file() and manifest.read_bytes() == tree[NAME].source.read_bytes()


def _compared_with_head(hub: Hub, plan: PublishPlan) -> PublishPlan:
    """The plan with what differs from the head, which is nothing when an interrupted command made this very commit."""
    head = plan.state.head
    there = hub.files(head) if head else {}
    changed, removed = _differences(plan.tree, there)
    if head:
        _refuse_foreign(hub, head, there, plan)
    step: Step = "commit" if changed or removed or not head else "tag"
    notes = readiness.warnings(changed) + _warnings(plan, hub, there)
    return replace(plan, step=step, changed=tuple(changed), removed=tuple(removed), warnings=tuple(notes))


def _differences(tree: Tree, there: dict[str, HubFile]) -> tuple[list[str], list[str]]:
    changed = [name for name, file in tree.items() if name not in there or not there[name].is_same(file)]
    return changed, [name for name in there if name not in tree and name not in _HUBS_OWN]


def _refuse_foreign(hub: Hub, head: str, there: Collection[str], plan: PublishPlan) -> None:
    """Stop before a file is removed or replaced that no release put there."""
    strange = set(there) - _HUBS_OWN - _list_released(hub, head, there)
    if strange:
        raise HubError(
            f"{hub.name} has files that are not part of a release: {', '.join(sorted(strange)[:3])}; nothing was "
            "published. Choose another --repo, or remove them first."
        )


def _list_released(hub: Hub, revision: str, there: Collection[str]) -> set[str]:
    """The files of a commit that its own manifest lists."""
    if NAME not in there:
        return set()
    try:
        manifest = json.loads((hub.fetch(revision, [NAME]) / NAME).read_text(encoding="utf-8"))
        return {NAME, *(str(entry["path"]) for entry in manifest["files"])}
    except (ValueError, TypeError, LookupError):
        return set()


def _warnings(plan: PublishPlan, hub: Hub, there: dict[str, HubFile]) -> list[str]:
    """Edits made to the head by hand since the last version, which this version replaces."""
    if not plan.last or plan.state.head == plan.state.tags.get(plan.last.tag):
        return []
    tagged = hub.files(plan.last.tag)
    edited = sorted(name for name in there if there[name] != tagged.get(name) and name not in _HUBS_OWN)
    return [f"{', '.join(edited[:3])} changed after {plan.last.tag}, and this version replaces it"] if edited else []


def _commit(hub: Hub, plan: PublishPlan, message: str) -> str:
    try:
        return hub.commit(plan.tree, plan.changed, plan.removed, plan.state.head, message).id
    except HubError:
        # It may have arrived and only the answer been lost: what stands there says so.
        head = hub.state().head
        if head and head != plan.state.head and not any(_differences(plan.tree, hub.files(head))):
            return head
        raise


def _tag(hub: Hub, version: Version, commit: str, message: str) -> None:
    try:
        hub.tag(version.tag, commit, message)
    except TagTaken:
        if hub.state().tags.get(version.tag) != commit:  # ours already, when it is on our commit
            raise
