"""Audit reports as publishing reads them, whatever the audits themselves make of so few people."""

from pathlib import Path

from builder.format.audit_report import REPORT, AuditKind, Finding, Report, manifest_digest, write_report
from builder.format.reading import open_release


def write_audit(run: Path, failed: tuple[str, ...] = ()) -> None:
    """Write a report about the release of `run`: three checks, of which those in `failed` did not pass."""
    release = open_release(run)
    findings = tuple(
        Finding(name, "small", name, 0.0, "count", "at most", 0.0, name not in failed, f"What {name} found.")
        for name in ("chance", "duplicates", "real_people")
    )
    digest = manifest_digest(release)
    kinds = (AuditKind("small", "Is it small?"),)
    write_report(run / REPORT, Report("small", digest, 1, 28, not failed, kinds, findings))
