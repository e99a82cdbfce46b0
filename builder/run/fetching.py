"""What a stage needs from outside while it is made, such as a language model's answers: asked for, then fetched.

A stage stays a pure function: it reads what was fetched and raises `NotFetched` for what was not. The engine gathers
that from the people of a shard, has it fetched, and makes the shard when nothing is missing any more. So the slow
outside is asked by one process, across shards, and workers only compute.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.base.recipe import Recipe
from builder.run.shards import Failure
from builder.run.stage import Stage
from builder.run.survey import Span
from builder.run.workers import Workers, result_of

_SECONDS_BETWEEN_NOTES = 0.5


class NotFetched(BenchError):
    """A profile cannot be made yet: `wanted` has to be fetched first."""

    def __init__(self, wanted: Sequence[Any], message: str) -> None:
        super().__init__(message)
        self.wanted = tuple(wanted)


class Fetcher(Protocol):
    """Who fetches. Each method is called from the one thread that drives the run."""

    def fetch(self, wanted: Sequence[Any], priority: int) -> "Future[None]":
        """Begin to fetch; the future is done when all of it can be read. It raises what should end the run.

        What could not be fetched, for a reason that concerns its profile alone, is for the stage to find out.
        """
        ...

    def has_room(self) -> bool:
        """Whether more should be asked for, so that it never runs dry and never holds a whole run in memory."""
        ...

    def flush(self) -> None:
        """Told when nothing further can be asked for until something arrives."""
        ...

    def status(self) -> str:
        """A few words on how far it is."""
        ...

    def held_up(self) -> str:
        """Why nothing can be fetched for a while, in a few words, or nothing."""
        ...


@dataclass(frozen=True)
class ShardJob:
    """One shard to make; `only` restricts a first look at what must be fetched to some people."""

    folder: Path
    stage: Stage
    source: Stage | None
    recipe: Recipe
    span: Span
    fetches: bool = False
    only: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ShardResult:
    """What came of a job: a shard with its failures, or if it is not `made`, what must be fetched first for whom."""

    span: Span
    failures: tuple[Failure, ...] = ()
    made: bool = True
    wanted: tuple[Any, ...] = ()
    lacking: frozenset[int] = frozenset()


Make = Callable[[ShardJob], ShardResult]


def carry_out(
    make: Make, jobs: Sequence[ShardJob], workers: Workers, fetcher: Fetcher | None, progress: Progress
) -> Iterator[ShardResult]:
    """The result of each job, in the order they are done, everything fetched that one needs."""
    if fetcher is None:
        yield from workers.map(make, jobs)
    else:
        yield from _Line(make, workers, fetcher, progress).run(jobs)


class _Line:
    """The jobs of a stage on their way: to come, in a worker, or waiting for what they need."""

    def __init__(self, make: Make, workers: Workers, fetcher: Fetcher, progress: Progress) -> None:
        self.make, self.workers, self.fetcher, self.progress = make, workers, fetcher, progress
        self.running: dict[Future[ShardResult], ShardJob] = {}
        self.fetching: dict[Future[None], ShardJob] = {}

    def run(self, jobs: Sequence[ShardJob]) -> Iterator[ShardResult]:
        to_come = deque(replace(job, fetches=True) for job in jobs)
        while to_come or self.running or self.fetching:
            while to_come and len(self.running) <= self.workers.count and self.fetcher.has_room():
                self._start(to_come.popleft())
            if not self.running:
                self.fetcher.flush()
            yield from self._proceed()
            self.progress.note(self.fetcher.status())
            self.progress.hold_up(self.fetcher.held_up())

    def _start(self, job: ShardJob) -> None:
        self.running[self.workers.submit(self.make, job)] = job

    def _proceed(self) -> Iterator[ShardResult]:
        """Wait for something to be done, and take the next step with it."""
        futures: list[Future[Any]] = [*self.running, *self.fetching]
        done, _ = wait(futures, _SECONDS_BETWEEN_NOTES, FIRST_COMPLETED)
        for future in [future for future in self.fetching if future in done]:
            job = self.fetching.pop(future)
            future.result()
            self._start(job)
        for made in [made for made in self.running if made in done]:
            job, result = self.running.pop(made), result_of(made)
            if result.made:
                yield result
            elif result.wanted:
                waiting = self.fetcher.fetch(result.wanted, job.span.index)
                self.fetching[waiting] = replace(job, only=result.lacking)
            else:
                self._start(replace(job, only=frozenset()))  # nothing is missing any more: now the whole shard
