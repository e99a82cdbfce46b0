"""Makes what a run, or a slice of one, lacks: shard by shard, each in whichever worker is free.

A stage begins when the one that it follows is finished, and stages that follow the same one are made side by side: one
that waits for a server does not hold up one that paints.
"""

import math
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.base.recipe import Recipe
from builder.run.fetching import Fetcher
from builder.run.folder import RunFolder
from builder.run.jobs import ShardJob, make_shard
from builder.run.line import Line
from builder.run.near_duplicates import PerceptualHash
from builder.run.remaking import remember
from builder.run.shards import Failure
from builder.run.stage import Stage
from builder.run.survey import Span, input_records, spans, stray_shards
from builder.run.workers import Workers

Work = Generator[Sequence[Future[Any]], None, None]
"""A stage being made: each step yields what to wait for before the next one."""
_SECONDS_BETWEEN_LOOKS = 0.5


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
    """Bring every shard of every stage up to date; return what failed, in all of the run or the slice.

    Near-duplicates are looked for among all people of a run, so a slice leaves them as they are.

    `fetchers` get what stages need from outside, by a stage's name; a profile fails if it needs something and its stage
    has no fetcher. `stands` is called with the name of each stage that is up to date, and may raise to end the run.

    Raises TooManyFailures as soon as a stage has more failures than `run.max_failure_rate` allows. Whatever ends
    the work early, finished shards are kept and failures.jsonl is up to date.
    """
    for path in () if run.slice else stray_shards(run, stages, recipe):
        path.unlink()
    failures: list[Failure] = []
    by_name = {stage.name: stage for stage in stages}

    def begin(stage: Stage) -> Work:
        source, fetcher = by_name.get(stage.follows), (fetchers or {}).get(stage.name)
        shares = tuple(spans(recipe, run.slice))
        return _bring_up_to_date(_Task(run, stage, source, recipe, workers, fetcher, failures, stands, shares))

    try:
        _side_by_side(stages, begin)
    finally:
        failures.sort(key=lambda failure: (failure.profile_id, failure.stage))
        run.write_failures(failures)
    return failures


def _side_by_side(stages: Sequence[Stage], begin: Callable[[Stage], Work]) -> None:
    """Work on every stage as soon as the one that it follows is finished, on several at the same time."""
    to_come = list(stages)
    at_work: dict[str, Work] = {}
    try:
        while to_come or at_work:
            unfinished = {stage.name for stage in to_come} | at_work.keys()
            for stage in [stage for stage in to_come if stage.follows not in unfinished]:
                to_come.remove(stage)
                at_work[stage.name] = begin(stage)
            steps = {name: next(work, None) for name, work in at_work.items()}
            at_work = {name: work for name, work in at_work.items() if steps[name] is not None}
            if len(at_work) == len(steps):  # nothing can begin until something is done
                futures = [future for step in steps.values() for future in step or ()]
                wait(futures, _SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
    finally:
        for work in at_work.values():
            work.close()


@dataclass(frozen=True)
class _Task:
    """One stage to be brought up to date, in the shards `spans`. `failures` are those of every stage."""

    run: RunFolder
    stage: Stage
    source: Stage | None
    recipe: Recipe
    workers: Workers
    fetcher: Fetcher | None
    failures: list[Failure]
    stands: Callable[[str], None] | None
    spans: tuple[Span, ...]

    @property
    def people(self) -> int:
        """How many people are made."""
        return sum(map(len, self.spans))


def _bring_up_to_date(task: _Task) -> Work:
    """Make a stage, and remake near-duplicates until there are none."""
    hashes = yield from _make_shards(task)
    while _some_too_alike(task, hashes):
        task.failures[:] = [failure for failure in task.failures if failure.stage != task.stage.name]
        hashes = yield from _make_shards(task)
    if task.stands:
        task.stands(task.stage.name)


def _make_shards(task: _Task) -> Generator[Sequence[Future[Any]], None, dict[int, PerceptualHash]]:
    """Make the shards that are not up to date; return the perceptual hashes of everybody."""
    jobs = [ShardJob(task.run, task.stage, task.source, task.recipe, span) for span in task.spans]
    hashes: dict[int, PerceptualHash] = {}
    count = 0
    with Progress(task.stage.name, "people", task.people) as progress:
        line = Line(make_shard, jobs, task.workers, task.fetcher, progress)
        while True:
            for result in line.step():
                progress.advance(len(result.span))
                hashes |= result.hashes
                task.failures.extend(result.failures)
                count += len(result.failures)
                _stop_if_too_many(task, count)
            if line.finished:
                return hashes
            yield line.waits_for()


def _some_too_alike(task: _Task, hashes: Mapping[int, PerceptualHash]) -> bool:
    """Whether somebody must be made again as a near-duplicate; it is recorded who."""
    if task.run.slice or not task.stage.distance(task.recipe):
        return False

    def before(numbers: Collection[int]) -> list[Any]:
        some = (span for span in task.spans if any(number in numbers for number in span))
        people = (record for span in some for record in input_records(task.run, task.source, span))
        return [record for record in people if int(record.id) in numbers]

    return remember(task.run, task.stage, task.recipe, before, hashes)


def _stop_if_too_many(task: _Task, count: int) -> None:
    total, name = task.people, task.stage.name
    rate = task.recipe.run.max_failure_rate * total
    allowed = math.ceil(rate) if task.run.slice else int(rate)  # few people are not stopped by one; the run counts all
    if count > allowed:
        first = next(failure for failure in task.failures if failure.stage == name)
        raise TooManyFailures(
            f"{name}: {count} of {total} people failed, more than the {allowed} that "
            f"run.max_failure_rate = {task.recipe.run.max_failure_rate} allows. {first.profile_id} failed because: "
            f"{first.reason} All reasons are in {task.run.failures}."
        )
