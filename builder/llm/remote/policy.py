"""When a request is sent again, and when a run stops asking."""

from collections import deque
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to retry. Times are in seconds.

    `tries` counts what went wrong with a request itself (5xx, timeouts, cut connections). A 429 does not count: it
    says that we were too fast, not that the request is bad, and the queue slows down for all requests instead.
    """

    tries: int = 8
    first_delay: float = 0.5
    growth: float = 2.0
    longest_delay: float = 30.0
    first_silence: float = 1.0
    window: int = 200
    least: int = 50
    dead_failures: int = 10
    dead_after: float = 90.0
    unreached: int = 3
    """Attempts to reach a server that has not answered yet."""

    def delay(self, failures: int, random: Random) -> float:
        """How long to wait after the `failures`th failure: it grows, and is spread so that retries do not meet."""
        longest = min(self.longest_delay, self.first_delay * self.growth ** (failures - 1))
        return random.uniform(longest / 2, longest)

    def silence(self, before: int) -> float:
        """How long to pause after a 429 without a stated wait, when `before` others came since the last answer."""
        return min(self.longest_delay, self.first_silence * self.growth ** min(before, 20))


class Breaker:
    """A circuit breaker: watches how requests end, and says when and why to stop."""

    def __init__(self, policy: RetryPolicy, max_error_rate: float, longest_wait: float, now: float) -> None:
        self._policy, self._most, self._longest_wait = policy, max_error_rate, longest_wait
        self._recent: deque[bool] = deque(maxlen=policy.window)
        self._in_a_row = 0
        self._alive_at = now
        self._refused_since: float | None = None
        self.ever_answered = False

    def begin(self, now: float) -> None:
        """Start the clock after a time without requests."""
        self._alive_at = max(self._alive_at, now)

    def excuse(self, until: float) -> None:
        """The server asked for a pause until then: no answer before that does not count against it."""
        self._alive_at = max(self._alive_at, until)

    def record(self, ok: bool, now: float) -> None:
        """A try ended well, or went wrong for another reason than our speed."""
        self._recent.append(ok)
        self._in_a_row = 0 if ok else self._in_a_row + 1
        if ok:
            self._alive_at, self._refused_since = max(self._alive_at, now), None
            self.ever_answered = True

    def kept_waiting(self, asked: float | None, until: float, now: float) -> str:
        """Why to stop after the server asked to wait for `asked` seconds, if it said, and we would until `until`."""
        if self._refused_since is None:
            self._refused_since = now
        knob = f"chat.longest_wait = {self._longest_wait:g} s"
        if asked is not None and asked > self._longest_wait:
            return f"it asks to wait {asked:.0f} s, longer than {knob}"
        if until - self._refused_since > self._longest_wait:
            return f"it asks to wait again and again and has answered nothing in the meantime, within {knob}"
        return ""

    def verdict(self, now: float) -> str:
        """Why to stop, or nothing."""
        policy = self._policy
        if self._in_a_row >= policy.dead_failures and now - self._alive_at > policy.dead_after:
            return f"nothing was answered for {now - self._alive_at:.0f} s ({self._in_a_row} failures in a row)"
        wrong = self._recent.count(False)
        if len(self._recent) >= policy.least and wrong > self._most * len(self._recent):
            return f"{wrong} of the last {len(self._recent)} requests went wrong (chat.max_error_rate = {self._most})"
        return ""
