"""How long work shows: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Never, Self

from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 15.0


class Progress:
    """Progress of one stage, counted in people, on standard error."""

    def __init__(self, label: str, total: int, done: int = 0) -> None:
        """Start at `done` of `total`."""
        self.label, self.total, self.done = label, total, done
        self._bar: tqdm[Never] | None = None
        self._last_line = time.monotonic()
        self._note = ""
        self._held_up = False
        if sys.stderr.isatty():
            self._bar = tqdm(total=total, initial=done, desc=f"{label:<10}", unit="person", leave=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif kind is None:
            self._line()

    def advance(self, people: int) -> None:
        """Count `people` more."""
        self.done += people
        if self._bar is not None:
            self._bar.update(people)
        elif time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._line()

    def note(self, text: str) -> None:
        """Show `text` beside the count, from now on."""
        if text != self._note:
            self._note = text
            if self._bar is not None:
                self._bar.set_postfix_str(text)
        if self._bar is None and time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._line()

    def hold_up(self, why: str) -> None:
        """Say at once, and once, that work is held up and why; `why` is empty while it is not."""
        if why and not self._held_up:
            message = f"{self.label}: {why}; {self.total - self.done} of {self.total} people left"
            tqdm.write(message, file=sys.stderr)
            self._last_line = time.monotonic()
        self._held_up = bool(why)

    def _line(self) -> None:
        self._last_line = time.monotonic()
        note = f" ({self._note})" if self._note else ""
        print(f"{self.label}: {self.done} of {self.total} people{note}", file=sys.stderr, flush=True)
