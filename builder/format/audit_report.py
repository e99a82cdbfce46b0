"""The report of an audit, which is kept beside the release as audit.json (schemas/audit.json)."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from builder.base import schemas
from builder.base.errors import BenchError
from builder.base.records import from_json, to_json
from builder.format.reading import MANIFEST, Release
from builder.run.files import write_text

REPORT = "audit.json"

Unit = Literal["share", "count", "words", "points"]
Wanted = Literal["at most", "at least"]


@dataclass(frozen=True)
class FindingExample:
    """An example: a person's id, or "" if it concerns nobody in particular, and what is wrong."""

    id: str
    text: str


@dataclass(frozen=True)
class Value:
    """One of the figures behind a finding's figure, for its chart; `series` tells several of one label apart."""

    label: str
    figure: float
    low: float | None = None
    high: float | None = None
    series: str = ""
    passed: bool = True


@dataclass(frozen=True)
class Finding:
    """What one check found: a figure, where the line is, whether it holds, and the worst examples.

    `interval` covers a rate with probability 1 - thresholds.FALSE_ALARM, all tests of the finding together. A rate
    fails when it is *certainly* beyond the threshold, not when it merely looks so.
    """

    check: str
    audit: str
    title: str
    figure: float
    unit: Unit
    wanted: Wanted
    threshold: float
    passed: bool
    sentence: str
    interval: tuple[float, ...] = ()
    values: tuple[Value, ...] = ()
    worst: tuple[FindingExample, ...] = ()


@dataclass(frozen=True)
class AuditKind:
    """A kind of audit: its name, and the question it answers."""

    name: str
    title: str


@dataclass(frozen=True)
class NotApplicable:
    """A check, or with an empty `check` a whole kind of audit, that was not made, and why."""

    check: str
    audit: str
    title: str
    reason: str


@dataclass(frozen=True)
class Judgement:
    """A judge model's view of some people's texts: mean ratings out of 10, and who got the lowest and why."""

    model: str
    people: int
    naturalness: float
    consistency: float
    worst: tuple[FindingExample, ...] = ()


@dataclass(frozen=True)
class Report:
    """All findings about one release. `release_sha256` is that of its manifest, which has every file's.

    `audits` are the kinds of audit that were made, each with the question it answers. `judge` decides nothing.
    `not_applicable` is what could not be made, because the release is an imported set that lacks what it needs.
    """

    release: str
    release_sha256: str
    version: int
    people: int
    passed: bool
    audits: tuple[AuditKind, ...]
    findings: tuple[Finding, ...]
    judge: Judgement | None = None
    not_applicable: tuple[NotApplicable, ...] = ()

    @property
    def failed(self) -> list[Finding]:
        """The findings that did not pass."""
        return [finding for finding in self.findings if not finding.passed]


_OPTIONAL = ("judge", "not_applicable")
"""What a report has only where there is something to say."""


class NoReport(BenchError):
    """A release has no report, for the reason given."""


def report_to_json(report: Report) -> dict[str, Any]:
    """The report as schemas/audit.json has it."""
    data: dict[str, Any] = to_json(report)
    return {key: value for key, value in data.items() if key not in _OPTIONAL or value}


def write_report(path: Path, report: Report) -> None:
    """Write a report, checked against its schema, whole or not at all."""
    data = report_to_json(report)
    schemas.check("audit", data)
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def read_report(path: Path) -> Report:
    """The report in a file, checked against its schema. Raises NoReport."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        schemas.check("audit", data)
        return from_json(Report, data)
    except FileNotFoundError:
        raise NoReport(f"{path} does not exist") from None
    except (OSError, ValueError, schemas.InvalidRecord) as error:
        raise NoReport(f"{path} is no report of this version's audit ({error})") from None


def report_of(release: Release) -> Report:
    """The report beside a release. Raises NoReport, also when it is about other bytes than the release's."""
    path = release.beside(REPORT)
    report = read_report(path)
    if report.release_sha256 != manifest_digest(release):
        raise NoReport(f"{path} is about another release than the one in {release.path}")
    return report


def manifest_digest(release: Release) -> str:
    """The sha256 of a release's manifest, which has every file's: by it a report knows its release."""
    return hashlib.sha256((release.path / MANIFEST).read_bytes()).hexdigest()
