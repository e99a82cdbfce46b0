"""How fast to ask a server: requests in flight, requests and tokens per minute, and what its headers say is left."""

import re
from collections.abc import Mapping
from math import inf

_START = 16
_BURST_SECONDS = 0.03
_TELLING_SECONDS, _TELLING_NUMBER = 2.5, 10
"""How long and how much a server must have accepted before its rejection reveals a rate."""
_MARGIN = 0.97
"""Share of a stated limit that is used, so that neither clock nor jitter exceeds it."""
_ROUNDING = 1e-6
_LONGEST_HINT = 60.0
"""The longest wait that a header alone causes; a server that needs a longer one rejects requests and says so."""
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Concurrency:
    """Requests in flight: doubled each round trip up to half of what was too much the last time, then one more each
    round trip; after congestion from one again (as TCP Tahoe; Jacobson, "Congestion Avoidance and Control", 1988)."""

    def __init__(self, most: int, *, cautious: bool) -> None:
        self.most = most
        self._cautious = cautious
        self._bearable = float(most)
        self.limit = 1.0 if cautious else float(min(most, _START))

    def widen(self) -> bool:
        """A request was answered. Returns whether it was the first of a cautious start, with which the work begins."""
        if self._cautious:
            self._cautious, self.limit = False, float(min(self.most, _START))
            return True
        self.limit = min(self.most, self.limit + (1.0 if self.limit < self._bearable else 1.0 / self.limit))
        return False

    def narrow(self) -> None:
        """The server was asked too often."""
        self._bearable, self.limit = max(1.0, self.limit / 2), 1.0

    def free(self) -> None:
        """Stop being cautious: from now on something else limits the rate."""
        self._bearable = float(self.most)


class MeasuredRate:
    """The rate of a server that states it only by rejecting: what it accepted between two rejections, over the time
    until it accepts more."""

    def __init__(self, now: float) -> None:
        self._since, self._taken = now, 0
        self._rested = True
        self._judged, self._seconds = 0, 0.0

    def sent(self) -> None:
        """A request was sent; it counts as accepted unless `refused` is called."""
        self._taken += 1

    def restart(self, now: float) -> None:
        """Count from now on."""
        self._since, self._taken = now, 0

    def refused(self, until: float, *, new: bool) -> float:
        """Record a rejection; return how many requests per second the server allows, or 0 if unknown.

        One that is not `new` was sent before the last one was known, and corrects what that one told.
        """
        if new:
            seconds = until - self._since
            telling = seconds >= _TELLING_SECONDS and self._taken > _TELLING_NUMBER
            self._judged, self._seconds = self._taken, seconds if telling else 0.0
            if telling or self._rested:  # a rested server takes more at first than later
                self._rested = False
                self.restart(until)
        self._judged -= 1
        if not self._seconds:
            self._taken = max(0, self._taken - 1)
            return 0.0
        return self._judged / self._seconds

    @property
    def none_taken(self) -> bool:
        """Whether everything since the last rejection was rejected: the pause was too short to reveal anything."""
        return self._judged <= 0


class Pace:
    """A token bucket that fills at a rate; requests that cost more than expected may overdraw it."""

    def __init__(self, per_minute: float) -> None:
        self.rate = per_minute * _MARGIN / 60 if per_minute else inf
        self._most = self.rate
        self._level = self._capacity = self._room()
        self._filled_at = 0.0

    def slow_to(self, rate: float) -> None:
        """From now on, stay slightly below `rate` per second, which was too fast."""
        self.rate = min(self.rate, rate * _MARGIN)
        self._capacity = self._room()
        self._level = min(self._level, self._capacity)

    def hasten(self, factor: float) -> None:
        """Speed up by `factor`, but not beyond the initial rate."""
        self.rate = min(self._most, self.rate * factor)
        self._capacity = self._room()

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken. What exceeds the bucket waits until it is full."""
        if self.rate == inf:
            return 0.0
        self._level = min(self._capacity, self._level + (now - self._filled_at) * self.rate)
        self._filled_at = now
        lacking = min(amount, self._capacity) - self._level
        return lacking / self.rate if lacking > _ROUNDING else 0.0

    def take(self, amount: float) -> None:
        """Take `amount`; give some back with a negative one."""
        if self.rate != inf:
            self._level -= amount

    def _room(self) -> float:
        return inf if self.rate == inf else max(1.0, self.rate * _BURST_SECONDS)


class Allowance:
    """What is left until the limit resets, as the server's last answer stated."""

    def __init__(self) -> None:
        self.left = inf
        self._renewed_at = 0.0

    def told(self, remaining: float, reset: float, in_flight: float, now: float) -> None:
        """`remaining` are left for `reset` seconds; those in flight may not be counted yet."""
        self.left = remaining - in_flight
        self._renewed_at = now + min(reset, _LONGEST_HINT)

    def wait(self, amount: float, now: float, *, idle: bool) -> float:
        """Seconds until `amount` may be taken: none, or until the limit resets.

        While others are in flight the next answer may say that there is more after all.
        """
        if now >= self._renewed_at:
            self.left = inf
        if self.left >= amount or (idle and self.left > 0):
            return 0.0
        return self._renewed_at - now

    def silence(self, now: float) -> float:
        """Seconds until anything may be taken."""
        return 0.0 if self.left > 0 else max(0.0, self._renewed_at - now)

    def take(self, amount: float) -> None:
        """Count what is sent."""
        self.left -= amount


def remaining(headers: Mapping[str, str], what: str) -> tuple[float, float] | None:
    """What x-ratelimit-remaining-`what` and x-ratelimit-reset-`what` say: how much is left, for how many seconds."""
    left = _number(headers.get(f"x-ratelimit-remaining-{what}"))
    reset = duration(headers.get(f"x-ratelimit-reset-{what}"))
    return None if left is None or reset is None else (left, reset)


def duration(text: str | None) -> float | None:
    """Seconds in "12", "1.5s", "6m0s" or "120ms"; None for anything else."""
    if not text:
        return None
    plain = _number(text)
    if plain is not None:
        return plain if 0 <= plain < 86400 else None  # a larger number is a date, not a duration
    parts = _DURATION.findall(text)
    if "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait. Dates are ignored: model servers do not send them."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return duration(str(milliseconds / 1000))
    return duration(headers.get("retry-after"))


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is None or 0 <= found < inf else None
