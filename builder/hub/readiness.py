"""Whether a run may be published: finished, audited, within what the Hub advises."""

import shlex
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from builder.base.errors import BenchError, CallError
from builder.format.audit_report import REPORT, NoReport, report_of
from builder.format.reading import Release, open_release
from builder.hub.base import Tree
from builder.release.manifest import NAME
from builder.release.stamp import Check
from builder.run.folder import RunFolder, fingerprint


class NotReady(BenchError):
    """A run that may not be published, and why."""


@dataclass(frozen=True)
class Advice:
    """What the Hub advises: beyond the limits nothing is sent, beyond the rest a warning says so."""

    files: int = 100_000
    files_in_folder: int = 10_000
    file_bytes: int = 50 * 10**9
    files_in_commit: int = 100


ADVICE = Advice()


def require_finished(run: RunFolder) -> Release:
    """The release of a run, which is that of the run's recipe. Raises NotReady."""
    recipe = run.recipe()
    command = shlex.join(["build-bench", "generate", str(run.path / "recipe.toml"), "--out", str(run.path)])
    again = f"run `{command}` first"
    if not (run.release / NAME).is_file():
        raise NotReady(f"{run.path} is not finished: it has no release; {again}.")
    release = open_release(run.release)
    if release.manifest.get("recipe_fingerprint") != fingerprint(recipe):
        raise NotReady(f"{run.path} was given another recipe after its release was made; {again}.")
    return release


def require_audited(run: RunFolder, release: Release, allowed: Collection[str]) -> tuple[Check, ...]:
    """What the audit of this very release found. Raises NotReady when a check failed that is not `allowed` to."""
    path = release.beside(REPORT)
    way_out = f"run `{shlex.join(['build-bench', 'audit', str(run.path)])}`"
    try:
        report = report_of(release)
    except NoReport as error:
        raise NotReady(f"{error}; {way_out} first.") from None
    checks = tuple(Check(finding.check, finding.passed, finding.sentence) for finding in report.findings)
    _refuse_unknown(allowed, checks)
    failed = [check.name for check in checks if not check.passed and check.name not in allowed]
    if failed:
        flags = " ".join(f"--allow-failed-audit {name}" for name in failed)
        raise NotReady(f"The audit failed: {', '.join(failed)}; {path} says why. To publish all the same, add {flags}.")
    if not report.passed and all(check.passed for check in checks):
        raise NotReady(f"The audit failed, and {path} does not say where; {way_out} again.")
    return checks


def check_limits(tree: Tree, advice: Advice = ADVICE) -> None:
    """Raise NotReady if the Hub would reject the files or fail on them."""
    if len(tree) > advice.files:
        raise NotReady(f"The release has {len(tree):,} files and the Hub takes fewer than {advice.files:,}.")
    folders = Counter(str(PurePosixPath(name).parent) for name in tree)
    for folder, count in folders.items():
        if count > advice.files_in_folder:
            raise NotReady(f"{folder}/ has {count:,} files and the Hub takes {advice.files_in_folder:,} in a folder.")
    for name, file in tree.items():
        if file.size > advice.file_bytes:
            raise NotReady(
                f"{name} has {file.size / 1e9:.0f} GB and the Hub takes {advice.file_bytes / 1e9:.0f} GB a file."
            )


def warnings(changed: Sequence[str], advice: Advice = ADVICE) -> list[str]:
    """Warnings about what the Hub accepts but advises against."""
    if len(changed) <= advice.files_in_commit:
        return []
    return [f"{len(changed)} files in one commit; the Hub advises at most {advice.files_in_commit}; it may be slow."]


def _refuse_unknown(allowed: Collection[str], checks: Sequence[Check]) -> None:
    unknown = set(allowed) - {check.name for check in checks}
    if unknown:
        known = ", ".join(check.name for check in checks)
        raise CallError(f"--allow-failed-audit {min(unknown)}: the audit has no such check; it has {known}.")


def run_folder(path: Path) -> RunFolder:
    """The run in `path`. Raises CallError, with the way out, when it is something else."""
    if (path / NAME).is_file() and not (path / "recipe.toml").is_file():
        raise CallError(f"{path} is not a run; name the folder that 'build-bench generate' made.")
    return RunFolder(path)
