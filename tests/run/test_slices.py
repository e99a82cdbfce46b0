"""A run that is made in slices, by processes that share nothing but its folder."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import filelock
import pytest

from builder import questions
from builder.base.records import Profile, Question
from builder.llm.response_cache import ResponseCache
from builder.run import shards
from tests.conftest import Run
from tests.folders import digests
from tests.llm.runs import HASTY
from tests.llm.server import Server


def _start(brief: Path, out: Path, slice: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "builder", "generate", str(brief), "--out", str(out), "--slice", slice]
    return subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_slices_at_the_same_time_one_of_them_killed_end_with_the_same_bytes(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "run"
    slices = {name: _start(brief, out, name) for name in ("1/3", "2/3", "3/3")}
    while not (out / "profiles" / "00001.parquet").exists() and slices["2/3"].poll() is None:
        time.sleep(0.01)
    slices["2/3"].send_signal(signal.SIGKILL)
    slices["2/3"].communicate()
    slices["2/3"] = _start(brief, out, "2/3")
    said = {name: process.communicate(timeout=300) for name, process in slices.items()}
    assert not any(process.returncode for process in slices.values()), said
    assert "Slice 3/3: 6 of 28 people" in said["3/3"][0]
    status = run("status", out).output
    assert all(f"{stage:<10} 5 made" in status for stage in ("profiles", "portraits", "questions"))
    assert run("generate", brief, "--out", out).exit_code == 0
    for folder in ("profiles", "portraits", "questions", "release"):
        assert digests(out / folder) == digests(made_brief / folder)
    assert not list(out.rglob("*.tmp"))
    assert not (out / "slices").exists()


def test_who_makes_the_rest_waits_for_slices_at_work(brief: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "run"
    assert run("generate", brief, "--out", out, "--slice", "1/3").exit_code == 0
    with filelock.FileLock(out / "slices" / "1-of-3" / ".lock"):
        refused = run("generate", brief, "--out", out)
        assert refused.exit_code == 1
        assert f"Slices of {out} are being made: 1/3; wait for them" in refused.output
        assert "slices being made: 1/3" in run("status", out).output
        twice = run("generate", brief, "--out", out, "--slice", "1/3")
        assert f"Slice 1/3 of {out} is being made already" in twice.output
        other = run("generate", brief, "--out", out, "--slice", "1/2")
        assert "is being made in 3 slices, and 1/3 is at work; wait for it, or use --slice i/3." in other.output
        assert (twice.exit_code, other.exit_code) == (1, 1)
        assert run("generate", brief, "--out", out, "--slice", "2/3").exit_code == 0


def test_slices_of_different_recipes_are_refused(brief: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "run"
    assert run("generate", brief, "--out", out, "--slice", "1/2").exit_code == 0
    arguments = ("generate", brief, "--out", out, "--slice", "2/2", "--set", "portraits.size=64")
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert "made of a recipe with portraits.size = 48, not 64. Give all slices the same recipe" in refused.output
    (out / "slices" / "recipe.toml").unlink()
    assert run(*arguments).exit_code == 0
    assert "1 x portraits.size: 48 -> 64" not in run("status", out).output
    assert "3 x portraits.size: 48 -> 64" in run("status", out).output


@pytest.mark.parametrize("slice", ["0/3", "4/3", "3", "a/b"])
def test_what_is_no_slice_is_refused(brief: Path, tmp_path: Path, run: Run, slice: str) -> None:
    result = run("generate", brief, "--out", tmp_path / "run", "--slice", slice)
    assert result.exit_code == 2
    assert f"--slice {slice} is no slice: 1/8 is the first of eight" in result.output


def test_failures_of_slices_are_listed_apart_and_then_together(
    brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = questions.make_questions

    def failing(profile: Any, *rest: Any) -> Any:
        if profile.id in ("00001", "00007"):
            raise ValueError("no words")
        return original(profile, *rest)

    monkeypatch.setattr(questions, "make_questions", failing)
    out = tmp_path / "run"
    arguments = ("generate", brief, "--out", out, "--set", "run.max_failure_rate=0.1")
    for name, failed in (("1/2", "00001"), ("2/2", "00007")):
        assert run(*arguments, "--slice", name).exit_code == 0
        lines = (out / "slices" / name.replace("/", "-of-") / "failures.jsonl").read_text().splitlines()
        assert [json.loads(line)["profile_id"] for line in lines] == [failed]
    assert "failed: 2, listed in" in run("status", out).output
    assert run(*arguments).exit_code == 0
    assert len((out / "failures.jsonl").read_text().splitlines()) == 2


def test_a_model_is_asked_once_however_a_run_is_sliced(
    brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setattr("builder.llm.remote.live.RetryPolicy", lambda: HASTY)
    out = tmp_path / "run"
    with Server(latency=0.01) as server:
        model = ("--writer", "openai", "--base-url", server.url, "--set", "chat.concurrency=8")
        arguments = ("generate", brief, "--out", out, "--set", "portraits.size=32", *model)
        assert run(*arguments, "--slice", "1/2").exit_code == 0
        assert 0 < server.most_in_flight <= 4
        asked = sum(server.charged.values())
        assert run(*arguments, "--slice", "1/3").exit_code == 0  # another cut: shards 0 and 3, of which 0 is made
        for name in ("2/3", "3/3"):
            assert run(*arguments, "--slice", name).exit_code == 0
        assert asked < sum(server.charged.values()) == len(server.charged)
    result = run(*arguments)
    assert result.exit_code == 0, result.output  # without a server
    assert "biographies by gpt-4o-mini: 28, 0 repaired" in result.output
    assert len(ResponseCache(out).find(list(_keys(out)))) == len(server.charged)


def _keys(out: Path) -> set[str]:
    with sqlite3.connect(out / "responses" / "00000.sqlite") as connection:
        keys = {row[0] for row in connection.execute("SELECT key FROM answers")}
    connection.close()
    return keys


def test_slices_share_what_may_be_spent(brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with Server() as server:
        model = ("--writer", "openai", "--base-url", server.url, "--max-cost", "0.02")
        prices = ("--set", "chat.input_price=1", "--set", "chat.output_price=1", "--set", "chat.max_tokens=1000")
        result = run("generate", brief, "--out", tmp_path / "run", "--slice", "1/2", *model, *prices)
    assert result.exit_code == 1
    assert "--max-cost = 0.01 is reached" in result.output


def test_people_beyond_the_numbers_of_public_figures_have_longer_ids(brief: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "run"
    recipe = brief.read_text().replace(
        '["en_GB", "de_DE", "pl_PL"]', '["it_IT", "fr_FR", "fi_FI", "en_IE", "sv_SE", "de_DE"]'
    )
    brief.write_text(recipe.replace("shard_size = 6", "shard_size = 4"))
    result = run("generate", brief, "--profiles", "90004", "--out", out, "--slice", "22501/22502")  # 22,502 shards
    assert result.exit_code == 0, result.output
    people = shards.read(out / "profiles" / "22500.parquet", Profile)
    assert [person.id for person in people] == ["100000", "100001", "100002", "100003"]
    assert {person.quartet for person in people} == {25_000}
    assert not any(person.is_public_figure for person in people)
    asked = shards.read(out / "questions" / "22500.parquet", Question)
    assert {question.profile_id for question in asked} == {person.id for person in people}
