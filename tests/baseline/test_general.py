"""General ability, by the tasks of lmms-eval."""

import importlib.util
import json
from pathlib import Path

import pytest

from builder.baseline.evaluation import general
from builder.baseline.models.vlm import Vlm
from tests.conftest import Run

SMALL = [f"evaluate.{name}_people=1" for name in ("retain", "holdout", "controls", "gate")]


def test_scores_are_read_without_filters_and_errors() -> None:
    measured = {"alias": "pope", "pope_f1,none": 0.5, "pope_f1_stderr,none": "N/A", "acc,flexible": 1, "samples": 6}
    assert general.scores(measured) == {"pope_f1": 0.5, "acc": 1.0}


def test_an_answer_ends_where_the_task_says(vlm: Vlm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vlm.chat, "text", lambda ids: "A painter. Yes.\n\nUSER: and")
    said = [general.answer(vlm, "Who?", [], {"until": until, "max_new_tokens": 1}) for until in ("\n\n", ["Yes"], None)]
    assert said == ["A painter. Yes.", "A painter. ", "A painter. Yes.\n\nUSER: and"]


def test_what_cannot_run_is_said_before_any_work(run: Run, small_run: Path, users_model: Path, tmp_path: Path) -> None:
    refused = run("baseline", small_run, "--general", "pope", "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "tiny knows nothing but drawn faces" in refused.output
    if importlib.util.find_spec("lmms_eval") is None:
        refused = run("baseline", small_run, "--model", users_model, "--general", "pope", "--out", tmp_path / "out")
        assert refused.exit_code == 2
        assert "pip install lmms-eval" in refused.output
    assert not (tmp_path / "out").exists()


def test_a_finished_run_is_given_tasks(
    run: Run, small_run: Path, users_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lmms_eval")
    plugin = tmp_path / "plugin" / "our_tasks"
    plugin.mkdir(parents=True)
    (plugin / "__init__.py").touch()
    (plugin / "models.py").write_text("AVAILABLE_MODELS = {}\n")
    assert run("export", small_run, "--layout", "lmms-eval", "--to", plugin / "tasks").exit_code == 0
    task = next((plugin / "tasks").glob("*_test_generation.yaml")).stem
    monkeypatch.syspath_prepend(str(tmp_path / "plugin"))
    monkeypatch.setenv("LMMS_EVAL_PLUGINS", "our_tasks")
    arguments = ["baseline", small_run, "--model", users_model, "--evaluate-only", "--out", tmp_path / "out"]
    arguments += [word for change in (*SMALL, "evaluate.general_limit=2") for word in ("--set", change)]
    assert run(*arguments).exit_code == 0
    asked = (tmp_path / "out" / "outcomes" / "0" / "model.parquet").stat().st_mtime_ns
    assert run(*arguments, "--general", task).exit_code == 0
    assert (tmp_path / "out" / "outcomes" / "0" / "model.parquet").stat().st_mtime_ns == asked
    scores = json.loads((tmp_path / "out" / "report" / "results.json").read_text())["models"]["model"]["scores"]
    assert {path for path in scores if path.startswith("general/")} == {
        f"general/{task}/{modality}" for modality in ("image_text", "text")
    }
    assert "## General ability" in (tmp_path / "out" / "report" / "table.md").read_text()
    unknown = run(*arguments, "--general", "no_such_task")
    assert unknown.exit_code == 2
    assert "lmms-eval has no task 'no_such_task'" in unknown.output
