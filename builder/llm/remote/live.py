"""Has requests answered at once: many in flight, in an event loop on a thread of its own."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

from builder.errors import BenchError, CallError
from builder.llm import packages
from builder.llm.answers import Answer, Answers
from builder.llm.remote.client import Client, Reply, Trouble
from builder.llm.remote.dialect import Dialect, memory
from builder.llm.remote.gate import Gate, Ticket
from builder.llm.remote.keeper import Keeper
from builder.llm.remote.keys import Key, needed
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.limits import Concurrency
from builder.llm.remote.policy import Breaker, RetryPolicy
from builder.llm.requests import Request
from builder.recipe import ChatPart

_AHEAD = 16
"""Requests that are asked for ahead of time, for each that may be in flight."""
_LAST_REPLIES = 10.0
"""Seconds that replies on their way, which may be charged, get when a run is stopped."""
_LOOK = 0.02
_MAY_BE_CHARGED = ("timeout", "garbage")
"""Troubles after which a server may have done the work all the same."""


class LiveSender:
    """A run's fetcher: sends what a stage lacks and keeps the answers. Starts with the first request."""

    def __init__(
        self, run: Path, part: ChatPart, key: Key | None, max_cost: float | None, policy: RetryPolicy | None = None
    ) -> None:
        self._answers, self._part, self._key = Answers(run), part, key
        self._policy = policy or RetryPolicy()
        self.ledger = Ledger(part, max_cost)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._line: _Line | None = None
        self._thread: Thread | None = None
        self._answers.forget_given_up()
        # Half a second of imports, while the workers start and find out what has to be asked.
        self._importing = Thread(target=_import, name="imports")

    def __enter__(self) -> "LiveSender":
        self._importing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._importing.join()
        if self._loop is None or self._line is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._line.finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def fetch(self, wanted: Sequence[Any], priority: int) -> "Future[None]":
        """Begin to have the requests answered. Raises CallError when there is no key."""
        if self._line is None:
            self._start()
        assert self._line is not None
        assert self._loop is not None
        self.ledger.asked += len(wanted)
        return asyncio.run_coroutine_threadsafe(self._line.deliver(wanted, priority), self._loop)

    def has_room(self) -> bool:
        """Whether fewer requests wait than would keep the server busy for a while."""
        return self._line is None or self._line.unfinished < _AHEAD * self._part.concurrency

    def flush(self) -> None:
        """Nothing to do: everything is sent as soon as it may be."""

    def status(self) -> str:
        """How far it is."""
        return self.ledger.status(self._line.gate.in_flight) if self._line else ""

    def _start(self) -> None:
        client = Client(self._part, needed(self._key, self._part.base_url))
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="chat", daemon=True)
        self._thread.start()
        begun = asyncio.run_coroutine_threadsafe(self._begin(client), self._loop)
        self._line = begun.result()

    async def _begin(self, client: Client) -> "_Line":
        return _Line(client, self._answers, self._part, self.ledger, self._policy)


