"""How well the writer by a language model uses a server:

    python benchmarks/writer.py [PEOPLE] [LATENCY_MS] [RATE] [LIMITED_PEOPLE]

A local server, a process of its own, answers as a model would. What it says is worked out by a run that is not
measured, so that afterwards it hands out ready bytes and leaves the processor to what is measured. Then it takes
LATENCY_MS (200) for each answer: the wall time of both stages that write for PEOPLE (500) people is set against the
ideal, requests x latency / requests in flight, and the processor time of each kind of process is said. At last it
allows RATE (600) requests a minute, in windows of ten seconds, and says so in three ways; what is reached of it for
LIMITED_PEOPLE (100) people is set against RATE.
"""

import asyncio
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from builder.base import recipe as recipes
from builder.base.recipe import Recipe
from builder.llm.remote.live import LiveSender
from builder.pipeline.stages import stages_of
from builder.run import engine
from builder.run.folder import RunFolder
from builder.run.workers import Workers, available
from tests.llm.server import Limit, completion

IN_FLIGHT = 64
WINDOW = 10.0


@dataclass
class Said:
    """What the server did since it was last told how to behave; `processor` is in seconds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    processor: float = 0.0


@dataclass
class Manner:
    """How the server behaves: seconds for an answer, and what it allows."""

    latency: float = 0.0
    limit: Limit | None = None


class Canned:
    """The server: remembers what it answered, and answers the same again without a thought."""

    def __init__(self) -> None:
        self.manner, self.said = Manner(), Said()
        self._known: dict[bytes, bytes] = {}

    def answer(self, body: bytes, send: Callable[[bytes], None]) -> None:
        """Have the response to a request sent in time."""
        said = self.said
        said.times.append(time.monotonic())
        allowed, headers = self.manner.limit.take() if self.manner.limit else (True, {})
        said.outcomes["well" if allowed else "429"] += 1
        if not allowed:
            return send(_response(429, headers, b'{"error": {"message": "too fast"}}'))
        said.in_flight += 1
        said.most_in_flight = max(said.in_flight, said.most_in_flight)
        if body not in self._known:
            self._known[body] = json.dumps(completion(json.loads(body), "")).encode()
        asyncio.get_running_loop().call_later(
            self.manner.latency, self._finish, _response(200, headers, self._known[body]), send
        )
        return None

    def _finish(self, response: bytes, send: Callable[[bytes], None]) -> None:
        self.said.in_flight -= 1
        send(response)


class Exchange(asyncio.Protocol):
    """One connection: a request with a content-length at a time."""

    def __init__(self, server: Canned) -> None:
        self._server, self._received = server, b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer as soon as the request is whole."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().split(b"content-length:")[1].split(b"\r\n", 1)[0]):
            self._received = b""
            self._server.answer(body, self._transport.write)


def _response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body


def serve(pipe: Connection) -> None:
    """Serve until told to stop: takes in each Manner that comes, and says what it did under the one before."""
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    server, loop = Canned(), asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Exchange(server), "127.0.0.1", 0)
    pipe.send(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1")
    while manner := await loop.run_in_executor(None, pipe.recv):
        server.said.processor = time.process_time() - server.said.processor
        pipe.send(server.said)
        server.manner, server.said = manner, Said(processor=time.process_time())


class Remote:
    """A server in a process of its own."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        self.url: str = self._pipe.recv()

    def behave(self, manner: Manner) -> Said:
        """Behave otherwise from now on; return what was done until now."""
        self._pipe.send(manner)
        said: Said = self._pipe.recv()
        return said

    def stop(self) -> None:
        """End the process."""
        self._pipe.send(None)
        self._process.join()


@dataclass
class Written:
    """What a run took: seconds of wall and of processors, and who sent."""

    wall: float
    main: float
    workers: float
    sender: LiveSender


def recipe_for(url: str, people: int, **settings: Any) -> Recipe:
    """The recipe `mllmu` for so many people by the server at `url`."""
    own = {key.replace("__", "."): value for key, value in settings.items()}
    fixed = {"profiles.count": people, "splits.holdout": 0, "splits.forget": [10], "chat.concurrency": IN_FLIGHT}
    return recipes.load("mllmu", {**fixed, "writer.kind": "openai", "chat.base_url": url, **own})


def write(recipe: Recipe) -> Written:
    """Make the two stages that write."""
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder) / "run")
        stages = [stage for stage in stages_of(recipe) if stage.name != "portraits"]
        with run.opened_for(recipe):
            wall, main, workers = time.perf_counter(), time.process_time(), _of_children()
            with Workers(available()) as pool, LiveSender(run.path, recipe.chat, None, None) as sender:
                engine.make(run, stages, recipe, pool, {"profiles": sender, "questions": sender})
            return Written(time.perf_counter() - wall, time.process_time() - main, _of_children() - workers, sender)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def throughput(server: Remote, people: int, latency: float) -> None:
    """Print wall time against the ideal."""
    recipe = recipe_for(server.url, people)
    write(recipe)
    server.behave(Manner(latency))
    found = write(recipe)
    said = server.behave(Manner())
    ideal = found.sender.ledger.answered * latency / IN_FLIGHT
    sending = max(said.times) - min(said.times) + latency
    print(
        f"{people} people, {found.sender.ledger.answered} requests of {latency * 1000:.0f} ms, at most "
        f"{said.most_in_flight} in flight: {found.wall:.1f} s, {found.wall / ideal:.2f} x the ideal {ideal:.1f} s "
        f"(first request to last answer {sending:.1f} s, {sending / ideal:.2f} x)\n"
        f"processor: {found.main:.1f} s the main process ({found.main / found.wall:.2f} of a core), "
        f"{found.workers:.1f} s {available()} workers, {said.processor:.1f} s the server",
        flush=True,
    )


def adherence(server: Remote, people: int, rate: int, how: str, settings: dict[str, Any], told: bool) -> None:
    """Print what is reached of an allowed rate."""
    server.behave(Manner(0.05, Limit(int(rate * WINDOW / 60), WINDOW, told)))
    write(recipe_for(server.url, people, **settings))
    said = server.behave(Manner())
    well, refused = said.outcomes["well"], said.outcomes["429"]
    reached = (well - 1) / (max(said.times) - min(said.times)) * 60
    print(
        f"{rate} requests a minute allowed, {how}: {reached:.0f} reached, {reached / rate:.2f} of it; "
        f"{refused} of {well + refused} answered 429, {refused / (well + refused):.1%}",
        flush=True,
    )


def main() -> None:
    """Measure both."""
    usual = ("500", "200", "600", "100")
    people, latency, rate, limited = (int(word) for word in (*sys.argv[1:], *usual[len(sys.argv) - 1 :]))
    print(f"{available()} processors, load {os.getloadavg()[0]:.1f}")
    server = Remote()
    throughput(server, people, latency / 1000)
    adherence(server, limited, rate, "stated in the recipe", {"chat__requests_per_minute": rate}, told=False)
    adherence(server, limited, rate, "said in headers", {}, told=True)
    adherence(server, limited, rate, "said by Retry-After alone", {}, told=False)
    server.stop()


if __name__ == "__main__":
    main()
