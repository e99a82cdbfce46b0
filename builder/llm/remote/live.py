"""Sends requests at once: many in flight, in an event loop on its own thread."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

from builder.base.errors import BenchError, CallError
from builder.base.recipe import ChatPart
from builder.llm import packages, replies
from builder.llm.remote.cache_writer import CacheWriter
from builder.llm.remote.client import Client, Reply, Trouble
from builder.llm.remote.dialect import Dialect, memory
from builder.llm.remote.keys import Key, require_key
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.limits import Concurrency
from builder.llm.remote.policy import Breaker, RetryPolicy
from builder.llm.remote.request_queue import RequestQueue, Ticket
from builder.llm.replies import BadReply
from builder.llm.requests import Request
from builder.llm.response_cache import Answer, ResponseCache

_AHEAD = 16
"""How many requests are queued ahead, for each that may be in flight."""
_LAST_REPLIES = 10.0
"""How long a stopped run waits for replies in flight, which may be charged."""
_LOOK = 0.02
_WORTH_A_WORD = 2.0
"""The shortest wait, in seconds, that is shown."""
_WORDED = ("biography", "words")
"""The kinds that are requested again if a reply is unusable; a judge's reply is not."""
_TELLING_REPLIES = 16
"""After how many replies it is decided whether a model can do this at all."""
_MAY_BE_CHARGED = ("timeout", "garbage", "broken off")
"""Troubles after which the server may still have done the work."""


class LiveSender:
    """A run's fetcher: sends the requests that a stage lacks and stores the answers. Starts with the first one."""

    def __init__(
        self, run: Path, part: ChatPart, key: Key | None, max_cost: float | None, policy: RetryPolicy | None = None
    ) -> None:
        self._cache, self._part, self._key = ResponseCache(run), part, key
        self._policy = policy or RetryPolicy()
        self.ledger = Ledger(part, max_cost)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._line: _InFlight | None = None
        self._thread: Thread | None = None
        self._cache.forget_given_up()
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
        return self.ledger.status(self._line.queue.in_flight) if self._line else ""

    def held_up(self) -> str:
        """That the server asks to wait, if it does."""
        seconds = self._line.pause() if self._line else 0.0
        return f"the server asks to wait {seconds:.0f} s" if seconds > _WORTH_A_WORD else ""

    def _start(self) -> None:
        client = Client(self._part, require_key(self._key, self._part.base_url))
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="chat", daemon=True)
        self._thread.start()
        begun = asyncio.run_coroutine_threadsafe(self._begin(client), self._loop)
        self._line = begun.result()

    async def _begin(self, client: Client) -> "_InFlight":
        return _InFlight(client, self._cache, self._part, self.ledger, self._policy)


