"""How jobs are mapped over this machine's processes. A cluster would offer the same `map`."""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self, TypeVar

from builder.base.errors import BenchError

Job = TypeVar("Job")
Result = TypeVar("Result")


class Workers:
    """Worker processes. With one worker, jobs run in this process and no other is started."""

    def __init__(self, count: int) -> None:
        """Plan for `count` workers; they start with the first job."""
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, function: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
        """The result of each job, in the order they are done. Raises what a job raised, or BenchError."""
        jobs = list(jobs)
        if self.count == 1 or len(jobs) <= 1:
            yield from map(function, jobs)
            return
        for future in as_completed([self.submit(function, job) for job in jobs]):
            yield result_of(future)

    def map_in_order(self, function: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
        """The same in the order of the jobs; a result or two per worker wait in memory, never those of all jobs."""
        begun: deque[Future[Result]] = deque()
        for job in jobs:
            begun.append(self.submit(function, job))
            if len(begun) > 2 * self.count - 2:  # a single worker is done on return
                yield result_of(begun.popleft())
        while begun:
            yield result_of(begun.popleft())

    def submit(self, function: Callable[[Job], Result], job: Job) -> Future[Result]:
        """Start a job; with one worker it is done on return. `result_of` gives its result."""
        if self.count == 1:
            done: Future[Result] = Future()
            done.set_result(function(job))
            return done
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=settle_in)
        try:
            return self._pool.submit(function, job)
        except BrokenProcessPool:
            raise _dead_worker() from None


def result_of(future: Future[Result]) -> Result:
    """The result of a job. Raises what the job raised, or BenchError when its process died."""
    try:
        return future.result()
    except BrokenProcessPool:
        raise _dead_worker() from None


def _dead_worker() -> BenchError:
    return BenchError(
        "A worker process died, perhaps because memory ran out. What was finished is kept; "
        "run the same command again with fewer --workers."
    )


def available() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_STEPS_BEHIND = 5
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Records are many small objects that hold no cycles: looking through them all the time takes a tenth of the work."""


def settle_in() -> None:
    """Initialise a worker process: leave Ctrl-C to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # the parent, which keeps a server busy or shows how far it is, should never wait for us
        os.nice(_STEPS_BEHIND)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
