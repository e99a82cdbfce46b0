"""Makes what a run lacks: stage after stage, shard by shard, each shard in whichever worker is free."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from builder.base import schemas
from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.base.recipe import Recipe
from builder.base.records import Record, to_json
from builder.run import shards
from builder.run.declared import UndeclaredPart
from builder.run.fetching import Fetcher, NotFetched, ShardJob, ShardResult, carry_out
from builder.run.folder import RunFolder
from builder.run.remaking import marks_of, remember
from builder.run.shards import DamagedShard, Failure, Footer
from builder.run.stage import Place, Stage
from builder.run.survey import input_records, look, spans, stray_shards, wanted_footer
from builder.run.workers import Workers


class TooManyFailures(BenchError):
    """More people failed in a stage than the recipe allows."""


def make(
    run: RunFolder,
    stages: Sequence[Stage],
    recipe: Recipe,
    workers: Workers,
    fetchers: Mapping[str, Fetcher | None] | None = None,
    stands: Callable[[str], None] | None = None,
) -> list[Failure]:
    """Bring every shard of every stage up to date; return what failed, in all of the run.

    `fetchers` get what stages need from outside, by a stage's name; without one, who needs something that is not there
    fails. `stands` is called with the name of each stage that is up to date, and may raise to end the run.

    Raises TooManyFailures as soon as a stage has more failures than `run.max_failure_rate` allows. Whatever ends
    the work early, finished shards are kept and failures.jsonl is up to date.
    """
    for path in stray_shards(run, stages, recipe):
        path.unlink()
    failures: list[Failure] = []
    by_name = {stage.name: stage for stage in stages}
    try:
        for stage in stages:
            source = by_name.get(stage.follows)
            fetcher = (fetchers or {}).get(stage.name)
            _make_stage(run, stage, source, recipe, workers, fetcher, failures)
            while _some_too_alike(run, stage, source, recipe, workers):
                failures[:] = [failure for failure in failures if failure.stage != stage.name]
                _make_stage(run, stage, source, recipe, workers, fetcher, failures)
            if stands:
                stands(stage.name)
    finally:
        failures.sort(key=lambda failure: (failure.profile_id, failure.stage))
        run.write_failures(failures)
    return failures


def _make_stage(
    run: RunFolder,
    stage: Stage,
    source: Stage | None,
    recipe: Recipe,
    workers: Workers,
    fetcher: Fetcher | None,
    failures: list[Failure],
) -> None:
    jobs = [ShardJob(run.path, stage, source, recipe, span) for span in spans(recipe)]
    count = 0
    with Progress(stage.name, "people", recipe.total) as progress:
        for result in carry_out(bring_up_to_date, jobs, workers, fetcher, progress):
            progress.advance(len(result.span))
            failures.extend(result.failures)
            count += len(result.failures)
            _stop_if_too_many(run, stage, recipe, count, failures)


def bring_up_to_date(job: ShardJob) -> ShardResult:
    """Make the shard unless it stands as wanted; a job of a worker process. Who failed is tried again."""
    run = RunFolder(job.folder)
    before = input_records(run, job.source, job.span)
    wanted = wanted_footer(run, job.stage, job.recipe, job.span, before)
    status = look(run, job.stage, job.span, wanted)
    if status.state == "made" and not status.failures:
        return ShardResult(job.span, status.failures)
    kept = _kept(run, job, wanted)
    people = {int(record.id): record for record in before} if job.source else dict.fromkeys(job.span)
    people = {number: record for number, record in people.items() if number not in kept}
    chosen = {number: record for number, record in people.items() if not job.only or number in job.only}
    records, failures, lacking = _records(job, chosen)
    if lacking or len(chosen) < len(people):
        to_fetch = tuple(each for missing in lacking.values() for each in missing.wanted)
        return ShardResult(job.span, made=False, wanted=to_fetch, lacking=frozenset(lacking))
    made = kept | _by_person(records)
    records = [record for number in sorted(made) for record in made[number]]
    footer = replace(wanted, failures=tuple(failures))
    shards.write(run.shard(job.stage.name, job.span.index), job.stage.record, records, footer)
    if not failures:  # who failed is tried again, and need not lose what was finished for them
        run.unfinished(job.stage.name, job.span.index).unlink(missing_ok=True)
    return ShardResult(job.span, tuple(failures))


def _kept(run: RunFolder, job: ShardJob, wanted: Footer) -> dict[int, list[Record]]:
    """The people of a shard that was made of the same, by number, but for those who failed or are made again."""
    try:
        path = run.shard(job.stage.name, job.span.index)
        footer = shards.read_footer(path)
        if replace(footer, failures=(), made_again=wanted.made_again) != wanted:
            return {}
        people = _by_person(shards.read(path, job.stage.record))
    except DamagedShard:
        return {}
    again, before = wanted.made_again, footer.made_again
    return {number: made for number, made in people.items() if _times(again, number) == _times(before, number)}


def _times(made_again: Mapping[str, int], number: int) -> int:
    return made_again.get(f"{number:05d}", 0)


def _by_person(records: Sequence[Record]) -> dict[int, list[Record]]:
    people: dict[int, list[Record]] = {}
    for record in records:
        people.setdefault(int(getattr(record, "profile_id", record.id)), []).append(record)
    return people


def _some_too_alike(run: RunFolder, stage: Stage, source: Stage | None, recipe: Recipe, workers: Workers) -> bool:
    """Whether somebody must be made again for being too like somebody else, which is then remembered."""
    if not stage.distance(recipe):
        return False
    indexes = [span.index for span in spans(recipe)]
    found = workers.map(partial(marks_of, run, stage), indexes)
    marks = {number: mark for some in found for number, mark in some.items()}
    everybody = (record for span in spans(recipe) for record in input_records(run, source, span))
    return remember(run, stage, recipe, everybody, marks)


def _records(job: ShardJob, people: Mapping[int, Any]) -> tuple[list[Record], list[Failure], dict[int, NotFetched]]:
    """What was made of `people`, who failed, and who lacks something that a fetcher has to get first."""
    records: list[Record] = []
    failures: list[Failure] = []
    lacking: dict[int, NotFetched] = {}
    make = job.stage.maker(Place(job.folder, job.span.index), job.recipe)
    for number, before in people.items():
        try:
            made = make(number, before)
            for record in () if lacking else made:  # where somebody lacks something, the shard is not made yet
                check(job.stage, record)
            records.extend(made)
        except (OSError, MemoryError, UndeclaredPart):
            raise  # the machine's trouble or the code's, not the profile's
        except Exception as error:
            if isinstance(error, NotFetched) and job.fetches:
                lacking[number] = error
                continue
            reason = str(error) if isinstance(error, BenchError) else f"{type(error).__name__}: {error}"
            failures.append(Failure(job.stage.name, f"{number:05d}", reason))
    return records, failures, lacking


def check(stage: Stage, record: Record) -> None:
    """Raise InvalidRecord unless the record keeps its schema; an image's bytes are not JSON and not looked at."""
    schemas.check(stage.schema, to_json(record))


def _stop_if_too_many(run: RunFolder, stage: Stage, recipe: Recipe, count: int, failures: list[Failure]) -> None:
    allowed = int(recipe.run.max_failure_rate * recipe.total)
    if count > allowed:
        first = next(failure for failure in failures if failure.stage == stage.name)
        raise TooManyFailures(
            f"{stage.name}: {count} of {recipe.total} people failed, more than the {allowed} that "
            f"run.max_failure_rate = {recipe.run.max_failure_rate} allows. {first.profile_id} failed because: "
            f"{first.reason} All reasons are in {run.failures}."
        )
