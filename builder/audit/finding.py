"""Findings of audits, and the report that holds them all."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from builder.audit import thresholds
from builder.base import schemas
from builder.base.records import to_json
from builder.run.files import write_text

MOST_EXAMPLES = 20
"""The most examples that a finding keeps."""

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
    """

    release: str
    release_sha256: str
    version: int
    people: int
    passed: bool
    audits: tuple[AuditKind, ...]
    findings: tuple[Finding, ...]
    judge: Judgement | None = None

    @property
    def failed(self) -> list[Finding]:
        """The findings that did not pass."""
        return [finding for finding in self.findings if not finding.passed]


def faults(check: str, audit: str, title: str, looked_at: str, examples: Iterable[FindingExample]) -> Finding:
    """A finding of flaws that must not occur at all. `looked_at` is what was searched: "1,296 questions"."""
    counted = iter(examples)
    worst = tuple(itertools.islice(counted, MOST_EXAMPLES))
    count = len(worst) + sum(1 for _ in counted)
    found = "none" if not count else f"{count:,}, for example: {worst[0].text}"
    return Finding(
        check=check,
        audit=audit,
        title=title,
        figure=float(count),
        unit="count",
        wanted="at most",
        threshold=0.0,
        passed=not count,
        sentence=f"In {looked_at}: {found.rstrip('.')}.",
        worst=worst,
    )


def words(key: str) -> str:
    """A fact's key as people read it: "blood type"."""
    return key.replace("_", " ")


def percent(rate: float) -> str:
    """A rate as people read it: "24.6 %"."""
    return f"{100 * rate:.1f} %"


def write_report(path: Path, report: Report) -> None:
    """Write a report, checked against schemas/audit.json, whole or not at all."""
    data = to_json(report)
    if report.judge is None:
        del data["judge"]
    schemas.check("audit", data)
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def read_report(path: Path) -> Report | None:
    """The report in a file; None if there is none that this version can read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        schemas.check("audit", data)
    except (OSError, ValueError, schemas.InvalidRecord):
        return None
    return _report(data)


def _report(data: dict[str, Any]) -> Report:
    found = tuple(
        Finding(
            **{
                **each,
                "interval": tuple(each["interval"]),
                "values": tuple(Value(**value) for value in each["values"]),
                "worst": tuple(FindingExample(**example) for example in each["worst"]),
            }
        )
        for each in data["findings"]
    )
    kinds = tuple(AuditKind(**each) for each in data["audits"])
    judge = data.get("judge")
    if judge:
        judge = Judgement(**{**judge, "worst": tuple(FindingExample(**example) for example in judge["worst"])})
    return Report(**{**data, "audits": kinds, "findings": found, "judge": judge})


def level(tests: int) -> float:
    """The level of each of `tests` tests that together raise a false alarm at thresholds.FALSE_ALARM."""
    return thresholds.FALSE_ALARM / max(1, tests)
