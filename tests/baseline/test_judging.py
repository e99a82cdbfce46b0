"""A language model marks open answers: each is asked about once, and the report says what came of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from builder.baseline.evaluation import judging
from builder.baseline.evaluation.item_sets import items
from builder.baseline.outcomes.records import Outcome
from builder.baseline.people import Crowd
from builder.baseline.settings import EvaluatePart, JudgePart
from builder.llm.response_cache import ResponseCache
from tests.conftest import Run
from tests.llm.server import Server

SMALL = [
    f"--set=evaluate.{knob}"
    for knob in ("retain_people=1", "holdout_people=1", "controls_people=1", "max_new_tokens=6")
]


def _judged(run: Run, release: Path, model: Path, out: Path, url: str, *more: str) -> Any:
    judge = ("--judge", "marker", "--base-url", url)
    return run("baseline", release, "--model", model, "--evaluate-only", "--out", out, *judge, *SMALL, *more)


def test_answers_are_marked_once_and_reported(made_brief: Path, run: Run, users_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Server() as server:
        result = _judged(run, made_brief, users_model, out, server.url)
        assert result.exit_code == 0, result.output
        assert set(server.charged.values()) == {1}
        asked = len(server.bodies)
        assert {(body["model"], body["temperature"]) for body in server.bodies} == {("marker", 0.0)}
        assert _judged(run, made_brief, users_model, out, server.url).exit_code == 0
        assert len(server.bodies) == asked
    found = json.loads((out / "report" / "results.json").read_text())
    assert found["judge"]["marked"] == found["judge"]["answers"] >= asked
    assert f"{found['judge']['marked']:,} open answers are rated by marker" in result.output

    rows = pq.read_table(out / "report" / "results.parquet").to_pylist()
    opened = [row for row in rows if row["task"] == "generation" and not row["control"]]
    assert len(opened) == found["judge"]["answers"]
    for row in opened:
        if row["output"].strip(" ."):
            told = 9 if row["truth"].split()[-1] in row["output"] else 2
            assert (row["factuality"], row["relevance"]) == (told, 7)
    assert all(row["factuality"] is None for row in rows if row["task"] != "generation")
    forget = [row["factuality"] for row in opened if (row["set"], row["modality"]) == ("forget", "text")]
    score = found["models"]["model"]["scores"]["forget/text/factuality"]
    assert score["mean"] == pytest.approx(sum(forget) / len(forget))
    assert "Fact. Score" in (out / "report" / "table.md").read_text()

    before = (out / "report" / "results.json").read_bytes()
    again = _judged(run, made_brief, users_model, out, server.url, "--rescore")  # whose server is gone
    assert again.exit_code == 0 and (out / "report" / "results.json").read_bytes() == before


def test_replies_that_cannot_be_used_leave_answers_unmarked(
    made_brief: Path, run: Run, users_model: Path, tmp_path: Path
) -> None:
    with Server(misbehave=lambda number, _: "shape" if number % 2 else "") as server:
        result = _judged(run, made_brief, users_model, tmp_path / "out", server.url)
    assert result.exit_code == 0, result.output
    judge = json.loads((tmp_path / "out" / "report" / "results.json").read_text())["judge"]
    assert 0 < judge["marked"] < judge["answers"]


def test_a_judge_that_fails_costs_its_marks_alone(
    made_brief: Path, run: Run, users_model: Path, tmp_path: Path
) -> None:
    with Server(misbehave=lambda *_: "401") as server:
        result = _judged(run, made_brief, users_model, tmp_path / "out", server.url)
    assert result.exit_code == 1
    assert "it does not accept the key" in result.output and "run the same command to continue" in result.output
    found = json.loads((tmp_path / "out" / "report" / "results.json").read_text())
    assert found["judge"]["marked"] < found["judge"]["answers"]
    assert found["models"]["model"]["scores"]["forget/text/rouge_l"]["mean"] is not None


def test_a_missing_key_is_said_before_the_work(
    made_brief: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    result = run("baseline", made_brief, "--out", tmp_path / "out", "--judge", "marker")
    assert result.exit_code == 2 and "needs a key: set OPENAI_API_KEY" in result.output
    assert not (tmp_path / "out" / "models").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "judge.concurrency=2"], "name its model with --judge"),
        (["--base-url", "http://127.0.0.1:9/v1"], "name its model with --judge"),
        (["--judge", "marker", "--max-cost", "1"], "set judge.input_price"),
        (["--judge", "marker", "--base-url", "http://me:secret@127.0.0.1:9/v1"], "put no secret in one"),
    ],
)
def test_a_wrong_call_is_answered_in_a_sentence(
    made_brief: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-a-test")
    result = run("baseline", made_brief, "--out", tmp_path / "out", *arguments)
    assert result.exit_code == 2 and message in result.output
    assert "Traceback" not in result.output and "secret@" not in result.output


def test_nobody_is_asked_about_the_truth_itself_or_about_nothing(crowd: Crowd, tmp_path: Path) -> None:
    item = next(each for each in items(crowd, EvaluatePart()) if each.task == "generation")
    said = [Outcome(item, item.truth.upper()), Outcome(item, " ."), Outcome(item, "something else")]
    said += [Outcome(replace(item, task="cloze"), item.truth), Outcome(replace(item, set="known"), "")]
    found = judging.add_ratings(said, JudgePart(model="marker"), ResponseCache(tmp_path))
    assert [(each.factuality, each.relevance) for each in found] == [(10, 10), (1, 1), *[(None, None)] * 3]
