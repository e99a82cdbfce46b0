"""A request that is repeated while its error will pass, after the wait the server asks for or ever longer ones.

For one request at a time, to the Hub and to Wikidata. A library of retries would need the same two functions, one that
knows which errors pass and one that reads Retry-After, and would hide the loop. The many requests to a language model
are not sent from here: while one waits there it gives its place to others, a refusal slows all of them down, and a stop
ends every wait (builder/llm/remote).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """How often, and how many seconds between; a server's own Retry-After goes before. No wait is over `longest`."""

    attempts: int = 5
    first_wait: float = 1.0
    longest: float = 60.0
    growth: float = 2.0

    def wait(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after failed attempt number `attempt`, counted from 1."""
        return min(asked if asked is not None else self.first_wait * self.growth ** (attempt - 1), self.longest)


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


def seconds_asked(retry_after: str | None) -> float | None:
    """The seconds in a Retry-After header; None where there is none, or a date."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
