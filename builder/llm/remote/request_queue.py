"""The queue in front of the server: lets requests through one by one, as soon as every limit allows.

It lives in one event loop. A request holds its place until `leave`; waiting before a retry happens outside.
"""

import asyncio
import heapq
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.base.errors import BenchError
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.limits import Allowance, Concurrency, MeasuredRate, Pace, remaining
from builder.llm.remote.policy import RetryPolicy

_PLACE_SECONDS = 0.15
"""The shortest time a request holds its place: no model answers faster, and a burst would be rejected."""
_CALM = (15.0, 100)
"""Seconds and answers without a 429 after which a learnt pace is tried a little faster, and then twice that, ..."""
_FASTER = 0.02
_WORDS_TAKEN = 3
"""How often in a row a server's stated wait is followed as it is."""


@dataclass(order=True)
class Ticket:
    """A request's place in the queue, and what it may use: tokens, and money at worst."""

    priority: int
    number: int
    tokens: float = field(compare=False)
    cost: float = field(compare=False)
    future: "asyncio.Future[None]" = field(compare=False)
    sent_at: float = field(compare=False, default=0.0)


class RequestQueue:
    """The queue in front of the server."""

    def __init__(
        self,
        concurrency: Concurrency,
        requests_per_minute: int,
        tokens_per_minute: int,
        ledger: Ledger,
        policy: RetryPolicy,
    ) -> None:
        self._concurrency, self._ledger, self._policy = concurrency, ledger, policy
        self._silences = 0
        fastest = 60 * concurrency.most / _PLACE_SECONDS
        self._paces = (Pace(requests_per_minute or fastest), Pace(tokens_per_minute))
        self._left = (Allowance(), Allowance())
        self._learns = not requests_per_minute
        self._queue: list[Ticket] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._closed: BenchError | None = None
        self._paused_until = 0.0
        self._clock = asyncio.get_running_loop().time
        self._measured = MeasuredRate(self._clock())
        self._calm_since, self._calm_answers, self._step = self._clock(), 0, _FASTER
        self.in_flight = 0
        self._tokens_in_flight = 0.0

    async def enter(self, priority: int, tokens: float, cost: float) -> Ticket:
        """Wait for a place. Raises the error that `close` was given."""
        ticket = Ticket(priority, next(self._numbers), tokens, cost, asyncio.get_running_loop().create_future())
        heapq.heappush(self._queue, ticket)
        self._let_through()
        await ticket.future
        return ticket

    def leave(self, ticket: Ticket, tokens: float | None = None, cost: float | None = 0.0) -> None:
        """Give the place back; `tokens` and `cost` are what was used, as far as it is known.

        What was set aside for a request whose `cost` is None, which may have been charged, stays so.
        """
        self.in_flight -= 1
        self._tokens_in_flight -= ticket.tokens
        if tokens is not None:
            self._paces[1].take(tokens - ticket.tokens)
        if cost is not None:
            self._ledger.settle(ticket.cost, cost)
        self._let_through()

    def answered(self) -> None:
        """A request was answered."""
        self._silences = 0
        if self._concurrency.widen():
            self._measured.restart(self._clock())
        self._calm_answers += 1
        now = self._clock()
        if self._learns and now - self._calm_since > _CALM[0] and self._calm_answers > _CALM[1]:
            self._paces[0].hasten(1 + self._step)
            self._calm_since, self._calm_answers, self._step = now, 0, 2 * self._step

    def told(self, headers: Mapping[str, str]) -> None:
        """Record what an answer's headers say is left."""
        now = self._clock()
        for allowance, what, in_flight in zip(
            self._left, ("requests", "tokens"), (self.in_flight - 1, self._tokens_in_flight), strict=True
        ):
            found = remaining(headers, what)
            if found:
                allowance.told(*found, in_flight, now)

    def congested(self, ticket: Ticket, wait: float | None) -> float:
        """A 429 came: slow down, be silent for `wait` seconds or as long as seems wise, and return when that is over.

        What the server turns out to allow becomes the pace, which keeps from being refused again without leaving places
        empty; until that is known, fewer requests are in flight.
        """
        now = self._clock()
        if wait is not None and self._silences > _WORDS_TAKEN:  # it says when, and refuses then all the same
            wait = max(wait, self._policy.silence(self._silences - _WORDS_TAKEN))
        until = now + (self._policy.silence(self._silences) if wait is None else wait)
        new = ticket.sent_at >= self._paused_until  # others were sent before the server's mind was known
        allowed = self._measured.refused(until, new=new) if wait is not None else 0.0
        if allowed > 0 and self._learns:
            self._paces[0].slow_to(allowed)
            self._concurrency.free()
        elif new and (wait is None or not self._measured.none_taken):
            self._concurrency.narrow()
        if new:
            self._silences += 1
            self._calm_since, self._calm_answers, self._step = until, 0, _FASTER
        self._paused_until = max(self._paused_until, until)
        return self._paused_until

    def pause(self) -> float:
        """How many seconds the server still asks to wait."""
        return max(0.0, self._paused_until - self._clock(), *(each.silence(self._clock()) for each in self._left))

    def close(self, error: BenchError) -> None:
        """Let no more requests through; those waiting get `error`."""
        self._closed = self._closed or error
        self._let_through()

    def _let_through(self) -> None:
        while self._queue:
            ticket = self._queue[0]
            if ticket.future.done():  # cancelled
                heapq.heappop(self._queue)
            elif self._closed:
                heapq.heappop(self._queue)
                ticket.future.set_exception(self._closed)
            elif self._may_pass(ticket):
                heapq.heappop(self._queue)
                self._pass(ticket)
            else:
                return

    def _may_pass(self, ticket: Ticket) -> bool:
        now = self._clock()
        if self.in_flight >= int(self._concurrency.limit):
            return False
        amounts = (1.0, ticket.tokens)
        wait = self._paused_until - now
        for pace, allowance, amount in zip(self._paces, self._left, amounts, strict=True):
            wait = max(wait, pace.wait(amount, now), allowance.wait(amount, now, idle=not self.in_flight))
        if wait > 0:
            self._look_again_in(wait)
            return False
        if not self._ledger.reserve(ticket.cost):
            if not self.in_flight:
                self._closed = self._ledger.exhausted()
            return self._closed is not None
        return True

    def _pass(self, ticket: Ticket) -> None:
        if self._closed:
            ticket.future.set_exception(self._closed)
            return
        for pace, allowance, amount in zip(self._paces, self._left, (1.0, ticket.tokens), strict=True):
            pace.take(amount)
            allowance.take(amount)
        self.in_flight += 1
        self._tokens_in_flight += ticket.tokens
        ticket.sent_at = self._clock()
        self._measured.sent()
        ticket.future.set_result(None)

    def _look_again_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._let_through)
