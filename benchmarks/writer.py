"""How well the writer by a language model uses a server: python benchmarks/writer.py [PEOPLE] [LATENCY_MS] [RATE].

A local server, a process of its own, answers as a model would. First it takes LATENCY_MS (200) for each answer: the
wall time of both stages that write for PEOPLE (500) people is set against the ideal, requests x latency / requests in
flight, and the processor time of all processes against the wall time. Then it allows RATE (600) requests a minute, in
windows of ten seconds, and says so in three ways; what is reached is set against RATE.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from builder import recipe as recipes
from builder.llm.remote.live import LiveSender
from builder.recipe import Recipe
from builder.run import engine
from builder.run.folder import RunFolder
from builder.run.workers import Workers, available
from builder.stages import stages_of
from tests.llm.server import Limit, Server

IN_FLIGHT = 64
WINDOW = 10.0
LIMITED_PEOPLE = 40


def serve(pipe: Connection, settings: dict[str, Any]) -> None:
    """Run a server until told to stop; then say what it did."""
    with Server(**settings) as server:
        pipe.send(server.url)
        pipe.recv()
        pipe.send((dict(server.outcomes), server.times, server.most_in_flight))


class Remote:
    """A server in a process of its own."""

    def __init__(self, **settings: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, settings), daemon=True)
        self._process.start()
        self.url: str = self._pipe.recv()

    def stop(self) -> tuple[dict[str, int], list[float], int]:
        """What it did: outcomes, the time of each request, the most requests in flight."""
        self._pipe.send("stop")
        found: tuple[dict[str, int], list[float], int] = self._pipe.recv()
        self._process.join()
        return found


def recipe_for(url: str, people: int, **settings: Any) -> Recipe:
    """The recipe `mllmu` for so many people by the server at `url`."""
    own = {key.replace("__", "."): value for key, value in settings.items()}
    fixed = {"profiles.count": people, "splits.holdout": 0, "splits.forget": [10], "chat.concurrency": IN_FLIGHT}
    return recipes.load("mllmu", (), {**fixed, "writer.kind": "openai", "chat.base_url": url, **own})


def write(recipe: Recipe, workers: int) -> tuple[float, float, LiveSender]:
    """Make the two stages that write; return wall seconds, processor seconds and the sender."""
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder) / "run")
        stages = [stage for stage in stages_of(recipe) if stage.name != "portraits"]
        with run.opened_for(recipe):
            wall, processor = time.perf_counter(), _processor()
            with Workers(workers) as pool, LiveSender(run.path, recipe.chat, None, None) as sender:
                engine.make(run, stages, recipe, pool, {"profiles": sender, "questions": sender})
            return time.perf_counter() - wall, _processor() - processor, sender


def _processor() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def throughput(people: int, latency: float) -> None:
    """Print wall time against the ideal."""
    server = Remote(latency=latency)
    wall, processor, sender = write(recipe_for(server.url, people), available())
    _, times, most = server.stop()
    ideal = sender.ledger.answered * latency / IN_FLIGHT
    sending = max(times) - min(times) + latency
    print(
        f"{people} people, {sender.ledger.answered} requests of {latency * 1000:.0f} ms, at most {most} in flight: "
        f"{wall:.1f} s, {wall / ideal:.2f} x the ideal {ideal:.1f} s "
        f"(first request to last answer {sending:.1f} s, {sending / ideal:.2f} x); "
        f"processor {processor:.1f} s, {processor / wall:.2f} cores",
        flush=True,
    )


def adherence(rate: int, how: str, settings: Callable[[int], dict[str, Any]], told: bool) -> None:
    """Print what is reached of an allowed rate."""
    server = Remote(latency=0.05, limit=Limit(int(rate * WINDOW / 60), WINDOW, told))
    write(recipe_for(server.url, LIMITED_PEOPLE, **settings(rate)), available())
    outcomes, times, _ = server.stop()
    well, refused = outcomes.get("well", 0), outcomes.get("429", 0)
    reached = (well - 1) / (max(times) - min(times)) * 60
    print(
        f"{rate} requests a minute allowed, {how}: {reached:.0f} reached, {reached / rate:.2f} of it; "
        f"{refused} of {well + refused} answered 429, {refused / (well + refused):.1%}",
        flush=True,
    )


def main() -> None:
    """Measure both."""
    people, latency, rate = (int(word) for word in (*sys.argv[1:], *("500", "200", "600")[len(sys.argv) - 1 :]))
    print(f"{available()} processors, load {os.getloadavg()[0]:.1f}")
    throughput(people, latency / 1000)
    adherence(rate, "stated in the recipe", lambda rate: {"chat__requests_per_minute": rate}, told=False)
    adherence(rate, "said in headers", lambda _: {}, told=True)
    adherence(rate, "said by Retry-After alone", lambda _: {}, told=False)


if __name__ == "__main__":
    main()
