"""How training and asking show: a bar with the time left on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Never, Self

from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 15.0


class Bar:
    """Progress of one model, on standard error."""

    def __init__(self, label: str, unit: str, total: int = 0) -> None:
        self._label, self._unit, self._total, self._done = label, unit, total, 0
        self._last_line = time.monotonic()
        self._first: tuple[int, float] | None = None  # where it stood when first heard of, and when
        self._bar: tqdm[Never] | None = None
        if sys.stderr.isatty():
            self._bar = tqdm(total=total or None, desc=label, unit=unit, leave=True)

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
        if self._bar is None and time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._line()

    def _line(self) -> None:
        self._last_line = time.monotonic()
        # What was done before, in a run that was stopped, says nothing of how fast this one is.
        before, since = self._first or (self._done, self._last_line)
        left = ""
        if before < self._done < self._total:
            seconds = (self._last_line - since) / (self._done - before) * (self._total - self._done)
            left = f", about {seconds:.0f} s left"
        print(f"{self._label}: {self._done} of {self._total} {self._unit}s{left}", file=sys.stderr, flush=True)
