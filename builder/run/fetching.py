"""What a stage needs from outside while it is made, such as a language model's answers: asked for, then fetched.

A stage stays a pure function: it reads what was fetched and raises `NotFetched` for what was not. The engine gathers
that from the people of a shard, has it fetched, and makes the shard when nothing is missing any more. So the slow
outside is asked by one process, across shards, and workers only compute.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from builder.base.errors import BenchError


class NotFetched(BenchError):
    """A profile cannot be made yet: `wanted` has to be fetched first."""

    def __init__(self, wanted: Sequence[Any], message: str) -> None:
        super().__init__(message)
        self.wanted = tuple(wanted)


class Fetcher(Protocol):
    """Fetches what stages need. Each method is called from the one thread that drives the run."""

    def fetch(self, wanted: Sequence[Any], priority: int) -> "Future[None]":
        """Begin to fetch; the future is done when all of it can be read. It raises what should end the run.

        What could not be fetched, for a reason that concerns its profile alone, is for the stage to find out.
        """
        ...

    def has_room(self) -> bool:
        """Whether to ask for more: it should never run dry, and never hold a whole run in memory."""
        ...

    def flush(self) -> None:
        """Called when nothing more can be requested until something arrives."""
        ...

    def status(self) -> str:
        """A few words on how far it is."""
        ...

    def held_up(self) -> str:
        """Why nothing can be fetched for a while, in a few words, or nothing."""
        ...
