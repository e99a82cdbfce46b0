"""The jobs of one stage on their way through the workers, with everything fetched that a job needs."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from builder.base.progress import Progress
from builder.run.fetching import Fetcher
from builder.run.jobs import ShardJob, ShardResult
from builder.run.workers import Workers, result_of

Make = Callable[[ShardJob], ShardResult]


class Line:
    """The jobs of one stage on their way: to come, in a worker, or waiting for what they need.

    `fetcher` gets what they need; without one nothing is fetched.
    """

    def __init__(
        self, make: Make, jobs: Sequence[ShardJob], workers: Workers, fetcher: Fetcher | None, progress: Progress
    ) -> None:
        self._make, self._workers, self._fetcher, self._progress = make, workers, fetcher, progress
        self._to_come = deque(replace(job, fetches=fetcher is not None) for job in jobs)
        self._running: dict[Future[ShardResult], ShardJob] = {}
        self._fetching: dict[Future[None], ShardJob] = {}
        # One more than there are workers, so that none is idle while this process looks after another stage. A single
        # worker is this process: what it begins is done on return.
        self._most_running = workers.count + 1 if workers.count > 1 else 1

    @property
    def finished(self) -> bool:
        """Whether every job is done."""
        return not (self._to_come or self._running or self._fetching)

    def waits_for(self) -> list[Future[Any]]:
        """What brings the line further as soon as one of it is done."""
        return [*self._running, *self._fetching]

    def step(self) -> list[ShardResult]:
        """Take the next step with everything that is done, and begin what may begin; the results that came of it."""
        results = self._proceed()
        while self._to_come and len(self._running) < self._most_running and self._has_room():
            self._start(self._to_come.popleft())
        if self._fetcher:
            if not self._running:
                self._fetcher.flush()
            self._progress.note(self._fetcher.status())
            self._progress.hold_up(self._fetcher.held_up())
        return results

    def _has_room(self) -> bool:
        return self._fetcher is None or self._fetcher.has_room()

    def _start(self, job: ShardJob) -> None:
        self._running[self._workers.submit(self._make, job)] = job

    def _proceed(self) -> list[ShardResult]:
        results = []
        for fetched in [future for future in self._fetching if future.done()]:
            job = self._fetching.pop(fetched)
            fetched.result()
            self._start(job)
        for made in [future for future in self._running if future.done()]:
            job, result = self._running.pop(made), result_of(made)
            if result.made:
                results.append(result)
            elif result.wanted and self._fetcher:
                waiting = self._fetcher.fetch(result.wanted, job.span.index)
                self._fetching[waiting] = replace(job, only=result.lacking)
            else:
                self._start(replace(job, only=frozenset()))  # nothing is missing any more: now the whole shard
        return results
