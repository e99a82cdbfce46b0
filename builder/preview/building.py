"""Builds the site: workers write the pages of a part of the people each; then the lists, the audit and the frame."""

import html
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder import tasks
from builder.base.progress import Progress
from builder.format.audit_report import NoReport, report_of, report_to_json
from builder.format.reading import Part, Release, open_release
from builder.pages import embedding
from builder.preview import entries, sheets
from builder.preview.scripts import write_script
from builder.run.files import TEMPORARY, replacing_folder
from builder.run.workers import Workers, available

ASSETS = Path(__file__).with_name("assets")
FOLDER = "preview"


@dataclass(frozen=True)
class PreviewJob:
    """A part of a release to show."""

    release: Release
    part: Part
    number: int
    folder: Path


@dataclass(frozen=True)
class Lines:
    """What the site's lists say of a part's people; questions and portraits are counted."""

    number: int
    people: list[list[Any]]
    values: dict[str, dict[str, str]]
    questions: int
    portraits: int


def preview_path(path: Path, workers: int | None = None) -> Path:
    """Write the site about the run or release in `path`, and return its index.html."""
    release = open_release(path)
    with Workers(workers or available()) as pool:
        return preview(release, pool)


def preview(release: Release, workers: Workers) -> Path:
    """Write the site about a release beside it, and return its index.html. An older site is replaced at once."""
    site = release.beside(FOLDER)
    shutil.rmtree(site.with_name(f".{site.name}{TEMPORARY}"), ignore_errors=True)  # of one that was killed
    with replacing_folder(site) as folder:
        for name in ("data", "data/people", "sheets", "portraits"):
            (folder / name).mkdir()
        jobs = [PreviewJob(release, part, number, folder) for number, part in enumerate(release.parts())]
        made: list[Lines] = []
        with Progress("preview", "people", sum(release.segments.values())) as progress:
            for lines in workers.map(show, jobs):
                progress.advance(len(lines.people))
                made.append(lines)
        _finish(folder, release, made)
    return site / "index.html"


def show(job: PreviewJob) -> Lines:
    """Write the pages, the portraits and the contact sheet of a part; the job of a worker process."""
    lines = Lines(job.number, [], {}, 0, 0)
    thumbnails: list[bytes | None] = []
    questions = portraits = 0
    for cell, person in enumerate(job.release.people_of(job.part)):
        lines.people.append(entries.line(person, job.number, cell))
        lines.values[person.profile.id] = entries.values(person)
        for portrait in person.portraits:
            path = job.folder / entries.portrait_path(portrait)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(portrait.image)
        write_script(
            job.folder / "data" / "people" / f"{person.profile.id}.js", person.profile.id, entries.page(person)
        )
        thumbnails.append(next((each.image for each in person.portraits if each.view == "reference"), None))
        questions += len(person.questions)
        portraits += len(person.portraits)
    sheets.write_sheet(job.folder / "sheets" / f"{job.number:04d}.webp", thumbnails)
    return Lines(job.number, lines.people, lines.values, questions, portraits)


def _finish(folder: Path, release: Release, made: list[Lines]) -> None:
    """The lists of everybody, the audit's report, and the frame that shows them."""
    people = sorted((line for lines in made for line in lines.people), key=lambda line: str(line[0]))
    values = dict(sorted(pair for lines in made for pair in lines.values.items()))
    keys = list(dict.fromkeys(key for found in values.values() for key in found))  # not everybody has every fact
    write_script(folder / "data" / "index.js", "index", {**_about(release, made), "people": people})
    rows = {identity: [found.get(key, "") for key in keys] for identity, found in values.items()}
    write_script(folder / "data" / "values.js", "values", {"keys": keys, "people": rows})
    write_script(folder / "data" / "audit.js", "audit", _report(release))
    for assets in (embedding.ASSETS, ASSETS):
        shutil.copytree(assets, folder / "assets", dirs_exist_ok=True)
    frame = (folder / "assets" / "index.html").read_text(encoding="utf-8")
    (folder / "assets" / "index.html").unlink()
    (folder / "index.html").write_text(
        frame.replace("{{title}}", html.escape(str(release.manifest["id"]))), encoding="utf-8"
    )


def _about(release: Release, made: list[Lines]) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "release": manifest["id"],
        "from": _origin(release),
        "imported": release.is_imported,
        "tasks": {task.name: task.title for task in tasks.every()},
        "segments": release.segments,
        "configs": {name: release.segments_of(name) for name in release.configs},
        "questions": sum(lines.questions for lines in made),
        "portraits": sum(lines.portraits for lines in made),
        "sheet": {
            "columns": sheets.COLUMNS,
            "rows": {lines.number: _rows(lines) for lines in sorted(made, key=_number)},
        },
    }


def _origin(release: Release) -> str:
    """Where the data comes from, in words."""
    if release.is_imported:
        said = release.manifest["imported"]
        return f"Imported from {said['source']}, revision {said['revision'][:12]}, licence: {said['licence']}"
    return f"Recipe {release.manifest['recipe']}, seed {release.manifest['seed']}"


def _number(lines: Lines) -> int:
    return lines.number


def _rows(lines: Lines) -> int:
    return max(1, -(-len(lines.people) // sheets.COLUMNS))


def _report(release: Release) -> dict[str, Any] | None:
    """The audit's report, if there is one beside the release that is about these very bytes."""
    try:
        return report_to_json(report_of(release))
    except NoReport:
        return None