class _InFlight:
    """The requests of a run in flight. Lives in the event loop."""

    def __init__(
        self, client: Client, answers: ResponseCache, part: ChatPart, ledger: Ledger, policy: RetryPolicy
    ) -> None:
        self._client, self._cache, self._part, self._ledger, self._policy = client, answers, part, ledger, policy
        self._memory = memory(part)
        remembered = answers.fact(self._memory)
        self._dialect = Dialect.of(part.structured, remembered)
        self._proven = remembered == self._dialect.remembered()
        concurrency = Concurrency(part.concurrency, cautious=not self._proven)
        self.queue = RequestQueue(concurrency, part.requests_per_minute, part.tokens_per_minute, ledger, policy)
        self._breaker = Breaker(policy, part.max_error_rate, part.longest_wait, time.monotonic())
        self._cache_writer = CacheWriter(answers)
        self._random = Random()  # spreads retries; no record depends on it
        self._going: dict[str, asyncio.Task[None]] = {}
        self._asked_until = 0.0
        self._read, self._unusable = 0, Counter[str]()
        self.unfinished = 0

    async def deliver(self, requests: Sequence[Request], priority: int) -> None:
        """Get an answer to each request, or abandon it. Raises BenchError if the run has to stop."""
        if not self.unfinished:
            self._breaker.begin(time.monotonic())
        self.unfinished += len(requests)
        try:
            await asyncio.gather(*(self._once(request, priority) for request in requests))
        finally:
            self.unfinished -= len(requests)

    def pause(self) -> float:
        """How many seconds the server still asks to wait."""
        return max(self.queue.pause(), self._asked_until - time.monotonic())

    async def finish(self) -> None:
        """Send nothing more; wait a little for what is on its way."""
        self.queue.close(BenchError("The run is stopped."))
        deadline = time.monotonic() + _LAST_REPLIES
        while self.queue.in_flight and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK)
        await self._cache_writer.settle()
        tasks = list(self._going.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._cache_writer.finish()
        await self._client.api.close()

    def _once(self, request: Request, priority: int) -> Coroutine[Any, Any, None]:
        """Send a request that two callers want only once."""
        if request.key not in self._going:
            task = asyncio.create_task(self._answer(request, priority))
            self._going[request.key] = task
            task.add_done_callback(lambda _: self._going.pop(request.key))
        return _wait_for(self._going[request.key])

    async def _answer(self, request: Request, priority: int) -> None:
        tries = _Tries(time.monotonic())
        while True:
            trouble = await self._try(request, priority)
            if trouble is None:
                return
            self._ledger.troubles[trouble.kind] += 1
            if trouble.blame == "us":
                self._stop(trouble.message)
            if trouble.blame == "speed":
                tries.refusals += 1
            elif trouble.blame in ("luck", "way"):
                tries.failures += 1
                self._stop_if_hopeless(trouble, tries.failures)
            if self._is_lost(tries):
                await self._cache_writer.give_up(request.key, trouble.message)
                return
            if trouble.blame in ("luck", "way"):
                await self._pause(trouble.wait, tries.failures)

    def _is_lost(self, tries: "_Tries") -> bool:
        """Whether to abandon a request: it failed too often, or it alone is told to wait while others are answered."""
        if tries.failures >= self._policy.tries:
            return True
        waited = time.monotonic() - tries.since
        return tries.refusals > self._policy.tries and waited > self._part.longest_wait

    async def _pause(self, asked: float | None, failures: int) -> None:
        if asked is not None and asked > self._part.longest_wait:
            self._stop(self._breaker.kept_waiting(asked, 0.0, 0.0))
        self._asked_until = max(self._asked_until, time.monotonic() + (asked or 0.0))
        await asyncio.sleep(max(asked or 0.0, self._policy.delay(failures, self._random)))

    async def _try(self, request: Request, priority: int) -> Trouble | None:
        """Send a request once; return what went wrong, unless the request is settled."""
        tokens = request.prompt_tokens + request.expected
        worst = self._ledger.price(request.prompt_tokens, request.max_tokens)
        ticket = await self.queue.enter(priority, tokens, worst)
        dialect = self._dialect
        try:
            reply = await self._client.send(dialect.body(request), request)
        except Trouble as trouble:
            return await self._handle_trouble(request, ticket, dialect, trouble)
        except BaseException:
            self.queue.leave(ticket)
            raise
        self.queue.told(reply.headers)
        self._breaker.record(True, time.monotonic())
        self._prove(dialect)
        self.queue.answered()
        await self._keep(request, reply, ticket)
        return None

    async def _handle_trouble(
        self, request: Request, ticket: Ticket, dialect: Dialect, trouble: Trouble
    ) -> Trouble | None:
        if trouble.blame == "speed":
            until = self.queue.congested(ticket, trouble.wait)
            self._breaker.excuse(until)
            verdict = self._breaker.kept_waiting(trouble.wait, until, time.monotonic())
            if verdict:
                self.queue.leave(ticket)
                self._stop(f"{verdict}. It said: {trouble.message}")
        self.queue.told(trouble.headers)
        self.queue.leave(ticket, cost=None if trouble.kind in _MAY_BE_CHARGED else 0.0)
        if trouble.said and self._adapts(dialect, trouble, request):
            return replace(trouble, blame="request")
        if trouble.blame != "request":
            return trouble
        if not self._proven:
            self._stop(trouble.message)
        body = trouble.message
        answer = Answer(request.key, request.kind, request.turn, request.model, True, body, 0, 0)
        await self._cache_writer.keep(answer)
        return None

    def _adapts(self, dialect: Dialect, trouble: Trouble, request: Request) -> bool:
        """Whether to send the request again in another form, which may be known already."""
        refused = trouble.blame == "request"
        if refused and dialect != self._dialect:
            return True
        simpler = dialect.simpler(
            trouble.said,
            structured=self._part.structured,
            proven=self._proven,
            refused=refused,
            max_tokens=request.max_tokens,
        )
        if simpler is None:
            return False
        if dialect == self._dialect:
            self._dialect, self._proven = simpler, False
        return True

    def _prove(self, dialect: Dialect) -> None:
        if dialect == self._dialect and not self._proven:
            self._proven = True
            self._ledger.simpler = dialect.describe()
            self._cache.remember(self._memory, dialect.remembered())

    async def _keep(self, request: Request, reply: Reply, ticket: Ticket) -> None:
        used = (reply.used.input_tokens, reply.used.output_tokens)
        self._ledger.book(reply.used)
        answer = Answer(request.key, request.kind, request.turn, request.model, False, reply.body, *used)
        try:  # the place is held until then, so that a kill loses no more answers than are in flight
            await self._cache_writer.keep(answer)
        finally:
            self.queue.leave(ticket, sum(used), self._ledger.price(*used))
        self._stop_if_unusable(answer, request)

    def _stop_if_unusable(self, answer: Answer, request: Request) -> None:
        """Stop asking a model that cannot follow the schema: every repeated request would fail, too."""
        if request.kind not in _WORDED:
            return
        try:
            replies.read(answer, request.schema)
        except BadReply as error:
            self._unusable[error.kind] += 1
        self._read += 1
        bad = self._unusable.total()
        if self._read >= _TELLING_REPLIES and bad > self._part.max_fallback * self._read:
            listed = ", ".join(f"{count} x {kind}" for kind, count in self._unusable.most_common())
            self._stop(
                f"{bad} of its first {self._read} replies were unusable ({listed}), more than chat.max_fallback = "
                f"{self._part.max_fallback:g} allows; choose another chat.model, or raise chat.max_fallback"
            )

    def _stop_if_hopeless(self, trouble: Trouble, failures: int) -> None:
        self._breaker.record(False, time.monotonic())
        if trouble.blame == "way" and not self._breaker.ever_answered and failures >= self._policy.unreached:
            self._stop(trouble.message)
        verdict = self._breaker.verdict(time.monotonic())
        if verdict:
            self._stop(f"{verdict}. The last problem: {trouble.message}")

    def _stop(self, why: str) -> None:
        place = self._part.base_url or "OpenAI"
        error = BenchError(
            f"The server of {self._part.model} at {place} cannot be used: {why.rstrip('.')}. Every answer is kept; run "
            "the same command to continue."
        )
        self.queue.close(error)
        raise error


@dataclass
class _Tries:
    """How often one request failed, and since when."""

    since: float
    failures: int = 0
    refusals: int = 0


def _import() -> None:
    with suppress(CallError):  # who has nothing to ask needs no package; who has is told
        packages.check()


async def _wait_for(task: "asyncio.Task[None]") -> None:
    await asyncio.shield(task)
