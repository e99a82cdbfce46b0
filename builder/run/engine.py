"""Makes what a run lacks: stage after stage, shard by shard, each shard in whichever worker is free."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from builder import schemas
from builder.errors import BenchError
from builder.recipe import Recipe
from builder.records import Record, to_json
from builder.run import shards
from builder.run.fetching import Fetcher, NotFetched, ShardJob, ShardResult, carry_out
from builder.run.folder import RunFolder
from builder.run.progress import Progress
from builder.run.shards import Failure
from builder.run.stage import Stage
from builder.run.survey import input_records, look, spans, stray_shards, wanted_footer
from builder.run.workers import Workers


class TooManyFailures(BenchError):
    """More people failed in a stage than the recipe allows."""


def make(
    run: RunFolder, stages: Sequence[Stage], recipe: Recipe, workers: Workers, fetcher: Fetcher | None = None
) -> list[Failure]:
    """Bring every shard of every stage up to date; return what failed, in all of the run.

    `fetcher` gets what stages need from outside; without one, who needs something that is not there fails.

    Raises TooManyFailures as soon as a stage has more failures than `run.max_failure_rate` allows. Whatever ends
    the work early, finished shards are kept and failures.jsonl is up to date.
    """
    for path in stray_shards(run, stages, recipe):
        path.unlink()
    failures: list[Failure] = []
    by_name = {stage.name: stage for stage in stages}
    try:
        for stage in stages:
            _make_stage(run, stage, by_name.get(stage.follows), recipe, workers, fetcher, failures)
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
    with Progress(stage.name, recipe.total) as progress:
        for result in carry_out(bring_up_to_date, jobs, workers, fetcher if stage.bind else None, progress.note):
            progress.advance(len(result.span))
            failures.extend(result.failures)
            count += len(result.failures)
            _stop_if_too_many(run, stage, recipe, count, failures)


def bring_up_to_date(job: ShardJob) -> ShardResult:
    """Make the shard unless it stands as wanted; a job of a worker process. Who failed is tried again."""
    run = RunFolder(job.folder)
    before = input_records(run, job.source, job.span)
    wanted = wanted_footer(job.stage, job.recipe, job.span, before)
    status = look(run, job.stage, job.span, wanted)
    if status.state == "made" and not status.failures:
        return ShardResult(job.span, status.failures)
    records, failures, lacking = _records(job, before)
    if lacking or job.only:
        to_fetch = tuple(each for missing in lacking.values() for each in missing.wanted)
        return ShardResult(job.span, wanted=to_fetch, lacking=frozenset(lacking))
    footer = replace(wanted, failures=tuple(failures))
    shards.write(run.shard(job.stage.name, job.span.index), job.stage.record, records, footer)
    return ShardResult(job.span, tuple(failures))


def _records(job: ShardJob, before: Sequence[Any]) -> tuple[list[Record], list[Failure], dict[int, NotFetched]]:
    """What was made, who failed, and whose records lack something that a fetcher has to get first."""
    records: list[Record] = []
    failures: list[Failure] = []
    lacking: dict[int, NotFetched] = {}
    stage = job.stage.bound(job.folder, job.recipe)
    of_profile = {int(record.id): record for record in before}
    for number in sorted(job.only) or range(job.span.first, job.span.stop):
        if job.source and number not in of_profile:
            continue  # it failed in an earlier stage, which said so
        try:
            made = stage.records(number, of_profile.get(number), job.recipe)
            for record in made if not lacking else ():
                check(stage, record)
            records.extend(made)
        except (OSError, MemoryError):
            raise  # the machine's trouble, not the profile's
        except Exception as error:
            if isinstance(error, NotFetched) and job.fetches:
                lacking[number] = error
                continue
            reason = str(error) if isinstance(error, BenchError) else f"{type(error).__name__}: {error}"
            failures.append(Failure(job.stage.name, f"{number:05d}", reason))
    return records, failures, lacking


def check(stage: Stage, record: Record) -> None:
    """Raise InvalidRecord unless the record keeps its schema; an image's bytes are not JSON and not looked at."""
    data = to_json(record)
    data.pop("image", None)
    schemas.check(stage.schema, data)


def _stop_if_too_many(run: RunFolder, stage: Stage, recipe: Recipe, count: int, failures: list[Failure]) -> None:
    allowed = int(recipe.run.max_failure_rate * recipe.total)
    if count > allowed:
        first = next(failure for failure in failures if failure.stage == stage.name)
        raise TooManyFailures(
            f"{stage.name}: {count} of {recipe.total} people failed, more than the {allowed} that "
            f"run.max_failure_rate = {recipe.run.max_failure_rate} allows. {first.profile_id} failed because: "
            f"{first.reason} All reasons are in {run.failures}."
        )
