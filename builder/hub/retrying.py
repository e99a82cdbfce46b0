"""When to repeat a request to the Hub.

huggingface_hub itself retries uploads, but not what surrounds them: asking, committing, tagging.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """A policy: how often, and how many seconds between; a server's own Retry-After goes before, up to `longest`."""

    attempts: int = 5
    first_wait: float = 1.0
    longest: float = 60.0

    def wait(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after failed attempt number `attempt`, counted from 1."""
        return min(asked if asked is not None else self.first_wait * 2 ** (attempt - 1), self.longest)


def retried(call: Callable[[], T], policy: Retries, passing: Callable[[Exception], tuple[bool, float | None]]) -> T:
    """The result of `call`, repeated while `passing` says that its error is temporary (and how long to wait)."""
    for attempt in range(1, policy.attempts):
        try:
            return call()
        except Exception as error:
            will_pass, asked = passing(error)
            if not will_pass:
                raise
            time.sleep(policy.wait(attempt, asked))
    return call()
