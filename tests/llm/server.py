"""A chat completions server for tests: asyncio, on a thread of its own, answering well or misbehaving on demand."""

import asyncio
import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.llm.model import reply

Misbehaviour = Callable[[int, dict[str, Any]], str]
"""From the number of a request and its body to what to do wrong; "" for nothing."""

TRANSPORT = ("429", "429-bare", "500", "503", "cut", "drip", "empty")
_STATUS = ("400", "401", "404", "500", "503")
"""Faults that bring no answer."""
ANSWERS = ("truncated", "fence", "shape", "language", "refusal", "length", "blank", "contradiction", "name")
"""Faults in an answer, which is charged all the same. A code fence is not really one."""


def mixed(rate: float, kinds: tuple[str, ...], seed: int = 0) -> Misbehaviour:
    """Misbehaves in a share of the requests, in each of `kinds` alike."""
    stream = random.Random(seed)

    def choose(_: int, __: dict[str, Any]) -> str:
        return stream.choice(kinds) if stream.random() < rate else ""

    return choose


@dataclass(frozen=True)
class Odd:
    """A response of any kind in place of the right one."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


StandIn = Callable[[int, dict[str, Any], dict[str, Any]], Odd | None]
"""From the number of a request, its body and the right answer to what is sent instead; None to send the answer."""


@dataclass
class Limit:
    """So many requests in each window of so many seconds; says what is left when `told`."""

    requests: int
    seconds: float
    told: bool
    used: int = 0
    since: float = 0.0

    def take(self) -> tuple[bool, dict[str, str]]:
        """Whether one more may come, and the headers."""
        now = time.monotonic()
        if now - self.since >= self.seconds:
            self.used, self.since = 0, now
        reset = self.since + self.seconds - now
        if self.used >= self.requests:
            return False, {"retry-after": f"{reset:.3f}"}
        self.used += 1
        if not self.told:
            return True, {}
        return True, {
            "x-ratelimit-remaining-requests": str(self.requests - self.used),
            "x-ratelimit-reset-requests": f"{reset:.3f}s",
        }


@dataclass
class Server:
    """The server. `charged` counts the whole answers to each request, `outcomes` what was done with requests."""

    misbehave: Misbehaviour = lambda _, __: ""
    latency: float = 0.0
    modes: tuple[str, ...] = ("json_schema", "json_object", "text")
    limit: Limit | None = None
    echo_key: bool = False
    stand_in: "StandIn | None" = None
    batch_faults: Callable[[int], str] = lambda _: ""
    charged: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    files: dict[str, str] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    port: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """What goes into base_url."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its response; False when the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split("\r\n", 1)[0].split(" ")
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("transfer-encoding") == "chunked":
            content = await _chunks(reader)
        if path.endswith("/chat/completions"):
            return await self._complete(writer, json.loads(content), headers)
        status, body = self.manage(method, path.removeprefix("/v1"), headers, content)
        await _respond(writer, status, body, {})
        return True

    async def _complete(self, writer: asyncio.StreamWriter, body: dict[str, Any], headers: dict[str, str]) -> bool:
        self.times.append(time.monotonic())
        self.bodies.append(body)
        self.in_flight += 1
        self.most_in_flight = max(self.in_flight, self.most_in_flight)
        try:
            return await self._answer(writer, body, headers)
        finally:
            self.in_flight -= 1

    async def _answer(self, writer: asyncio.StreamWriter, body: dict[str, Any], headers: dict[str, str]) -> bool:
        extra: dict[str, str] = {}
        if self.limit:
            allowed, extra = self.limit.take()
            if not allowed:
                self.outcomes["429"] += 1
                await _respond(writer, 429, _error("too fast"), extra)
                return True
        mode = body.get("response_format", {}).get("type", "text")
        if mode not in self.modes:
            self.outcomes["unsupported"] += 1
            await _respond(writer, 400, _error(f"response_format of type {mode} is not supported"), {})
            return True
        fault = self.misbehave(len(self.bodies), body)
        self.outcomes[fault or "well"] += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        if (fault in TRANSPORT or fault in _STATUS) and fault != "empty":
            return await _break(writer, fault)
        content = completion(body, fault)
        if self.stand_in:
            odd = self.stand_in(len(self.bodies), body, content)
            if odd is not None:
                await _respond(writer, odd.status, odd.body, {**extra, **odd.headers})
                return True
        if self.echo_key:
            content["system_fingerprint"] = f"you sent {headers.get('authorization')}"
        await _respond(writer, 200, content, extra)
        if fault == "empty":
            return True
        self.charged[fingerprint(body)] += 1
        return True

    def manage(self, method: str, path: str, headers: dict[str, str], content: bytes) -> tuple[int, Any]:
        """Files and batches: a batch is done as soon as it is looked at for the second time."""
        if path == "/files" and method == "POST":
            name = f"file-{len(self.files)}"
            self.files[name] = _uploaded(headers["content-type"], content)
            return 200, _file(name)
        if path.startswith("/files/"):
            return 200, self.files[path.split("/")[2]]
        if path == "/batches" and method == "POST":
            asked = json.loads(content)
            name = f"batch-{len(self.batches)}"
            self.batches[name] = _batch(name, asked, "validating")
            return 200, self.batches[name]
        if path.startswith("/batches?") or path == "/batches":
            return 200, {"object": "list", "data": list(self.batches.values()), "has_more": False}
        batch = self.batches[path.split("/")[2]]
        if batch["status"] == "validating":
            batch["status"] = "in_progress"
        elif batch["status"] == "in_progress":
            self._finish(batch)
        return 200, batch

    def _finish(self, batch: dict[str, Any]) -> None:
        rows: list[str] = []
        errors: list[str] = []
        expired = False
        for number, line in enumerate(self.files[batch["input_file_id"]].splitlines()):
            row = json.loads(line)
            fault = self.batch_faults(number)
            self.outcomes[f"batch {fault or 'well'}"] += 1
            mode = row["body"].get("response_format", {}).get("type", "text")
            if mode not in self.modes:
                refusal = _error(f"response_format of type {mode} is not supported")
                response = {"status_code": 400, "body": refusal}
                errors.append(json.dumps({"custom_id": row["custom_id"], "response": response, "error": None}))
            elif fault == "expired":
                expired = True
            elif fault == "failed":
                response = {"status_code": 500, "body": _error("unlucky")}
                errors.append(json.dumps({"custom_id": row["custom_id"], "response": response, "error": None}))
            else:
                self.charged[fingerprint(row["body"])] += 1
                response = {"status_code": 200, "body": completion(row["body"], "")}
                rows.append(json.dumps({"custom_id": row["custom_id"], "response": response, "error": None}))
        batch["status"] = "expired" if expired else "completed"
        for key, lines in (("output_file_id", rows), ("error_file_id", errors)):
            if lines:
                batch[key] = f"file-{len(self.files)}"
                self.files[batch[key]] = "\n".join(lines)


