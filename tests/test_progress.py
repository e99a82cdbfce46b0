import io
import sys

import pytest

from builder.base import progress as progressing
from builder.base.progress import Progress


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_lines_say_how_far_it_is_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progressing, "_SECONDS_BETWEEN_LINES", 0)
    with Progress("portraits", "people", 100) as progress:
        progress.advance(40)
        progress.note("7 pictures at once")
        progress.advance(40)
        progress.advance(20)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "portraits: 40 of 100 people"
    assert "portraits: 80 of 100 people (7 pictures at once), about 0 s left" in lines
    assert lines[-1] == "portraits: 100 of 100 people (7 pictures at once)"


def test_what_holds_work_up_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("questions", "people", 8) as progress:
        for why in ("the server asks to wait 3 s", "the server asks to wait 2 s", "", "it is down"):
            progress.hold_up(why)
    assert capsys.readouterr().err.splitlines() == [
        "questions: the server asks to wait 3 s; 8 of 8 people left",
        "questions: it is down; 8 of 8 people left",
        "questions: 0 of 8 people",
    ]


def test_what_ends_early_says_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), Progress("profiles", "people", 8) as progress:
        progress.advance(3)
        raise KeyboardInterrupt
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_two_bars_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress("portraits", "people", 4) as one, Progress("questions", "people", 8) as other:
        one.advance(4)
        other.advance(8)
    shown = terminal.getvalue().split("\r")
    assert any("portraits" in part and "4/4" in part for part in shown)
    assert any("questions" in part and "8/8" in part for part in shown)
