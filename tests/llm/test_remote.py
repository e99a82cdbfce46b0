"""The parts that keep to a server's limits, each by itself."""

import asyncio
from random import Random

import pytest

from builder.base.recipe import ChatPart
from builder.llm.remote.dialect import Dialect
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.limits import Allowance, Concurrency, Pace, duration, remaining, retry_after
from builder.llm.remote.policy import Breaker, RetryPolicy
from builder.llm.remote.request_queue import RequestQueue
from builder.llm.requests import Request

REQUEST = Request("words", "m", "system", "prompt", "reply_words", 0.7, 100, 0, 10)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12", 12),
        ("1.5s", 1.5),
        ("6m0s", 360),
        ("120ms", 0.12),
        ("1h2m3s", 3723),
        ("soon", None),
        ("", None),
        ("1x", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


def test_what_headers_say() -> None:
    headers = {"x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "2s", "retry-after": "3"}
    assert remaining(headers, "requests") == (7, 2)
    assert remaining(headers, "tokens") is None
    assert retry_after(headers) == 3
    assert retry_after({"retry-after-ms": "250"}) == 0.25
    assert retry_after({"retry-after": "Wed, 21 Oct 2025 07:28:00 GMT"}) is None


def test_concurrency_doubles_until_congestion_then_creeps() -> None:
    concurrency = Concurrency(64, cautious=True)
    assert concurrency.limit == 1
    assert concurrency.widen()
    assert concurrency.limit == 16
    for _ in range(16):
        concurrency.widen()
    assert concurrency.limit == 32
    concurrency.narrow()
    assert concurrency.limit == 1
    for _ in range(15):
        concurrency.widen()
    assert concurrency.limit == 16
    for _ in range(16):
        concurrency.widen()
    assert 16.9 < concurrency.limit < 17.1
    concurrency.free()
    for _ in range(99):
        concurrency.widen()
    assert concurrency.limit == 64


def test_a_pace_lets_through_its_rate() -> None:
    pace = Pace(600)
    now, sent = 0.0, 0
    while now < 60:
        wait = pace.wait(1, now)
        if wait:
            now += wait
        else:
            pace.take(1)
            sent += 1
    assert 0.95 * 600 < sent <= 600


def test_what_is_left_holds_until_it_is_renewed() -> None:
    allowance = Allowance()
    assert allowance.wait(5, 0.0, idle=False) == 0
    allowance.told(remaining=3, reset=2.0, in_flight=2, now=10.0)
    assert allowance.wait(1, 10.0, idle=False) == 0
    allowance.take(1)
    assert allowance.wait(1, 10.5, idle=False) == 1.5
    assert allowance.wait(1, 12.0, idle=False) == 0


def test_retries_wait_longer_each_time_and_never_alike() -> None:
    policy, stream = RetryPolicy(first_delay=1, longest_delay=8), Random(0)
    delays = [policy.delay(failures, stream) for failures in range(1, 8)]
    assert all(top / 2 <= delay <= top for delay, top in zip(delays, (1, 2, 4, 8, 8, 8, 8), strict=True))
    assert len({round(delay, 6) for delay in delays}) == 7


def test_the_breaker_waits_as_long_as_the_server_asked() -> None:
    breaker = Breaker(RetryPolicy(dead_failures=3, dead_after=5, least=100), 0.5, 600, 0.0)
    for second in range(3):
        breaker.record(False, float(second))
    assert not breaker.verdict(4.0)
    assert "nothing was answered" in breaker.verdict(6.0)
    breaker.excuse(until=60.0)
    assert not breaker.verdict(62.0)


def test_a_dialect_takes_back_what_is_refused() -> None:
    dialect = Dialect()
    body = dialect.body(REQUEST)
    assert body["response_format"]["json_schema"]["strict"]
    assert "$schema" not in body["response_format"]["json_schema"]["schema"]
    assert body["max_tokens"] == 100
    told = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    second = dialect.simpler(told, structured="auto", proven=False)
    assert second is not None
    assert second.body(REQUEST)["max_completion_tokens"] == 100
    third = second.simpler("temperature: only 1 is supported", structured="auto", proven=False)
    assert third is not None
    assert "temperature" not in third.body(REQUEST)
    fourth = third.simpler("bad request", structured="auto", proven=False)
    assert fourth is not None
    assert fourth.mode == "json_object"
    assert fourth.simpler("the prompt is not allowed", structured="auto", proven=True) is None
    assert fourth.simpler("response_format", structured="json_object", proven=False) is None
    assert Dialect.of("auto", fourth.remembered()) == fourth
    assert Dialect.of("text", fourth.remembered()).mode == "text"


def test_the_key_covers_all_that_changes_the_answer() -> None:
    from dataclasses import replace

    others = [
        replace(REQUEST, model="n"),
        replace(REQUEST, system="s"),
        replace(REQUEST, prompt="p"),
        replace(REQUEST, schema="reply_biography"),
        replace(REQUEST, temperature=0.8),
        replace(REQUEST, max_tokens=101),
        replace(REQUEST, turn=1),
    ]
    assert len({REQUEST.key, *(other.key for other in others)}) == 8
    assert replace(REQUEST, expected=11, kind="biography").key == REQUEST.key


def test_the_gate_lets_the_first_in_line_through_and_holds_no_place_for_who_waits() -> None:
    async def scene() -> list[int]:
        part = ChatPart()
        gate = RequestQueue(Concurrency(1, cautious=False), 0, 0, Ledger(part, None), RetryPolicy())
        first = await gate.enter(5, 1, 0)
        order: list[int] = []

        async def come(priority: int) -> None:
            ticket = await gate.enter(priority, 1, 0)
            order.append(priority)
            gate.leave(ticket)

        tasks = [asyncio.create_task(come(priority)) for priority in (3, 1, 2)]
        await asyncio.sleep(0)
        assert gate.in_flight == 1
        gate.leave(first)
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(scene()) == [1, 2, 3]
