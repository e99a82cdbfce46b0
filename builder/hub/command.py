"""`publish` and `verify` from end to end."""

import shlex
import tempfile
from collections.abc import Collection
from pathlib import Path

from builder.format.reading import Release, open_release
from builder.hub import readiness
from builder.hub.base import Hub
from builder.hub.publishing import PublishOptions, PublishPlan, carry_out, plan
from builder.hub.readiness import NotReady
from builder.hub.results import Published, Verified
from builder.hub.sources import open_hub, open_source
from builder.release import diff as diffs
from builder.release.diff import Difference
from builder.release.rows import Laws
from builder.release.verify import verify as check_release
from builder.run.workers import Workers, available

_PEOPLE_WORTH_A_PROCESS = 100


def publish(
    run: Path, repository: str, request: PublishOptions, laws: Laws, *, dry_run: bool, allowed: Collection[str] = ()
) -> Published:
    """Publish the run in `run` to `repository`, or with `dry_run` only look.

    `laws` checks a person's questions and `allowed` names audits that may have failed. Raises BenchError.
    """
    folder = readiness.run_folder(run)
    folder.recipe()  # says so where there is no run, before a lock is put there
    with folder.held():  # nobody makes it anew meanwhile
        release = readiness.require_finished(folder)
        checks = readiness.require_audited(folder, release, allowed)
        _refuse_unsound(release, laws)
        hub = open_hub(repository)
        with tempfile.TemporaryDirectory(prefix="build-bench-") as staging:
            planned = plan(hub, release, checks, request, Path(staging))
            address = hub.address(planned.version.tag)
            if dry_run:
                changes = _against_last(hub, planned, release)
                return Published(hub.name, address, planned, dry_run=True, changes=changes)
            done, pull_request = carry_out(hub, planned, request)
            return Published(hub.name, address, done, pull_request=pull_request)


def verify(source: str, laws: Laws, workers: int | None = None) -> Verified:
    """Check the release that `source` names; `laws` checks a person's questions."""
    opened = open_source(source)
    version = str(opened.version) if opened.version else ""
    with Workers(workers or _processes(opened.release)) as pool:
        return Verified(source, opened.release, tuple(check_release(opened.release, laws, pool, version)))


def _refuse_unsound(release: Release, laws: Laws) -> None:
    """Check every byte and law first: a version never changes."""
    with Workers(_processes(release)) as workers:
        problems = list(check_release(release, laws, workers))
    if problems:
        raise NotReady(
            f"{release.path} is not sound, and nothing was published: {problems[0]}"
            f"{f' (and {len(problems) - 1} more)' if len(problems) > 1 else ''}. "
            f"`{shlex.join(['build-bench', 'verify', str(release.path)])}` lists everything."
        )


def _processes(release: Release) -> int:
    """As many as there are processors, but none that would start for fewer than a hundred people."""
    people = release.manifest.get("people")
    count = sum(people.values()) if isinstance(people, dict) else 0
    return max(1, min(available(), count // _PEOPLE_WORTH_A_PROCESS))


def _against_last(hub: Hub, planned: PublishPlan, release: Release) -> Difference | None:
    """What changed against the last version, if there is one; only its files that differ are fetched."""
    if planned.last is None or planned.step == "nothing":
        return None
    tag = planned.last.tag
    before = open_release(hub.fetch(tag, diffs.SMALL_FILES))
    differing, _ = diffs.files_to_read(before.manifest, release.manifest)
    before = open_release(hub.fetch(tag, [*diffs.SMALL_FILES, *differing]))
    return diffs.diff(before, release)
