"""How long work shows: a bar with the time left on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Never, Self

from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 15.0


class Progress:
    """Progress of one piece of work on standard error, counted in `units` ("people"). Several may show at once."""

    def __init__(self, label: str, units: str, total: int = 0) -> None:
        """Start at nothing of `total`, which may be learned later."""
        self._label, self._units, self._total, self._done = label, units, total, 0
        self._first: tuple[int, float] | None = None  # where it stood when first heard of, and when
        self._last_line = time.monotonic()
        self._note = ""
        self._held_up = False
        self._bar: tqdm[Never] | None = None
        if sys.stderr.isatty():
            self._bar = tqdm(total=total or None, desc=f"{label:<10}", unit=f" {units}", leave=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif kind is None:
            self._line()

    def advance(self, count: int) -> None:
        """Count `count` more."""
        self.reach(self._done + count, self._total)

    def reach(self, done: int, total: int) -> None:
        """Stand at `done` of `total`."""
        if self._first is None:
            self._first = done, time.monotonic()
            if self._bar is not None:
                self._bar.initial = done
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._done)
        self._done, self._total = done, total
        self._line_in_time()

    def note(self, text: str) -> None:
        """Show `text` beside the count, from now on."""
        if text != self._note and self._bar is not None:
            self._bar.set_postfix_str(text)
        self._note = text
        self._line_in_time()

    def hold_up(self, why: str) -> None:
        """Say at once, and once, that work is held up and why; `why` is empty while it is not."""
        if why and not self._held_up:
            left = f"{self._total - self._done} of {self._total} {self._units} left"
            tqdm.write(f"{self._label}: {why}; {left}", file=sys.stderr)
            self._last_line = time.monotonic()
        self._held_up = bool(why)

    def _line_in_time(self) -> None:
        if self._bar is None and time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._line()

    def _line(self) -> None:
        self._last_line = time.monotonic()
        note = f" ({self._note})" if self._note else ""
        stand = f"{self._label}: {self._done} of {self._total} {self._units}"
        print(f"{stand}{note}{self._time_left()}", file=sys.stderr, flush=True)

    def _time_left(self) -> str:
        """What was done before, in a run that was stopped, says nothing of how fast this one is."""
        before, since = self._first or (self._done, self._last_line)
        if not before < self._done < self._total:
            return ""
        seconds = (self._last_line - since) / (self._done - before) * (self._total - self._done)
        return f", about {seconds:.0f} s left"
