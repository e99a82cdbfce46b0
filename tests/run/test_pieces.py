"""Pieces of work in processes of their own."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from builder.base.errors import BenchError, CallError
from builder.base.progress import Progress
from builder.run.pieces import Piece, make_side_by_side


def write(path: Path, *wanted: Path) -> None:
    """Write how many of `wanted` are there: a piece that begins too early finds fewer."""
    with Progress(path.name, "files", 1) as progress:
        path.write_text(str(sum(each.is_file() for each in wanted)))
        progress.advance(1)


def refuse() -> None:
    raise CallError("no such thing")


def break_down() -> None:
    raise ZeroDivisionError("by nothing")


def die() -> None:
    os._exit(9)


def wait_for(path: Path, told: Path) -> None:
    told.write_text(str(os.getpid()))
    while not path.exists():
        time.sleep(0.01)


def test_a_piece_begins_when_those_before_it_are_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    pieces = [
        Piece("three", partial(write, three, one, two), frozenset({"one", "two", "made long ago"})),
        Piece("two", partial(write, two)),
        Piece("one", partial(write, one)),
    ]
    make_side_by_side(pieces, 3)
    assert three.read_text() == "2"
    said = capsys.readouterr().err.splitlines()
    assert sorted(said[:2]) == ["one: 1 of 1 files", "two: 1 of 1 files"], "shown by this process"
    assert said[2] == "three: 1 of 1 files"


def test_one_at_a_time_they_are_done_in_this_process_in_their_order() -> None:
    done: list[int] = []
    make_side_by_side([Piece(str(number), partial(done.append, number)) for number in range(3)], 1)
    assert done == [0, 1, 2]


def test_a_failure_begins_nothing_more_and_costs_no_other_its_work(tmp_path: Path) -> None:
    beside, later = tmp_path / "beside", tmp_path / "later"
    pieces = [
        Piece("fails", refuse),
        Piece("beside", partial(write, beside)),
        Piece("later", partial(write, later), frozenset({"fails"})),
    ]
    with pytest.raises(CallError, match="no such thing"):
        make_side_by_side(pieces, 2)
    assert beside.is_file()
    assert not later.exists()


def test_an_unforeseen_error_says_where_it_happened(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        make_side_by_side([Piece("breaks", break_down), Piece("other", partial(write, tmp_path / "other"))], 2)
    assert "in break_down" in raised.value.__notes__[0]


def test_a_process_that_dies_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"The process of vanilla, seed 0 died, .* fewer --workers"):
        make_side_by_side([Piece("vanilla, seed 0", die), Piece("other", partial(write, tmp_path / "other"))], 2)


def test_ctrl_c_ends_what_is_at_work_at_once(tmp_path: Path) -> None:
    never, told = tmp_path / "never", [tmp_path / "first", tmp_path / "second"]
    code = (
        "from functools import partial; from pathlib import Path; import sys\n"
        "from builder.run.pieces import Piece, make_side_by_side\n"
        "from tests.run.test_pieces import wait_for\n"
        "if __name__ == '__main__':\n"
        "    never, *told = map(Path, sys.argv[1:])\n"
        "    make_side_by_side([Piece(each.name, partial(wait_for, never, each)) for each in told], 2)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    arguments = [sys.executable, str(script), str(never), *map(str, told)]
    process = subprocess.Popen(arguments, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, stderr=-3)
    while not all(each.is_file() and each.read_text() for each in told):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    for each in told:
        with pytest.raises(ProcessLookupError):
            while True:
                os.kill(int(each.read_text()), 0)
                time.sleep(0.01)
