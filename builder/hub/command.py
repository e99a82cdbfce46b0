"""`publish`, `verify` and `diff` from end to end, down to what is said."""

import shlex
import tempfile
from collections.abc import Collection
from pathlib import Path

from builder.format.reading import Release, open_release
from builder.hub import readiness, wording
from builder.hub.base import Hub
from builder.hub.publishing import Plan, Request, carry_out, plan
from builder.hub.readiness import NotReady
from builder.hub.sources import open_hub, open_source
from builder.release import diff as diffs
from builder.release.rows import Laws
from builder.release.verify import verify as check_release
from builder.run.workers import Workers, available

_PEOPLE_WORTH_A_PROCESS = 100
_SHOWN = 50
"""Problems that a report lists."""


def publish(
    run: Path, repository: str, request: Request, laws: Laws, *, dry_run: bool, allowed: Collection[str] = ()
) -> str:
    """Publish the run in `run` to `repository`, or with `dry_run` only look; return what there is to say.

    `laws` checks a person's questions and `allowed` names audits that may have failed. Raises BenchError.
    """
    folder = readiness.run_folder(run)
    with folder.opened_for(folder.recipe()):  # nobody makes it anew meanwhile
        release = readiness.finished(folder)
        checks = readiness.audited(folder, release, allowed)
        _refuse_unsound(release, laws)
        hub = open_hub(repository)
        with tempfile.TemporaryDirectory(prefix="build-bench-") as staging:
            planned = plan(hub, release, checks, request, Path(staging))
            if dry_run:
                return wording.describe_plan(hub, planned, _against_last(hub, planned, release))
            return wording.describe_published(hub, carry_out(hub, planned, request))


def verify(source: str, laws: Laws, workers: int | None = None) -> tuple[bool, str]:
    """Whether the release that `source` names is sound, and the report."""
    opened = open_source(source)
    version = str(opened.version) if opened.version else ""
    with Workers(workers or _processes(opened.release)) as pool:
        problems = list(check_release(opened.release, laws, pool, version))
    if not problems:
        files, people = len(opened.release.manifest["files"]) + 1, sum(opened.release.segments.values())
        return True, f"{source} is sound: {files} files and {people} people, every byte, record, law and split checked."
    shown = [f"  {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"  and {len(problems) - _SHOWN} more")
    return False, "\n".join([f"{source} is not sound, {len(problems)} problems:", *shown])


def diff(before: str, after: str) -> str:
    """What changed between the releases that two sources name."""
    difference = diffs.diff(open_source(before).release, open_source(after).release)
    return "\n".join([f"From {before} to {after}:", *diffs.describe(difference)]) if difference else "Nothing differs."


def _refuse_unsound(release: Release, laws: Laws) -> None:
    """A version stands for ever, so every byte and law is checked before."""
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


def _against_last(hub: Hub, planned: Plan, release: Release) -> list[str]:
    """What changed against the last version, in lines; of that version only the files that differ are fetched."""
    if planned.last is None or planned.step == "nothing":
        return []
    tag = planned.last.tag
    before = open_release(hub.fetch(tag, diffs.SMALL_FILES))
    differing, _ = diffs.files_to_read(before.manifest, release.manifest)
    before = open_release(hub.fetch(tag, [*diffs.SMALL_FILES, *differing]))
    return diffs.describe(diffs.diff(before, release))
