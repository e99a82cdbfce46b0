"""Paints a run's pictures in batches, across people and on every chosen device.

The stage asks for pictures (it raises `NotFetched` with their orders) and finds them on its shard's shelf. While one
batch is painted, the one before is inspected and encoded in threads, so that a GPU does not wait for that work.
"""

import functools
import multiprocessing
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from builder.base.errors import BenchError
from builder.base.recipe import DiffusionPart, Recipe
from builder.portraits.diffusion import painter
from builder.portraits.diffusion.devices import devices_of
from builder.portraits.inspection import inspection_of
from builder.portraits.making import finisher, painted
from builder.portraits.painter import Finished, Order
from builder.portraits.shelf import Shelf
from builder.run.made_on import MadeOn

_FINISHERS = min(8, os.cpu_count() or 1)
_AHEAD = 2
"""How many batches wait for each device, so that none is idle while the next shard is asked for."""


class DiffusionStudio:
    """Paints the orders of a run: the fetcher of its portraits stage. It loads the model with the first order."""

    def __init__(
        self, recipe: Recipe, shelf_of: Callable[[Order], Path], setting: str, made_on: MadeOn | None = None
    ) -> None:
        """Paint as `recipe` says; `shelf_of` says in which file the picture of an order is kept under `setting`.

        The devices and versions that painted are noted in `made_on`.
        """
        self._made_on = made_on or MadeOn(None)
        self.recipe, self.part = recipe, recipe.diffusion
        self.shelf_of, self.setting = shelf_of, setting
        self.devices: Sequence[str] = ()
        self._pace = _Pace()
        self._ordered = 0
        self._painters: Executor | None = None
        self._finishers = ThreadPoolExecutor(_FINISHERS, thread_name_prefix="finish")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._painters:
            self._painters.shutdown(wait=True, cancel_futures=True)
        self._finishers.shutdown(wait=True)  # painted pictures are kept, whatever ended the run

    def fetch(self, wanted: Sequence[Any], priority: int) -> "Future[None]":
        """Start painting `wanted`, orders of one shard; the future is done when all pictures are on the shelf."""
        if self._painters is None:
            self.devices = devices_of(self.part)
            self._painters = _painters(self.devices)
            self._painters.submit(_description, self.part).add_done_callback(self._note)
        group = _Group()
        self._ordered += len(wanted)
        batches = list(_chunks(wanted, self.part.batch_size))
        group.open = len(batches)
        for batch in batches:
            begun = self._painters.submit(_paint, self.part, batch)
            begun.add_done_callback(functools.partial(self._hand_on, batch, group))
        return group.done

    def has_room(self) -> bool:
        """Whether the devices may soon run out of work."""
        return self._ordered - self._pace.pictures < _AHEAD * self.part.batch_size * (len(self.devices) or 1)

    def flush(self) -> None:
        """Do nothing: the studio holds nothing back."""

    def status(self) -> str:
        """The number of pictures so far, and their rate."""
        return self._pace.words() if self._ordered else ""

    def held_up(self) -> str:
        """Empty: a painter never waits for others."""
        return ""

    def _note(self, begun: "Future[str]") -> None:
        """Note for the manifest what painted. If the model cannot be loaded, the first batch reports it."""
        if not begun.cancelled() and begun.exception() is None:
            self._made_on.add(begun.result())

    def _hand_on(self, batch: Sequence[Order], group: "_Group", begun: "Future[list[Image.Image]]") -> None:
        if begun.cancelled():
            return
        error = begun.exception()
        if error is not None:
            group.fail(error)
        else:
            self._finishers.submit(self._finish, batch, begun.result(), group)

    def _finish(self, batch: Sequence[Order], pictures: Sequence[Image.Image], group: "_Group") -> None:
        """Inspect and encode a batch and put it on its shelf."""
        try:
            results: list[Finished] = [self._finished(*each) for each in zip(batch, pictures, strict=True)]
            with Shelf(self.shelf_of(batch[0]), self.setting) as shelf:
                shelf.put(dict(zip(batch, results, strict=True)))
            self._pace.add(len(batch))
            group.close_one()
        except sqlite3.Error as error:
            path = self.shelf_of(batch[0])
            group.fail(BenchError(f"{path} could not be written: {error}. What was finished is kept."))
        except BaseException as error:
            group.fail(error)

    @functools.cached_property
    def _finished(self) -> Callable[[Order, Image.Image], Finished]:
        return finisher(inspection_of(self.recipe, self.devices[0]), self.recipe.portraits)


class _Group:
    """Batches that were requested together."""

    def __init__(self) -> None:
        self.done: Future[None] = Future()
        self.open = 0
        self._turn = threading.Lock()

    def close_one(self) -> None:
        with self._turn:
            self.open -= 1
            if self.open == 0 and not self.done.done():
                self.done.set_result(None)

    def fail(self, error: BaseException) -> None:
        with self._turn:
            if not self.done.done():
                self.done.set_exception(error)


class _Pace:
    """Counts finished pictures and measures their rate."""

    def __init__(self) -> None:
        self.pictures = 0
        self._since = 0.0
        self._turn = threading.Lock()

    def add(self, pictures: int) -> None:
        with self._turn:
            if not self.pictures:
                self._since = time.monotonic()  # loading and the first batch, which compiles, do not count
                self._first = pictures
            self.pictures += pictures

    def words(self) -> str:
        if not self.pictures:
            return "loading the model"
        seconds = time.monotonic() - self._since
        later = self.pictures - self._first
        speed = f", {later / seconds:.2f} images/s" if later and seconds > 0 else ""
        return f"{self.pictures} images{speed}"


def _painters(devices: Sequence[str]) -> Executor:
    """One thread of this process for a single device, else one process per device."""
    if len(devices) == 1:
        return ThreadPoolExecutor(1, "paint", _take_device, (devices[0],))
    context = multiprocessing.get_context("spawn")
    seats = context.Queue()
    for device in devices:
        seats.put(device)
    return ProcessPoolExecutor(len(devices), context, _take_place, (seats,))


_device = "cpu"
"""Where this process paints."""


def _take_device(device: str) -> None:
    global _device
    _device = device


def _take_place(seats: Any) -> None:
    from builder.run.workers import settle_in

    settle_in()
    _take_device(seats.get())


def _description(part: DiffusionPart) -> str:
    return painter.made_with(painter.opened(part, _device).pipelines)


def _paint(part: DiffusionPart, batch: Sequence[Order]) -> list[Image.Image]:
    return painted(batch, painter.opened(part, _device))


def _chunks(orders: Sequence[Order], size: int) -> Iterator[Sequence[Order]]:
    """`orders`, `size` at a time. The same orders are always cut into the same batches."""
    for first in range(0, len(orders), size):
        yield orders[first : first + size]
