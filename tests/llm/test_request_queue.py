"""What the gate makes of a server that only refuses, and of a limited purse: on a simulated clock, so at once."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base.errors import BenchError
from builder.base.recipe import ChatPart
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.limits import Concurrency
from builder.llm.remote.policy import RetryPolicy
from builder.llm.remote.request_queue import RequestQueue

IN_FLIGHT = 64


class Jumping(selectors.DefaultSelector):
    """Time that passes whenever nothing else is to be done."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


def simulated(scene: Callable[[], Awaitable[float]]) -> float:
    """What `scene` returns, on a clock of its own."""
    selector = Jumping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    try:
        return loop.run_until_complete(scene())
    finally:
        loop.close()


class Server(Protocol):
    """Says how many seconds to wait, or 0 when it takes a request."""

    def take(self, now: float) -> float: ...


@dataclass
class Window:
    """So many requests in each window of so many seconds."""

    number: int
    seconds: float
    used: int = 0
    since: float = float("-inf")

    def take(self, now: float) -> float:
        if now - self.since >= self.seconds:
            self.used, self.since = 0, now
        if self.used >= self.number:
            return self.since + self.seconds - now
        self.used += 1
        return 0.0


@dataclass
class Bucket:
    """A bucket of so many requests that fills at so many a second."""

    room: float
    rate: float
    at: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.room

    def take(self, now: float) -> float:
        self.level, self.at = min(self.room, self.level + (now - self.at) * self.rate), now
        if self.level < 1:
            return (1 - self.level) / self.rate
        self.level -= 1
        return 0.0


def asked(server: Server, number: int, latency: float, told: bool = True) -> tuple[float, float]:
    """Requests answered a minute, and the share of all that were refused, when `number` are to be answered."""
    stream = Random(0)
    refused = 0

    async def scene() -> float:
        clock = asyncio.get_running_loop().time
        gate = RequestQueue(Concurrency(IN_FLIGHT, cautious=True), 0, 0, Ledger(ChatPart(), None), RetryPolicy())

        async def one() -> None:
            nonlocal refused
            while True:
                ticket = await gate.enter(0, 1, 0)
                wait = server.take(clock())
                await asyncio.sleep(0.002 if wait else stream.uniform(0.5, 1.5) * latency)
                if not wait:
                    gate.answered()
                    gate.leave(ticket)
                    return
                refused += 1
                gate.congested(ticket, wait if told else None)
                gate.leave(ticket)

        await asyncio.gather(*(one() for _ in range(number)))
        return clock()

    seconds = simulated(scene)
    return number / seconds * 60, refused / (number + refused)


@pytest.mark.parametrize("latency", [0.05, 0.2, 1.0])
@pytest.mark.parametrize(
    ("rate", "server"),
    [
        (600, lambda: Window(100, 10)),
        (600, lambda: Window(600, 60)),
        (3000, lambda: Window(500, 10)),
        (1200, lambda: Bucket(20, 20)),
        (600, lambda: Bucket(600, 10)),
    ],
)
def test_a_rate_that_only_refusals_tell_is_found_and_kept(
    rate: int, server: Callable[[], Server], latency: float
) -> None:
    per_minute, refused = asked(server(), 6 * rate, latency)
    assert per_minute > 0.9 * rate
    assert refused < 0.02


def test_a_server_that_refuses_without_a_word_is_asked_less() -> None:
    per_minute, refused = asked(Window(100, 10), 1200, 0.2, told=False)
    assert per_minute > 150
    assert refused < 0.2


def test_a_server_without_a_limit_is_asked_as_much_as_may_be_in_flight() -> None:
    per_minute, refused = asked(Window(10**9, 60), 6000, 0.2)
    assert per_minute > 0.95 * IN_FLIGHT / 0.2 * 60
    assert not refused


@settings(deadline=None, max_examples=50)
@given(costs=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=60), most=st.floats(0.5, 10.0), share=st.floats(0, 1))
def test_all_that_is_in_flight_is_paid_for(costs: list[float], most: float, share: float) -> None:
    """However many are in flight, at their worst price they do not cost more than may be spent."""
    spent = in_flight = 0.0

    async def scene() -> float:
        nonlocal in_flight, spent
        ledger = Ledger(ChatPart(), most)
        gate = RequestQueue(Concurrency(IN_FLIGHT, cautious=False), 0, 0, ledger, RetryPolicy())

        async def one(cost: float) -> None:
            nonlocal in_flight, spent
            try:
                ticket = await gate.enter(0, 1, cost)
            except BenchError:
                return
            in_flight += cost
            assert spent + in_flight <= most + 1e-9
            await asyncio.sleep(1.0)
            in_flight -= cost
            spent += share * cost
            gate.leave(ticket, 1, share * cost)

        await asyncio.gather(*map(one, costs))
        return ledger.spent

    assert simulated(scene) == pytest.approx(spent)
    assert spent <= most + 1e-9
    if sum(costs) <= most:
        assert spent == pytest.approx(share * sum(costs))
