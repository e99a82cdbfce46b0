"""What fails costs its own row alone, and is said in a sentence; the run goes on."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from safetensors import SafetensorError

from builder.base.errors import BenchError
from builder.baseline import command, making, methods, planning, running
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.graddiff import GradDiff
from builder.baseline.models import source, tiny
from builder.baseline.people import Crowd
from builder.baseline.planning import Plan
from builder.baseline.report import writing
from builder.baseline.settings import resolve
from builder.baseline.training import checkpoint
from builder.baseline.training.examples import Example, texts
from builder.llm.remote.access import Access
from builder.run import files
from tests.baseline.models import LLAVA_TEMPLATE, save_llava

SMALL = {
    "train.epochs": 0.1,
    "train.batch": 16,
    "train.monitor": 0,
    "unlearn.steps": 2,
    "unlearn.batch": 4,
    "evaluate.max_new_tokens": 2,
    "evaluate.retain_people": 1,
    "evaluate.controls_people": 1,
    "evaluate.gate_people": 1,
}
FULL = "Error while serializing: I/O error: No space left on device (os error 28)"
"""As safetensors says it."""
Planned = Callable[..., Plan]


@pytest.fixture
def planned(crowd: Crowd, shallow: None, tmp_path: Path) -> Planned:
    """Plans a run of a moment in this test's folder."""

    def make(given: Mapping[str, Any] | None = None, changes: Mapping[str, Any] | None = None) -> Plan:
        settings = resolve(
            {"methods": ("graddiff", "ga"), **(given or {})}, {**SMALL, **(changes or {})}, methods.knobs()
        )
        folder = BaselineFolder(tmp_path / "baseline")
        folder.claim(settings, "1" * 64, fresh=False)
        return planning.plan(crowd, settings, folder)

    return make


def _broken(*given: Any) -> Any:
    raise IndexError("index 7 is out of range")


def test_a_method_that_fails_costs_its_own_row_and_is_tried_again(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned()
    with monkeypatch.context() as patch:
        patch.setattr(GradDiff, "loss", _broken)
        running.run(plan)
    found = writing.write_report(plan)
    assert "IndexError: index 7 is out of range. The traceback is in" in found["models"]["graddiff"]["failed"]["0"]
    assert "test_failing" in plan.folder.trace(0, "graddiff").read_text()
    assert not found["models"]["graddiff"]["scores"] and found["models"]["ga"]["scores"]
    assert running.unfinished_models(plan) == [(0, "graddiff")]
    running.run(planned())
    assert writing.write_report(plan)["models"]["graddiff"]["scores"] and not plan.folder.trace(0, "graddiff").exists()


def test_a_method_that_fails_when_it_is_asked_costs_its_own_row(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated = running._evaluate
    monkeypatch.setattr(
        running, "_evaluate", lambda *given: _broken() if given[-1] == "graddiff" else evaluated(*given)
    )
    plan = planned()
    running.run(plan)
    assert [name for name, model in writing.write_report(plan)["models"].items() if model["failed"]] == ["graddiff"]


def test_what_everything_starts_from_stops_the_run_in_a_sentence_and_with_a_report(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "fit", _broken)
    plan = planned()
    with pytest.raises(BenchError, match=r"Making vanilla with seed 0 failed. IndexError: index 7"):
        command._make_and_report(plan, Access())
    found = json.loads((plan.folder.report / "results.json").read_text())
    assert found["models"]["untrained"]["scores"] and found["models"]["vanilla"]["failed"] == {"0": "not made"}


def test_a_system_prompt_without_a_place_is_said_in_the_report(
    planned: Planned, learned: list[Example], tmp_path: Path
) -> None:
    template = LLAVA_TEMPLATE.replace(
        "{% for message in messages %}", "{% for message in messages if message['role'] != 'system' %}"
    )
    model = save_llava(tmp_path / "model", texts(learned), template)
    plan = planned({"model": str(model), "methods": ("prompting",)})
    running.run(plan)
    found = writing.write_report(plan)
    assert list(found["models"]["prompting"]["notes"]) == ["0"] and not found["models"]["vanilla"]["notes"]
    for text in (writing.describe(found, plan.folder.report), (plan.folder.report / "table.md").read_text()):
        assert "prompting: the chat template has no place for a system prompt" in text


def test_a_report_is_written_of_nothing(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "make_model", _broken)
    plan = planned()
    with pytest.raises(BenchError, match="Making untrained with seed 0 failed"):
        command._make_and_report(plan, Access())
    assert (plan.folder.report / "index.html").is_file()


@pytest.mark.parametrize("what", ["a model", "a checkpoint", "an adapter"])
def test_a_full_disk_is_said_and_the_run_goes_on(
    what: str, planned: Planned, users_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any, **named: Any) -> None:
        raise SafetensorError(FULL)

    changes = {"train.checkpoint_minutes": 1e-9} if what == "a checkpoint" else {}
    given = {"model": str(users_model), "lora": 2} if what == "an adapter" else {}
    with monkeypatch.context() as patch:
        if what == "a checkpoint":
            patch.setattr(checkpoint, "save_file", full)
        elif what == "an adapter":
            patch.setattr("builder.baseline.models.adapter.save_file", full)
        else:
            patch.setattr("safetensors.torch.save_file", full)
            patch.setattr("transformers.modeling_utils.safe_save_file", full)
        with pytest.raises(BenchError, match=r"The disk is full: .*vanilla.* could not be written.*same command again"):
            running.run(planned(given, changes))
    plan = planned(given, changes)
    assert not list(plan.folder.path.rglob(f".*{files.TEMPORARY}")), "nothing half-written is left"
    running.run(plan)
    assert not any(model["failed"] for model in writing.write_report(plan)["models"].values())


def test_a_full_disk_is_no_fault_of_a_method(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(GradDiff, "loss", full)
    with pytest.raises(BenchError, match="The disk is full"):
        running.run(planned())


def test_errors_of_libraries_that_mean_a_full_disk(tmp_path: Path) -> None:
    import sqlite3

    for error in (SafetensorError(FULL), sqlite3.OperationalError("database or disk is full"), OSError(28, "?")):
        assert files.full_disk(error)
        with pytest.raises(BenchError, match="disk is full"), files.replacing(tmp_path / "file") as temporary:
            temporary.write_text("half")
            raise error
        assert not list(tmp_path.iterdir())
    assert not files.full_disk(SafetensorError("header too large"))
    with pytest.raises(SafetensorError), files.replacing(tmp_path / "file"):
        raise SafetensorError("header too large")


def test_saving_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vlm = tiny.build({})
    source.save(vlm, tmp_path / "model")
    before = (tmp_path / "model" / "model.safetensors").read_bytes()
    monkeypatch.setattr(type(vlm.chat.processor), "save_pretrained", _broken)
    with pytest.raises(IndexError):
        source.save(vlm, tmp_path / "model")
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == before
