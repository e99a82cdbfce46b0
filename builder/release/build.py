"""Lays out a finished run as a release: the splits in Parquet, the card, the schemas, the recipe and the manifest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from builder.base import recipe as recipes
from builder.base import schemas
from builder.base.progress import Progress
from builder.base.recipe import Recipe
from builder.base.records import Portrait, Profile, Question
from builder.format import layout
from builder.format.reading import Release
from builder.format.splits import HOLDOUT, PUBLIC_FIGURES, Holding, holdings
from builder.release import concepts, manifest, public_figures
from builder.release.contents import Contents, plan
from builder.release.dressing import dress
from builder.release.parquet import RowFiles
from builder.release.public_figures import PublicFigures
from builder.run import shards
from builder.run.files import replacing_folder, write_text
from builder.run.folder import RunFolder
from builder.run.made_on import MadeOn
from builder.run.shards import Failure
from builder.run.stage import Stage
from builder.run.survey import Span, spans
from builder.run.workers import Workers

VERSION = 4
"""Raised whenever the same run would produce other bytes than before."""

SCHEMAS = ("profile", "portrait", "question", "manifest")

Owned = TypeVar("Owned", Portrait, Question)


def build(
    run: RunFolder,
    stages: Sequence[Stage],
    recipe: Recipe,
    failures: Sequence[Failure],
    workers: Workers,
    worded: Mapping[str, str] | None = None,
    figures: PublicFigures | None = None,
) -> bool:
    """Bring `run.release` up to date; return False if every byte of it was up to date already.

    `worded` says of each kind of text who worded it and how much of it, for the card and the manifest. `figures` are
    the public figures that the recipe asks for.
    """
    failed = sorted({failure.profile_id for failure in failures}, key=int)
    made_on = {f"{stage.name} on": "; ".join(MadeOn(run.path / stage.name)) for stage in stages}
    origin = manifest.origin(
        VERSION,
        recipe,
        stages,
        failed,
        {key: on for key, on in made_on.items() if on} | dict(worded or {}),
        figures.basis if figures else {},
        concepts.basis() if recipe.concepts.enabled else {},
    )
    if manifest.stands(run.release, origin):
        return False
    contents = plan(recipe, _collect_holdings(run, recipe, failed), figures.ids if figures else ())
    with replacing_folder(run.release) as folder:
        _write_rows(run, folder, recipe, contents, workers)
        if figures:
            public_figures.write(folder, figures, recipe)
        contents = contents.counted(folder)
        for name in SCHEMAS:
            write_text(folder / "schemas" / f"{name}.json", schemas.text(name))
        write_text(folder / "recipe.toml", recipes.to_toml(recipe))
        if recipe.concepts.enabled:
            write_text(folder / "schemas" / f"{concepts.SCHEMA}.json", schemas.text(concepts.SCHEMA))
            concepts.write(folder, concepts.make(Release(folder, manifest.of_people(contents))))
        dress(folder, folder, recipe, contents, origin["made_with"])
        manifest.write_manifest(folder, origin, recipe, contents, failed)
    return True


def _collect_holdings(run: RunFolder, recipe: Recipe, failed: Collection[str]) -> dict[str, frozenset[Holding]]:
    """What each person who was made in every stage holds; what many hold is in memory once."""
    shared: dict[Holding, Holding] = {}
    profiles = (each for span in spans(recipe) for each in shards.read(run.shard("profiles", span.index), Profile))
    return {
        profile.id: frozenset(shared.setdefault(each, each) for each in holdings(profile.facts))
        for profile in profiles
        if profile.id not in failed
    }


def _write_rows(run: RunFolder, folder: Path, recipe: Recipe, contents: Contents, workers: Workers) -> None:
    segment_of = {identity: name for name, ids in contents.segments.items() for identity in ids}
    with ExitStack() as stack, Progress("release", "people", recipe.total) as progress:
        open_files: dict[tuple[str, bool], RowFiles] = {}
        for name in (name for name in contents.segments if name != PUBLIC_FIGURES):
            people = RowFiles(folder / contents.folder(name, test=False), layout.PERSON)
            open_files[name, False] = stack.enter_context(people)
            if name != HOLDOUT:
                tests = RowFiles(folder / contents.folder(name, test=True), layout.TEST, like=people)
                open_files[name, True] = stack.enter_context(tests)
        jobs = [
            _Job(run, span, {name: segment_of[name] for name in span.ids if name in segment_of})
            for span in spans(recipe)
        ]
        for job, tables in zip(jobs, workers.map_in_order(_tables, jobs), strict=True):
            for key, table in tables.items():
                open_files[key].add(table)
            pa.default_memory_pool().release_unused()  # else the pool keeps what the largest shards took together
            progress.advance(len(job.span))


@dataclass(frozen=True)
class _Job:
    """The rows of one shard to be made; `segment_of` says in which segment each of its people is, by their ids."""

    run: RunFolder
    span: Span
    segment_of: Mapping[str, str]


def _tables(job: _Job) -> dict[tuple[str, bool], pa.Table]:
    """The rows of one shard's people, by segment and by whether they are the test set's; for a worker process."""
    rows = _rows(job.run, job.span, job.segment_of)
    layouts = {False: layout.PERSON, True: layout.TEST}
    return {key: pa.Table.from_pylist(made, schema=layouts[key[1]]) for key, made in rows.items()}


def _rows(run: RunFolder, span: Span, segment_of: Mapping[str, str]) -> dict[tuple[str, bool], list[dict[str, Any]]]:
    portraits = _by_profile(shards.read(run.shard("portraits", span.index), Portrait))
    questions = _by_profile(shards.read(run.shard("questions", span.index), Question))
    rows: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for profile in shards.read(run.shard("profiles", span.index), Profile):
        segment = segment_of.get(profile.id)
        if segment is None:
            continue  # a later stage could not make this person; the manifest says so
        theirs = (profile, portraits[profile.id], questions[profile.id])
        rows.setdefault((segment, False), []).append(layout.person_row(*theirs))
        if segment != HOLDOUT:
            rows.setdefault((segment, True), []).append(layout.test_row(*theirs))
    return rows


def _by_profile(records: Iterable[Owned]) -> dict[str, list[Owned]]:
    result: dict[str, list[Owned]] = {}
    for record in records:
        result.setdefault(record.profile_id, []).append(record)
    return result
