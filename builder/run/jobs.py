"""The job of a worker: makes one shard of a stage, unless it is up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from builder.base import schemas
from builder.base.errors import BenchError
from builder.base.recipe import Recipe
from builder.base.records import Record, to_json
from builder.run import shards
from builder.run.declared import UndeclaredPart
from builder.run.fetching import NotFetched
from builder.run.folder import RunFolder
from builder.run.near_duplicates import PerceptualHash
from builder.run.remaking import perceptual_hashes
from builder.run.shards import DamagedShard, Failure, Footer
from builder.run.stage import ShardPlace, Stage
from builder.run.survey import Span, check_shard, input_records, wanted_footer


@dataclass(frozen=True)
class ShardJob:
    """One shard to make; `only` restricts a first look at what must be fetched to some people."""

    run: RunFolder
    stage: Stage
    source: Stage | None
    recipe: Recipe
    span: Span
    fetches: bool = False
    only: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ShardResult:
    """The result of a job: a shard with its failures or, if it is not `made`, what must be fetched first, and for whom.

    `hashes` are the perceptual hashes of its people, by number, if the stage allows no near-duplicates.
    """

    span: Span
    failures: tuple[Failure, ...] = ()
    hashes: Mapping[int, PerceptualHash] = field(default_factory=dict)
    made: bool = True
    wanted: tuple[Any, ...] = ()
    lacking: frozenset[int] = frozenset()


def make_shard(job: ShardJob) -> ShardResult:
    """Make the shard unless it is up to date; a job of a worker process. People who failed are tried again."""
    result = _make_shard(job)
    if result.made and job.stage.distance(job.recipe):
        return replace(result, hashes=perceptual_hashes(job.run, job.stage, job.span.index))
    return result


def _make_shard(job: ShardJob) -> ShardResult:
    run = job.run
    before = input_records(run, job.source, job.span)
    wanted = wanted_footer(run, job.stage, job.recipe, job.span, before)
    status = check_shard(run, job.stage, job.span, wanted)
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
    """The people of a shard with the same basis, by number, without those who failed or must be made again."""
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


def _records(job: ShardJob, people: Mapping[int, Any]) -> tuple[list[Record], list[Failure], dict[int, NotFetched]]:
    """The records of `people`, the failures, and the people for whom something must be fetched first."""
    records: list[Record] = []
    failures: list[Failure] = []
    lacking: dict[int, NotFetched] = {}
    make = job.stage.maker(ShardPlace(job.run.path, job.span.index, job.run.own), job.recipe)
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
