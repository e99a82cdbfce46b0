"""Has requests answered by the OpenAI Batch API: half the price, within a day.

All that a run lacks at one time goes into one batch (or a few, by the API's limits). What is submitted is written down
with the answers, so that a restarted run waits for it rather than paying twice; rows that expired or failed are sent
again, a few times.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, TypeVar

from builder.base.errors import BenchError
from builder.base.recipe import ChatPart
from builder.llm.packages import package
from builder.llm.remote.client import explain_rejection, shorten
from builder.llm.remote.dialect import Dialect, memory
from builder.llm.remote.keys import Key, require_key
from builder.llm.remote.ledger import Ledger
from builder.llm.remote.policy import RetryPolicy
from builder.llm.remote.usage import usage
from builder.llm.replies import broken_off
from builder.llm.requests import Request
from builder.llm.response_cache import Answer, ResponseCache, SubmittedBatch

DISCOUNT = 0.5
_MOST_ROWS = 20_000
_MOST_BYTES = 90_000_000
_ROUNDS = 4
"""How many times a row is sent before its request is abandoned."""
_OVER = ("completed", "failed", "expired", "cancelled")
_LABEL = "build-bench"

Result = TypeVar("Result")


class BatchSender:
    """A run's fetcher by batch: gathers what stages lack, and submits it when nothing else can be done."""

    def __init__(
        self,
        run: Path,
        part: ChatPart,
        key: Key | None,
        max_cost: float | None,
        policy: RetryPolicy | None = None,
        poll: float = 20.0,
    ) -> None:
        self._cache, self._part, self._key, self._poll = ResponseCache(run), part, key, poll
        self._policy = policy or RetryPolicy()
        self._random = Random()
        self.ledger = Ledger(part, max_cost, DISCOUNT)
        self._memory = memory(part)
        remembered = self._cache.fact(self._memory)
        self._dialect = Dialect.of(part.structured, remembered)
        self._proven = remembered == self._dialect.remembered()
        self._aside: dict[str, float] = {}
        self._waiting: list[tuple[Future[None], Sequence[Request]]] = []
        self._stopped = Event()
        self._thread: Thread | None = None
        self._api: Any = None
        self._state = "gathering"
        self._cache.forget_given_up()

    def __enter__(self) -> "BatchSender":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()
        if self._api:
            self._api.close()

    def fetch(self, wanted: Sequence[Any], priority: int) -> "Future[None]":
        """Gather requests for the next batch. Raises CallError when there is no key."""
        if self._api is None:
            self._api = self._client()
        future: Future[None] = Future()
        self._waiting.append((future, wanted))
        self.ledger.asked += len(wanted)
        return future

    def has_room(self) -> bool:
        """A batch takes all there is."""
        return True

    def flush(self) -> None:
        """Submit what was gathered, unless a batch is on its way."""
        if self._waiting and not (self._thread and self._thread.is_alive()):
            waiting, self._waiting = self._waiting, []
            self._thread = Thread(target=self._serve, args=(waiting,), name="batch", daemon=True)
            self._thread.start()

    def status(self) -> str:
        """How far it is."""
        return f"{self._state}; {self.ledger.status(0)}" if self.ledger.asked else ""

    def held_up(self) -> str:
        """Nothing: a batch's status says how long it takes."""
        return ""

    def _client(self) -> Any:
        openai = package("openai")
        key = require_key(self._key, self._part.base_url)
        self._key = key
        return openai.OpenAI(api_key=key.reveal(), base_url=self._part.base_url or None, max_retries=0)

    def _serve(self, waiting: list[tuple["Future[None]", Sequence[Request]]]) -> None:
        """Get an answer to each request, or abandon it, in this batch's thread."""
        try:
            self._answer({request.key: request for _, requests in waiting for request in requests})
        except BaseException as error:
            for future, _ in waiting:
                future.set_exception(error)
        else:
            for future, _ in waiting:
                future.set_result(None)

    def _answer(self, requests: dict[str, Request]) -> None:
        for batch in self._cache.batches():
            self._collect(self._recover(batch), requests)
        reason = "its rows came back without an answer"
        for _ in range(_ROUNDS):
            found = self._cache.find(list(requests))
            left = [request for key, request in requests.items() if key not in found]
            if not left:
                return
            for rows in self._split(left):
                reason = self._collect(self._submit(rows), requests) or reason
        for key in requests.keys() - self._cache.find(list(requests)):
            self._cache.give_up(key, f"{_ROUNDS} batches returned no answer: {reason}")

    def _split(self, requests: Sequence[Request]) -> Iterator[dict[str, str]]:
        """Rows by key, as many at a time as a batch takes."""
        rows: dict[str, str] = {}
        size = 0
        for request in requests:
            row = {"custom_id": request.key, "method": "POST", "url": "/v1/chat/completions"}
            line = json.dumps({**row, "body": self._dialect.body(request)}) + "\n"
            if rows and (len(rows) == _MOST_ROWS or size + len(line) > _MOST_BYTES):
                yield rows
                rows, size = {}, 0
            rows[request.key] = line
            size += len(line)
            self._reserve(request)
        yield rows

    def _reserve(self, request: Request) -> None:
        cost = self.ledger.price(request.prompt_tokens, request.max_tokens)
        if not self.ledger.reserve(cost):
            raise self.ledger.exhausted()
        self._aside[request.key] = cost

    def _submit(self, rows: dict[str, str]) -> SubmittedBatch:
        """Upload rows and submit them as a batch; it is recorded before and after, so that a kill loses nothing."""
        content = "".join(rows.values()).encode()
        self._state = f"submitting {len(rows)} requests"
        uploaded = self._patiently(lambda: self._api.files.create(file=("batch.jsonl", content), purpose="batch"))
        batch = SubmittedBatch(uuid.uuid4().hex, uploaded.id, "", tuple(rows))
        self._cache.keep_batch(batch)
        made = self._patiently(
            lambda: self._api.batches.create(
                input_file_id=batch.file,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_LABEL: batch.label},
            )
        )
        batch = replace(batch, batch=made.id)
        self._cache.keep_batch(batch)
        return batch

    def _recover(self, batch: SubmittedBatch) -> SubmittedBatch:
        """A batch of an earlier call, found by its label if the call was killed before it knew the id."""
        if batch.batch:
            return batch
        for found in self._patiently(lambda: list(self._api.batches.list(limit=100))):
            if (found.metadata or {}).get(_LABEL) == batch.label:
                return replace(batch, batch=found.id)
        return batch

    def _collect(self, batch: SubmittedBatch, requests: dict[str, Request]) -> str:
        """Wait for a batch and keep its answers; return the last reason why a row has none."""
        reason = ""
        if batch.batch:
            done = self._wait_for(batch)
            for file in (done.output_file_id, done.error_file_id):
                if file:
                    content = self._patiently(partial(self._api.files.content, file))
                    reason = self._take(content.text, requests) or reason
            reason = reason or f"batch {done.id} {done.status}"
            if done.status == "failed":
                faults = getattr(done.errors, "data", None) or []
                said = "; ".join(str(fault.message) for fault in faults[:3])
                self._cache.drop_batch(batch.label)
                raise BenchError(f"The Batch API refused batch {done.id}: {shorten(said, self._key)}.")
        for key in batch.keys:  # what brought no answer was not charged
            self.ledger.settle(self._aside.pop(key, 0.0), 0.0)
        self._cache.drop_batch(batch.label)
        return reason

    def _wait_for(self, batch: SubmittedBatch) -> Any:
        started = time.monotonic()
        while True:
            found = self._patiently(lambda: self._api.batches.retrieve(batch.batch))
            if found.status in _OVER:
                return found
            minutes = (time.monotonic() - started) / 60
            self._state = f"batch {batch.batch} of {len(batch.keys)}: {found.status} for {minutes:.0f} min"
            self._sleep(self._poll)

    def _take(self, text: str, requests: dict[str, Request]) -> str:
        """Keep the answers in a file of results; return the last reason why a row has none."""
        answers: list[Answer] = []
        reason = ""
        sent_as = self._dialect
        for line in filter(str.strip, text.split("\n")):
            try:
                key, response, body, error = _row(line)
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
                reason = shorten(f"a row of results cannot be read: {line}", self._key)
                continue
            if response.get("status_code") == 200 and broken_off(body):
                reason = shorten(broken_off(body), self._key)
            elif response.get("status_code") == 200:
                answers.append(self._answer_of(key, requests.get(key), body))
            else:
                reason = shorten(json.dumps(error or body), self._key)
                status = response.get("status_code")
                answers += self._refused(key, requests.get(key), status, reason, sent_as)
        self._cache.keep(answers)
        return reason

    def _answer_of(self, key: str, request: Request | None, body: dict[str, Any]) -> Answer:
        used = usage(body, request)
        tokens = (used.input_tokens, used.output_tokens)
        self.ledger.book(used)
        self.ledger.settle(self._aside.pop(key, 0.0), self.ledger.price(*tokens))
        text = json.dumps(body)  # escaped, since half a character could not be stored otherwise
        text = self._key.strike_out(text) if self._key else text
        if not self._proven:
            self._proven = True
            self._cache.remember(self._memory, self._dialect.remembered())
        kind, turn, model = (request.kind, request.turn, request.model) if request else ("", 0, self._part.model)
        return Answer(key, kind, turn, model, False, text, *tokens)

    def _refused(self, key: str, request: Request | None, status: Any, reason: str, sent_as: Dialect) -> list[Answer]:
        """The final answer for a row that the server rejected; none if it may be sent again, perhaps otherwise."""
        if request is None or self._dialect != sent_as:
            return []
        final = status in (400, 413, 422)
        simpler = self._dialect.simpler(
            reason,
            structured=self._part.structured,
            proven=self._proven,
            refused=final,
            max_tokens=request.max_tokens,
        )
        if simpler is not None:
            self._dialect = simpler
        if simpler is not None or not final:
            return []
        return [Answer(key, request.kind, request.turn, request.model, True, reason, 0, 0)]

    def _patiently(self, call: Callable[[], Result]) -> Result:
        """What `call` returns; repeated while the server or the connection fails. Raises BenchError."""
        openai = package("openai")
        for failures in range(1, self._policy.tries + 1):
            try:
                return call()
            except openai.APIStatusError as error:
                trouble = explain_rejection(error, self._key)
                if trouble.blame in ("us", "request"):
                    raise BenchError(f"The Batch API cannot be used: {trouble.message}.") from None
                message = trouble.message
            except openai.OpenAIError as error:
                message = shorten(f"{type(error).__name__}: {error}", self._key)
            self._sleep(self._policy.delay(failures, self._random))
        raise BenchError(
            f"The Batch API does not answer: {message}. Submitted batches continue; run the same command to wait "
            "for them."
        )

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise BenchError("The run is stopped; a submitted batch continues, and the same command waits for it.")


def _row(line: str) -> tuple[str, dict[str, Any], dict[str, Any], Any]:
    """A row of results: its key, the response, the body of that, and the error."""
    row = json.loads(line)
    response = row.get("response") or {}
    body = response.get("body") or {}
    return str(row["custom_id"]), dict(response), dict(body), row.get("error")