class _Line:
    """The requests of a run on their way. Lives in the event loop."""

    def __init__(self, client: Client, answers: Answers, part: ChatPart, ledger: Ledger, policy: RetryPolicy) -> None:
        self._client, self._answers, self._part, self._ledger, self._policy = client, answers, part, ledger, policy
        self._memory = memory(part)
        remembered = answers.fact(self._memory)
        self._dialect = Dialect.of(part.structured, remembered)
        self._proven = remembered == self._dialect.remembered()
        concurrency = Concurrency(part.concurrency, cautious=not self._proven)
        self.gate = Gate(concurrency, part.requests_per_minute, part.tokens_per_minute, ledger, policy)
        self._breaker = Breaker(policy, part.max_error_rate, time.monotonic())
        self._keeper = Keeper(answers)
        self._random = Random()  # spreads retries; no record depends on it
        self._going: dict[str, asyncio.Task[None]] = {}
        self.unfinished = 0

    async def deliver(self, requests: Sequence[Request], priority: int) -> None:
        """Have all of `requests` answered or given up. Raises BenchError when the run has to stop."""
        self.unfinished += len(requests)
        try:
            await asyncio.gather(*(self._once(request, priority) for request in requests))
        finally:
            self.unfinished -= len(requests)

    async def finish(self) -> None:
        """Send nothing more; wait a little for what is on its way."""
        self.gate.close(BenchError("The run is stopped."))
        deadline = time.monotonic() + _LAST_REPLIES
        while self.gate.in_flight and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK)
        await self._keeper.settle()
        tasks = list(self._going.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._keeper.finish()
        await self._client.api.close()

    def _once(self, request: Request, priority: int) -> Coroutine[Any, Any, None]:
        """The same request, wanted by two, is sent once."""
        if request.key not in self._going:
            task = asyncio.create_task(self._answer(request, priority))
            self._going[request.key] = task
            task.add_done_callback(lambda _: self._going.pop(request.key))
        return _wait_for(self._going[request.key])

    async def _answer(self, request: Request, priority: int) -> None:
        failures = 0
        while True:
            trouble = await self._try(request, priority)
            if trouble is None:
                return
            self._ledger.troubles[trouble.kind] += 1
            if trouble.blame == "us":
                self._stop(trouble.message)
            if trouble.blame != "luck":
                continue
            failures += 1
            self._breaker.record(False, time.monotonic())
            self._stop_if_hopeless(trouble)
            if failures >= self._policy.tries:
                await self._keeper.give_up(request.key, trouble.message)
                return
            await asyncio.sleep(max(trouble.wait or 0.0, self._policy.delay(failures, self._random)))

    async def _try(self, request: Request, priority: int) -> Trouble | None:
        """Send a request once; return what went wrong, unless that is the last word on it."""
        tokens = request.prompt_tokens + request.expected
        worst = self._ledger.price(request.prompt_tokens, request.max_tokens)
        ticket = await self.gate.enter(priority, tokens, worst)
        dialect = self._dialect
        try:
            reply = await self._client.send(dialect.body(request))
        except Trouble as trouble:
            return await self._troubled(request, ticket, dialect, trouble)
        except BaseException:
            self.gate.leave(ticket)
            raise
        self.gate.told(reply.headers)
        self._breaker.record(True, time.monotonic())
        self._prove(dialect)
        self.gate.answered()
        await self._keep(request, reply, ticket)
        return None

    async def _troubled(self, request: Request, ticket: Ticket, dialect: Dialect, trouble: Trouble) -> Trouble | None:
        if trouble.blame == "speed":
            self._breaker.excuse(self.gate.congested(ticket, trouble.wait))
        self.gate.told(trouble.headers)
        self.gate.leave(ticket, cost=None if trouble.kind in _MAY_BE_CHARGED else 0.0)
        if trouble.blame != "request":
            return trouble
        if self._adapts(dialect, trouble.message):
            return trouble
        if not self._proven:
            self._stop(trouble.message)
        body = trouble.message
        answer = Answer(request.key, request.kind, request.turn, request.model, True, body, 0, 0)
        await self._keeper.keep(answer)
        return None

    def _adapts(self, dialect: Dialect, message: str) -> bool:
        """Whether the request is to be put in another way, which may be known already."""
        if dialect != self._dialect:
            return True
        simpler = dialect.simpler(message, structured=self._part.structured, proven=self._proven)
        if simpler is None:
            return False
        self._dialect = simpler
        return True

    def _prove(self, dialect: Dialect) -> None:
        if dialect == self._dialect and not self._proven:
            self._proven = True
            self._answers.remember(self._memory, dialect.remembered())

    async def _keep(self, request: Request, reply: Reply, ticket: Ticket) -> None:
        used = (reply.input_tokens, reply.output_tokens)
        self._ledger.book(*used)
        answer = Answer(request.key, request.kind, request.turn, request.model, False, reply.body, *used)
        try:  # the place is held until then, so that a kill loses no more answers than are in flight
            await self._keeper.keep(answer)
        finally:
            self.gate.leave(ticket, sum(used) or None, self._ledger.price(*used) if any(used) else None)

    def _stop_if_hopeless(self, trouble: Trouble) -> None:
        verdict = self._breaker.verdict(time.monotonic())
        if verdict:
            self._stop(f"{verdict}. The last trouble: {trouble.message}")

    def _stop(self, why: str) -> None:
        place = self._part.base_url or "OpenAI"
        error = BenchError(
            f"The server of {self._part.model} at {place} cannot be used: {why.rstrip('.')}. Every answer is kept; the "
            "same command goes on."
        )
        self.gate.close(error)
        raise error


def _import() -> None:
    with suppress(CallError):  # who has nothing to ask needs no package; who has is told
        packages.check()


async def _wait_for(task: "asyncio.Task[None]") -> None:
    await asyncio.shield(task)
