"""Jobs mapped over a Ray cluster: the `Workers` of a run that has more machines than one.

The machines see the run's folder at the same path and have the same build-bench installed. Jobs are pure, so Ray starts
those of a machine that dies again elsewhere.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from builder.base.errors import BenchError, CallError
from builder.run.workers import Job, Result, Workers

_RETRIES = 3
"""How often a job is started again whose machine or process died; a job that takes all memory must end some time."""


class RayWorkers(Workers):
    """The processors of a Ray cluster: of the one at `address`, or of one of its own on this machine."""

    def __init__(self, address: str | None = None, count: int | None = None) -> None:
        """Connect to the cluster; `count` is the number of processors of one of our own.

        Raises CallError if Ray is missing or cannot be reached.
        """
        if address and count:
            raise CallError("--workers is for this machine; the Ray cluster at --address says how many there are.")
        try:
            import ray
        except ImportError:
            raise CallError("--engine ray needs Ray: pip install 'build-bench[ray]'.") from None
        self._ray: Any = ray
        try:
            own = {} if address else {"num_cpus": count, "include_dashboard": False}
            ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise CallError(f"The Ray cluster at {address or 'this machine'} cannot be used: {error}") from error
        self._call = ray.remote(num_cpus=1, max_retries=_RETRIES)(_call)
        super().__init__(max(1, int(ray.cluster_resources().get("CPU", 1))))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ray.shutdown()

    def submit(self, function: Callable[[Job], Result], job: Job) -> Future[Result]:
        """Start a job on whichever machine has a processor free."""
        ours: Future[Result] = Future()
        self._call.remote(function, job).future().add_done_callback(lambda theirs: self._settle(theirs, ours))
        return ours

    def _settle(self, theirs: Future[Result], ours: Future[Result]) -> None:
        """Pass on what a job returned, or what it raised as it raised it."""
        error = theirs.exception()
        if error is None:
            ours.set_result(theirs.result())
        elif isinstance(error, self._ray.exceptions.RayTaskError):
            ours.set_exception(error.cause)
        else:
            ours.set_exception(
                BenchError(
                    f"A job was started {_RETRIES + 1} times, and its process or machine died each time "
                    f"({type(error).__name__}), perhaps because memory ran out. What was finished is kept; run the "
                    "same command again."
                )
            )


def _call(function: Callable[[Job], Result], job: Job) -> Result:
    return function(job)
