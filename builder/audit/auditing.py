"""Runs the audits: workers observe the people, a part of the release at a time; then all are assessed together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from builder.audit import public_figures
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Page, notebook, page
from builder.audit.opinions import judgement
from builder.audit.registry import audits
from builder.base.errors import BenchError, CallError
from builder.base.progress import Progress
from builder.figures.well_known import key
from builder.figures.wikidata import MEMORY, Wikidata
from builder.format.audit_report import (
    REPORT,
    AuditKind,
    Finding,
    NoReport,
    NotApplicable,
    Report,
    manifest_digest,
    report_of,
    write_report,
)
from builder.format.lacking import Need
from builder.format.reading import Part, Release, open_release
from builder.format.splits import PUBLIC_FIGURES
from builder.run.workers import Workers, available

VERSION = 3
"""Raised whenever the same release would be assessed differently than before."""


@dataclass(frozen=True)
class AuditJob:
    """A part of a release to audit, and its number among the parts."""

    release: Release
    part: Part
    number: int
    setting: Setting


def audit(release: Release, workers: Workers, names: Iterable[str] = (), *, wikidata: bool = False) -> Report:
    """Audit a release and keep the report beside it. `names` are more names that nobody may have.

    With `wikidata` its people and organisations are looked up there.
    """
    people = release.fictitious
    if not people:
        raise BenchError(f"{release.path} has no people, so there is nothing to audit.")
    asked = Wikidata(release.beside(MEMORY)) if wikidata else None
    recipe = None if release.is_imported else release.recipe
    setting = Setting(recipe, people, frozenset(key(name) for name in names), asked)
    made = [*assess_release(release, setting, workers), *public_figures.findings(release)]
    found = [finding for finding in made if not release.why_not(_needs_of(finding))]
    report = Report(
        release=str(release.manifest["id"]),
        release_sha256=manifest_digest(release),
        version=VERSION,
        people=people,
        passed=all(finding.passed for finding in found),
        audits=_kinds(release),
        findings=tuple(found),
        judge=judgement(release),
        not_applicable=tuple(_not_applicable(release, made)),
    )
    write_report(release.beside(REPORT), report)
    return report


def audit_path(path: Path, names: Path | None = None, workers: int | None = None, *, wikidata: bool = False) -> Report:
    """Audit the run or release in `path`; `names` is a file of more names."""
    release = open_release(path)
    listed = _read_names(names) if names else []
    with Workers(workers or available()) as pool:
        return audit(release, pool, listed, wikidata=wikidata)


def _read_names(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"{path} cannot be read as a list of names: {error}.") from None
    return [line for line in lines if line.strip() and not line.startswith("#")]


def assess_release(release: Release, setting: Setting, workers: Workers) -> list[Finding]:
    """The findings of every audit, all of which are about the people who do not exist."""
    parts = [part for part in release.parts() if part.segment != PUBLIC_FIGURES]
    jobs = [AuditJob(release, part, number, setting) for number, part in enumerate(parts)]
    with notebook(release.beside(REPORT).parent) as notes:
        with Progress("audit", "people", setting.people) as progress:
            for noted in workers.map(observe_part, jobs):
                notes.add(noted)
                progress.advance(noted.people)
        return [finding for each in _applicable(release) for finding in each.assess(notes.of(each.name), setting)]


def _applicable(release: Release) -> list[Audit]:
    """The audits for which a release has what they need."""
    return [each for each in audits() if not release.why_not(each.needs)]


def _needs_of(finding: Finding) -> tuple[Need, ...]:
    """What the check of a finding needs."""
    named = {each.name: each.checks_need for each in audits()}
    return named.get(finding.audit, {}).get(finding.check, ())


def _not_applicable(release: Release, made: Iterable[Finding]) -> Iterator[NotApplicable]:
    """The audits that were not made, and the findings that mean nothing, each with the reason."""
    for each in audits():
        if reason := release.why_not(each.needs):
            yield NotApplicable("", each.name, each.title, reason)
    for finding in made:
        if reason := release.why_not(_needs_of(finding)):
            yield NotApplicable(finding.check, finding.audit, finding.title, reason)


def observe_part(job: AuditJob) -> Page:
    """What each audit notes of each person of a part; the job of a worker process."""
    made = _applicable(job.release)
    noted = [
        (person.profile.id, {each.name: each.observe(person, job.setting) for each in made})
        for person in job.release.people_of(job.part)
    ]
    return page(job.number, job.part.segment, noted)


def stands(release: Release) -> Report | None:
    """The report beside a release, if it is about exactly this release and made by these audits.

    A judge's later opinions are added to it.
    """
    try:
        report = report_of(release)
    except NoReport:
        return None
    return _with_opinions(release, report) if (report.version, report.audits) == (VERSION, _kinds(release)) else None


def _kinds(release: Release) -> tuple[AuditKind, ...]:
    kinds = tuple(AuditKind(each.name, each.title) for each in _applicable(release))
    return (*kinds, public_figures.KIND) if public_figures.are_audited(release) else kinds


def _with_opinions(release: Release, report: Report) -> Report:
    judge = judgement(release)
    if judge != report.judge:
        report = replace(report, judge=judge)
        write_report(release.beside(REPORT), report)
    return report


def describe(report: Report, path: Path, *, every: bool = False) -> str:
    """What failed and why, and the report's path; with `every` also what passed."""
    passed = len(report.findings) - len(report.failed)
    lines = [f"  audit: {passed} of {len(report.findings)} checks passed ({path})"]
    for finding in report.findings if every else report.failed:
        lines.append(f"    {'passed' if finding.passed else 'failed'}: {finding.title}. {finding.sentence}")
        if not finding.passed:
            lines += [f"      {example.id or 'everybody'}: {example.text}" for example in finding.worst[:3]]
    if every:
        lines += [f"    {each.title}: {each.reason}" for each in report.not_applicable]
    if report.judge:
        marks = f"naturalness {report.judge.naturalness:.1f}, consistency {report.judge.consistency:.1f} of 10"
        lines.append(f"    judge: {marks}, on {report.judge.people} people, by {report.judge.model}")
        lines += [f"      {example.id}: {example.text}" for example in report.judge.worst[:3] if every]
    return "\n".join(lines)
