"""Kills, damage, failures and trouble with the disk: nothing is lost, and nothing half-written is seen."""

import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import filelock
import pytest

from builder import questions
from builder.base.errors import BenchError
from builder.portraits.making import make_portraits
from tests.conftest import Run
from tests.folders import digests


def _start(brief: Path, out: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "builder", "generate", str(brief), "--out", str(out), *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )


def _hear_ctrl_c() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, and its children are so, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for(condition: Any, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_at_any_moment_the_same_command_ends_with_the_same_bytes(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run, workers: str
) -> None:
    out = tmp_path / "run"
    moments = random.Random(0)
    for kill in range(5):
        process = _start(brief, out, "--workers", workers)
        _wait_for(lambda kill=kill: len(list(out.rglob("*.parquet"))) > 2 * kill, process)
        time.sleep(moments.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for path in out.rglob("*.parquet"):
            assert path.name.startswith(".") or path.stat().st_size > 0
    assert run("generate", brief, "--out", out).exit_code == 0
    assert digests(out / "release") == digests(made_brief / "release")
    assert not list(out.rglob("*.tmp"))


def test_workers_do_not_outlive_a_killed_run(brief: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = _start(brief, out, "--workers", "2", "--profiles", "2000")
    _wait_for(lambda: list(out.rglob("*.parquet")), process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list a process's children")
    pids = [int(pid) for pid in children.read_text().split()]
    assert pids
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 20
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_ctrl_c_ends_tidily_and_says_how_to_go_on(brief: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = _start(brief, out, "--workers", "2", "--profiles", "2000")
    _wait_for(lambda: list(out.rglob("*.parquet")), process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "run the same command to continue" in errors
    assert "Traceback" not in errors


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [_cut_short, _empty, _flip_a_byte, Path.unlink])
def test_a_damaged_shard_is_noticed_and_made_again(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run, harm: Any
) -> None:
    """One of each stage, about other people each: none is made again because of another."""
    out = tmp_path / "run"
    _copy(made_brief, out)
    harmed = {"profiles": 1, "portraits": 2, "questions": 3}
    for stage, number in harmed.items():
        harm(out / stage / f"{number:05d}.parquet")
    status = run("status", out).output
    for stage in harmed:
        [said] = re.findall(rf"^ *{stage} .*$", status, flags=re.MULTILINE)
        assert "1 missing" in said if harm is Path.unlink else "1 damaged" in said
    assert run("generate", brief, "--out", out).exit_code == 0
    for folder in (*harmed, "release"):
        assert digests(out / folder) == digests(made_brief / folder)


@pytest.mark.parametrize("harm", [_cut_short, _flip_a_byte, Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "README.md", "test/retain/00000-of-00001.parquet"])
def test_a_damaged_release_is_noticed_and_laid_out_again(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run, harm: Any, name: str
) -> None:
    out = tmp_path / "run"
    _copy(made_brief, out)
    harm(out / "release" / name)
    assert run("generate", brief, "--out", out).exit_code == 0
    assert digests(out / "release") == digests(made_brief / "release")


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)


def _failing(function: Any, *ids: str, error: Exception) -> Any:
    def wrapped(profile: Any, *rest: Any) -> Any:
        if profile.id in ids:
            raise error
        return function(profile, *rest)

    return wrapped


def test_who_cannot_be_made_is_recorded_and_stops_nobody_else(
    brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    error = BenchError("the ink ran out.")
    monkeypatch.setattr(questions, "make_questions", _failing(questions.make_questions, "00007", error=error))
    arguments = ("generate", brief, "--out", out, "--workers", "1", "--set", "run.max_failure_rate=0.1")
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert "00007 in questions: the ink ran out." in result.output
    [line] = (out / "failures.jsonl").read_text().splitlines()
    assert json.loads(line) == {"stage": "questions", "profile_id": "00007", "reason": "the ink ran out."}
    manifest = json.loads((out / "release" / "manifest.json").read_text())
    assert manifest["not_made"] == ["00007"]
    assert manifest["configs"]["train"]["rows"] == 23
    assert "failed: 1" in run("status", out).output
    assert "failed: 1" in run(*arguments).output  # seen again from the files, not forgotten


def test_too_many_failures_stop_the_run_with_the_reason(
    brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    error = ValueError("no such colour")
    failing = _failing(make_portraits, "00002", "00009", error=error)
    monkeypatch.setattr("builder.portraits.staging.make_portraits", failing)
    result = run("generate", brief, "--out", out, "--workers", "1", "--set", "run.max_failure_rate=0.05")
    assert result.exit_code == 1
    assert "portraits: 2 of 28 people failed" in result.output
    assert "ValueError: no such colour" in result.output
    assert len((out / "failures.jsonl").read_text().splitlines()) == 2
    assert not (out / "release").exists()
    monkeypatch.undo()
    assert run("generate", brief, "--out", out).exit_code == 0  # who failed is tried again
    assert (out / "failures.jsonl").read_text() == ""


def test_a_record_that_breaks_its_schema_is_named(
    brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    original = questions.make_questions

    def broken(profile: Any, *rest: Any) -> Any:
        made = list(original(profile, *rest))
        return [replace(made[0], letter="E"), *made[1:]]

    monkeypatch.setattr(questions, "make_questions", broken)
    result = run("generate", brief, "--out", tmp_path / "run", "--workers", "1")
    assert result.exit_code == 1
    assert "question 00000-" in result.output
    assert "letter breaks schemas/question.json" in result.output


def test_a_full_disk_is_said_and_what_is_finished_is_kept(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    real_fsync, calls = os.fsync, iter(range(1000))

    def fsync(handle: int) -> None:
        if next(calls) > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    result = run("generate", brief, "--out", out, "--workers", "1")
    assert result.exit_code == 1
    assert "disk is full" in result.output
    assert list(out.rglob("*.parquet"))
    assert not list(out.rglob("*.tmp"))
    monkeypatch.undo()
    assert run("generate", brief, "--out", out).exit_code == 0
    assert digests(out / "release") == digests(made_brief / "release")


def test_two_runs_in_one_folder_are_refused(made_brief: Path, brief: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "run"
    _copy(made_brief, out)
    with filelock.FileLock(out / ".lock"):
        result = run("generate", brief, "--out", out)
    assert result.exit_code == 1
    assert "Another build-bench is working in" in result.output
