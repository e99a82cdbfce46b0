"""Lets requests through one by one, as soon as every limit allows; nobody waits anywhere else.

Lives in one event loop. Whoever is let through holds a place until `leave`; waiting before a retry happens outside.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.errors import BenchError
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.limits import Allowance, Concurrency, Pace, remaining
from builder.llm.remote.policy import RetryPolicy

_TELLING = 2.0
"""Seconds of silence from which on a 429 tells how much is allowed; a shorter one is soon over and tells nothing."""
_CALM = 30.0
"""Seconds without a 429 after which a learnt pace is tried a little faster."""
_FASTER = 1.08


@dataclass(order=True)
class Ticket:
    """A request's place in the queue, and what it may use: tokens, and money at worst."""

    priority: int
    number: int
    tokens: float = field(compare=False)
    cost: float = field(compare=False)
    future: "asyncio.Future[None]" = field(compare=False)
    sent_at: float = field(compare=False, default=0.0)


class Gate:
    """The queue before the server."""

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
        self._paces = (Pace(requests_per_minute), Pace(tokens_per_minute))
        self._left = (Allowance(), Allowance())
        self._learns = not requests_per_minute
        self._queue: list[Ticket] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._closed: BenchError | None = None
        self._paused_until = 0.0
        self._epoch, self._answered = time.monotonic(), 0
        self.in_flight = 0
        self._tokens_in_flight = 0.0

    async def enter(self, priority: int, tokens: float, cost: float) -> Ticket:
        """Wait for one's turn. Raises what `close` was given."""
        ticket = Ticket(priority, next(self._numbers), tokens, cost, asyncio.get_running_loop().create_future())
        heapq.heappush(self._queue, ticket)
        self._let_through()
        await ticket.future
        return ticket

    def leave(self, ticket: Ticket, tokens: float | None = None, cost: float = 0.0) -> None:
        """Give the place back; `tokens` and `cost` are what was used, as far as it is known."""
        self.in_flight -= 1
        self._tokens_in_flight -= ticket.tokens
        if tokens is not None:
            self._paces[1].take(tokens - ticket.tokens)
        self._ledger.settle(ticket.cost, cost)
        self._let_through()

    def answered(self) -> None:
        """A request was answered."""
        self._answered += 1
        self._silences = 0
        self._concurrency.trust()
        self._concurrency.widen()
        now = time.monotonic()
        if self._learns and now - self._epoch > _CALM:
            self._paces[0].hasten(_FASTER)
            self._epoch, self._answered = now, 0

    def told(self, headers: Mapping[str, str]) -> None:
        """Take in what an answer's headers say is left."""
        now = time.monotonic()
        for allowance, what, in_flight in zip(
            self._left, ("requests", "tokens"), (self.in_flight - 1, self._tokens_in_flight), strict=True
        ):
            found = remaining(headers, what)
            if found:
                allowance.told(*found, in_flight, now)

    def congested(self, ticket: Ticket, wait: float | None) -> float:
        """A 429 came: slow down, be silent for `wait` seconds or as long as seems wise, and return when that is over.

        Where nobody says how fast is fast enough, a long silence does: what was answered since the one before it, over
        the time until its end.
        """
        now = time.monotonic()
        until = now + (self._policy.silence(self._silences) if wait is None else wait)
        if ticket.sent_at >= self._epoch:  # others were sent before the server's mind was known
            self._silences += 1
            self._concurrency.narrow()
            if self._learns and self._answered and wait is not None and wait >= _TELLING:
                self._paces[0].slow_to(self._answered / (until - self._epoch))
            self._epoch, self._answered = until, 0
        self._paused_until = max(self._paused_until, until)
        return self._paused_until

    def close(self, error: BenchError) -> None:
        """Let nobody through any more; who waits gets `error`."""
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
        now = time.monotonic()
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
        ticket.sent_at = time.monotonic()
        ticket.future.set_result(None)

    def _look_again_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._let_through)
