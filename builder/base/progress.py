"""How long work shows: a bar with the time left on a terminal, a plain line now and then elsewhere.

The progress of a process that another one has started can be shown by that one (`relay`, `Relayed`): only one process
can draw bars on a terminal.
"""

import itertools
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Never, Protocol, Self

from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 15.0


class Progress:
    """Progress of one piece of work on standard error, counted in `units` ("people"). Several may show at once."""

    def __init__(self, label: str, units: str, total: int = 0) -> None:
        """Start at nothing of `total`, which may be learned later."""
        self._label, self._units, self._total, self._done = label, units, total, 0
        self._held_up = False
        self._display = _display(label, units, total)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.end(kind is None)

    def advance(self, count: int) -> None:
        """Count `count` more."""
        self.reach(self._done + count, self._total)

    def reach(self, done: int, total: int) -> None:
        """Stand at `done` of `total`."""
        self._done, self._total = done, total
        self._display.reach(done, total)

    def note(self, text: str) -> None:
        """Show `text` beside the count, from now on."""
        self._display.note(text)

    def hold_up(self, why: str) -> None:
        """Say at once, and once, that work is held up and why; `why` is empty while it is not."""
        if why and not self._held_up:
            left = f"{self._total - self._done} of {self._total} {self._units} left"
            self._display.say(f"{self._label}: {why}; {left}")
        self._held_up = bool(why)


class _Display(Protocol):
    """What shows one piece of work."""

    def reach(self, done: int, total: int) -> None: ...
    def note(self, text: str) -> None: ...
    def say(self, line: str) -> None: ...
    def end(self, finished: bool) -> None: ...


class _Bar:
    """A bar on a terminal."""

    def __init__(self, label: str, units: str, total: int) -> None:
        self._bar: tqdm[Never] = tqdm(total=total or None, desc=f"{label:<10}", unit=f" {units}", leave=True)
        self._done: int | None = None
        self._note = ""

    def reach(self, done: int, total: int) -> None:
        if self._done is None:
            self._bar.initial = done
        self._bar.total = total
        self._bar.update(done - (self._done or 0))
        self._done = done

    def note(self, text: str) -> None:
        if text != self._note:
            self._bar.set_postfix_str(text)
        self._note = text

    def say(self, line: str) -> None:
        tqdm.write(line, file=sys.stderr)

    def end(self, finished: bool) -> None:
        self._bar.close()


class _Lines:
    """A line now and then, and one at the end."""

    def __init__(self, label: str, units: str, total: int) -> None:
        self._label, self._units, self._total, self._done = label, units, total, 0
        self._first: tuple[int, float] | None = None  # where it stood when first heard of, and when
        self._last_line = time.monotonic()
        self._note = ""

    def reach(self, done: int, total: int) -> None:
        self._first = self._first or (done, time.monotonic())
        self._done, self._total = done, total
        self._line_in_time()

    def note(self, text: str) -> None:
        self._note = text
        self._line_in_time()

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
        self._last_line = time.monotonic()

    def end(self, finished: bool) -> None:
        if finished:
            self._line()

    def _line_in_time(self) -> None:
        if time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._line()

    def _line(self) -> None:
        self._last_line = time.monotonic()
        note = f" ({self._note})" if self._note else ""
        self.say(f"{self._label}: {self._done} of {self._total} {self._units}{note}{self._time_left()}")

    def _time_left(self) -> str:
        """What was done before, in a run that was stopped, says nothing of how fast this one is."""
        before, since = self._first or (self._done, self._last_line)
        if not before < self._done < self._total:
            return ""
        seconds = (self._last_line - since) / (self._done - before) * (self._total - self._done)
        return f", about {seconds:.0f} s left"


Message = tuple[int, str, tuple[Any, ...]]
"""Which piece of work of a process, what happens to its display, and the arguments."""


class _Relay:
    """Has another process show it."""

    _numbers = itertools.count()

    def __init__(self, send: Callable[[Message], None], label: str, units: str, total: int) -> None:
        self._send, self._number = send, next(self._numbers)
        self._tell("begin", label, units, total)

    def reach(self, done: int, total: int) -> None:
        self._tell("reach", done, total)

    def note(self, text: str) -> None:
        self._tell("note", text)

    def say(self, line: str) -> None:
        self._tell("say", line)

    def end(self, finished: bool) -> None:
        self._tell("end", finished)

    def _tell(self, what: str, *arguments: Any) -> None:
        self._send((self._number, what, arguments))


class Relayed:
    """Shows the progress of another process, message by message."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self._displays: dict[int, _Display] = {}

    def show(self, message: Message) -> None:
        """Show what a message of the other process says."""
        number, what, arguments = message
        if what == "begin":
            self._displays[number] = _display(*arguments)
        else:
            getattr(self._displays[number], what)(*arguments)
            if what == "end":
                del self._displays[number]

    def close(self) -> None:
        """End what the other process left open when it died."""
        for display in self._displays.values():
            display.end(False)
        self._displays.clear()


_send: Callable[[Message], None] | None = None


def relay(send: Callable[[Message], None]) -> None:
    """From now on, have the progress of this process shown by whoever gets what is given to `send`."""
    global _send
    _send = send


def _display(label: str, units: str, total: int) -> _Display:
    if _send:
        return _Relay(_send, label, units, total)
    return (_Bar if sys.stderr.isatty() else _Lines)(label, units, total)
