"""Audit reports as publishing reads them, whatever the audits themselves make of so few people."""

import hashlib
import json
from pathlib import Path


def write_audit(run: Path, failed: tuple[str, ...] = ()) -> None:
    """Write a report about the release of `run`: three checks, of which those in `failed` did not pass."""
    findings = [
        {"check": name, "passed": name not in failed, "sentence": f"What {name} found."}
        for name in ("chance", "duplicates", "real_people")
    ]
    manifest = (run / "release" / "manifest.json").read_bytes()
    report = {"release_sha256": hashlib.sha256(manifest).hexdigest(), "passed": not failed, "findings": findings}
    (run / "audit.json").write_text(json.dumps(report))