def fingerprint(body: dict[str, Any]) -> str:
    """What makes a request the same as another: the model and the messages."""
    return hashlib.sha256(json.dumps([body["model"], body["messages"]]).encode()).hexdigest()


def completion(body: dict[str, Any], fault: str) -> dict[str, Any]:
    """A chat completion, spoilt by `fault`."""
    text = reply(body["messages"], fault)
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    finish = "stop"
    if fault == "truncated":
        message["content"] = text[: len(text) // 2]
    elif fault == "fence":
        message["content"] = f"Here you are:\n```json\n{text}\n```\nAnything else?"
    elif fault == "blank":
        message["content"] = " "
    elif fault == "shape":
        message["content"] = json.dumps({"things": [text[:20]]})
    elif fault == "refusal":
        message |= {"content": None, "refusal": "I cannot write about people."}
    elif fault == "length":
        message["content"], finish = text[: len(text) // 2], "length"
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [] if fault == "empty" else [choice],
        "usage": {"prompt_tokens": 700, "completion_tokens": len(text) // 4, "total_tokens": 700 + len(text) // 4},
    }


async def _break(writer: asyncio.StreamWriter, fault: str) -> bool:
    if fault == "429":
        await _respond(writer, 429, _error("too fast"), {"retry-after": "0.05"})
    elif fault == "429-bare":
        await _respond(writer, 429, _error("too fast"), {})
    elif fault in _STATUS:
        await _respond(writer, int(fault), _error("unwell"), {})
    elif fault == "cut":
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"id": "x", ')
        await writer.drain()
        return False
    else:  # a slow drip: a byte now and then, for ever
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)
        return False
    return True


async def _respond(writer: asyncio.StreamWriter, status: int, body: Any, extra: dict[str, str]) -> None:
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {"content-type": "application/json", "content-length": str(len(content)), **extra}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content)
    await writer.drain()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    content = b""
    while size := int(await reader.readline(), 16):
        content += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return content


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "error", "code": None, "param": None}}


def _uploaded(content_type: str, content: bytes) -> str:
    boundary = content_type.split("boundary=")[1].encode()
    part = next(part for part in content.split(b"--" + boundary) if b"filename=" in part)
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n").decode()


def _file(name: str) -> dict[str, Any]:
    kind = {"object": "file", "purpose": "batch", "status": "processed"}
    return {"id": name, "bytes": 1, "created_at": 0, "filename": "batch.jsonl", **kind}


def _batch(name: str, asked: dict[str, Any], status: str) -> dict[str, Any]:
    fixed = {"object": "batch", "endpoint": "/v1/chat/completions", "completion_window": "24h", "created_at": 0}
    empty = {"output_file_id": None, "error_file_id": None, "errors": None}
    given = {"input_file_id": asked["input_file_id"], "metadata": asked.get("metadata")}
    return {"id": name, "status": status, **fixed, **empty, **given}
