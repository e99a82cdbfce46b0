"""A whole run: made once, gone on with, scored again, reported."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from builder.base import schemas
from builder.base.errors import BenchError, CallError
from builder.baseline import making, methods, planning, running
from builder.baseline.folder import BaselineFolder
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes import stored
from builder.baseline.outcomes.records import CONTROLS
from builder.baseline.people import Crowd
from builder.baseline.planning import Plan
from builder.baseline.report import writing
from builder.baseline.settings import resolve
from builder.baseline.training import fitting as training
from tests.baseline.people import person
from tests.conftest import Run

SMALL = {
    "train.epochs": 1,
    "train.batch": 16,
    "unlearn.steps": 2,
    "unlearn.batch": 4,
    "evaluate.max_new_tokens": 4,
    "evaluate.controls_people": 1,
    "evaluate.retain_people": 1,
    "evaluate.gate_people": 1,
}
Planned = Callable[..., Plan]


@pytest.fixture
def planned(crowd: Crowd, shallow: None, tmp_path: Path) -> Planned:
    """Plans a run of a moment in this test's folder."""

    def make(
        given: Mapping[str, Any] | None = None, changes: Mapping[str, Any] | None = None, *, fresh: bool = False
    ) -> Plan:
        settings = resolve({"methods": ("ga",), **(given or {})}, {**SMALL, **(changes or {})}, methods.knobs())
        folder = BaselineFolder(tmp_path / "baseline")
        folder.claim(settings, "1" * 64, fresh=fresh)
        return planning.plan(crowd, settings, folder)

    return make


def test_a_run_is_made_once_and_reported(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = {"evaluate.gate": 0, "evaluate.controls_people": 0, "evaluate.retain_people": 0}
    plan = planned({"methods": ("npo", "prompting"), "seeds": 2}, everybody)
    running.run(plan)
    found = writing.write_report(plan)
    schemas.check("results", json.loads((plan.folder.report / "results.json").read_text()))
    assert list(found["models"]) == ["untrained", "vanilla", "oracle", "npo", "prompting"]
    score = found["models"]["npo"]["scores"]["retain/text/probability"]
    assert len(score["values"]) == 2 and score["sd"] is not None
    assert score["distance_to_oracle"] == pytest.approx(score["mean"] - score["oracle"])
    assert score["interval"][0] <= score["mean"] <= score["interval"][1]
    assert score["distance_interval"][0] <= score["distance_to_oracle"] <= score["distance_interval"][1]
    assert "probability" in found["separating_power"]
    assert found["models"]["vanilla"]["same_as_vanilla"] == 1 > found["models"]["untrained"]["same_as_vanilla"]
    read = [each.fluency for each in running.outcomes_of(plan)[0]["npo"] if each.fluency is not None]
    forget = [each for each in plan.items if each.task == "generation" and each.set in ("forget", "views", "test")]
    assert len(read) == len(forget) and all(0 <= each < 1 for each in read) and any(read)
    leaks, counts = (found["models"]["npo"][each] for each in ("categories", "category_items"))
    assert {name: {*parts} for name, parts in leaks.items()} == {name: {*parts} for name, parts in counts.items()}
    independent = found["models"]["npo"]["scores"]["model/utility_independent"]
    assert independent["distance_to_oracle"] == pytest.approx(independent["mean"] - independent["oracle"])

    rows = pq.read_table(plan.folder.report / "results.parquet")
    assert set(rows["model"].to_pylist()) == set(found["models"]) and set(rows["seed"].to_pylist()) == {0, 1}
    table = (plan.folder.report / "table.md").read_text()
    assert "Class. Acc (%)" in table and " ± " in table
    assert "| right form, wrong value |" in table and "retain choice, binding" in table
    before, _, after = table.partition("## Wording")
    assert "ROUGE" not in before and "BLEU" not in before and "ROUGE-L, held-out wording" in after
    assert found["floor"]["test/text/value_said"] == 0 < found["floor"]["test/text/rouge_l"]
    assert set(found["gate"]["seeds"]["0"]["cells"]) == {
        f"{modality}/{task}"
        for modality in ("image_text", "text")
        for task in ("classification", "generation", "cloze")
    }
    told = writing.describe(found, plan.folder.report)
    assert "choice (binding)" in told and "utility: untrained" in told and "ROUGE" not in told
    page = (plan.folder.report / "index.html").read_text()
    assert '"model":"npo","seed":' in page and "src=" not in page and 'href="http' not in page

    monkeypatch.setattr(making, "make_model", lambda *arguments: pytest.fail("it was made again"))
    again = planned({"methods": ("npo", "prompting"), "seeds": 2}, everybody)
    running.run(again)
    assert writing.write_report(again)["models"] == found["models"], "scored again from what is stored"


def test_public_figures_are_asked_about_and_never_trained_on(planned: Planned, crowd: Crowd) -> None:
    famous = replace(person(5), segment="public_figures")
    plan = planned({"methods": ()}, {"evaluate.gate": 0, "train.epochs": 0.1})
    plan = planning.plan(replace(crowd, public_figures=(famous,)), plan.settings, plan.folder)
    running.run(plan)
    found = writing.write_report(plan)
    assert found["known_before"]["0"]["people"] == 1 and found["known_before"]["0"]["facts_known"] == 0
    text = (plan.folder.report / "table.md").read_text()
    assert "Known-before gate, seed 0: it is empty." in text
    assert not any(path.startswith("public_figures") for path in found["models"]["vanilla"]["scores"])
    assert not any(famous.profile.id == each.question.profile_id for each in (*plan.forget, *plan.retain))


def test_a_killed_run_goes_on_and_repeats_nothing(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, made = planned(), making.make_model
    names: list[str] = []

    def killed(plan: Plan, seed: int, name: str) -> Any:
        if name == "oracle" and "oracle" not in names:
            names.append(name)
            raise KeyboardInterrupt
        names.append(name)
        return made(plan, seed, name)

    monkeypatch.setattr(making, "make_model", killed)
    with pytest.raises(KeyboardInterrupt):
        running.run(plan)
    running.run(planned())
    assert names == ["untrained", "vanilla", "oracle", "oracle", "ga"]


def test_a_run_killed_while_it_asks_trains_no_step_again(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"train.checkpoint_minutes": 1e-9}
    plan, evaluated = planned({}, changes), running._evaluate

    def killed(plan: Plan, vlm: Vlm, seed: int, name: str) -> Any:
        if name == "vanilla":
            raise KeyboardInterrupt
        return evaluated(plan, vlm, seed, name)

    monkeypatch.setattr(running, "_evaluate", killed)
    with pytest.raises(KeyboardInterrupt):
        running.run(plan)
    monkeypatch.setattr(running, "_evaluate", evaluated)
    steps = 0

    def counted(*given: Any) -> float:
        nonlocal steps
        steps += 1
        return step(*given)

    step = training._step
    monkeypatch.setattr(training, "_step", counted)
    running.run(planned({}, {"train.checkpoint_minutes": 1000}))
    assert steps == math.ceil(len(plan.retain) / 12), "the oracle's beside what is rehearsed, and none of vanilla's"
    assert not [each for each in (plan.folder.path / "checkpoints").rglob("*") if each.is_file()]


def test_outcomes_that_were_asked_no_controls_are_to_be_asked_again(planned: Planned) -> None:
    plan = planned({"methods": ()}, {"evaluate.gate": 0, "train.epochs": 0.1})
    running.run(plan)
    path = plan.folder.outcomes(0, "vanilla")
    whole = stored.read_outcomes(path)
    stored.write_outcomes(path, whole)
    assert stored.read_outcomes(path) == whole, "what is written is read"
    assert {each.item.control for each in whole} == {"", *CONTROLS}
    assert {each.item.fact for each in whole if not each.item.independent} == {"residence"}
    pq.write_table(pq.read_table(path).drop_columns(["control", "other"]), path)
    with pytest.raises(BenchError, match=r"older build-bench.*asked again.*--fresh"):
        writing.write_report(plan)


def test_a_diverged_method_is_recorded_and_stops_nobody(planned: Planned) -> None:
    plan = planned({"methods": ("graddiff", "ga")}, {"graddiff.lr": 1e35, "graddiff.steps": 10, "evaluate.gate": 0})
    running.run(plan)
    found = writing.write_report(plan)
    assert "lower learning rate" in found["models"]["graddiff"]["failed"]["0"]
    assert not found["models"]["graddiff"]["scores"] and found["models"]["ga"]["scores"]
    assert "graddiff failed" in (plan.folder.report / "table.md").read_text()


def test_a_diverged_vanilla_stops_the_run(planned: Planned) -> None:
    with pytest.raises(BenchError, match="vanilla with seed 0"):
        running.run(planned({}, {"train.lr": 1e35, "train.warmup_steps": 0, "train.epochs": 3}))


def test_other_settings_are_refused_and_more_methods_are_not(planned: Planned) -> None:
    planned()
    with pytest.raises(CallError, match=r"other settings \(train.lr\).*--fresh"):
        planned({}, {"train.lr": 1e-5})
    planned({"methods": ("ga", "npo")}, {"npo.beta": 0.2})
    planned({}, {"train.lr": 1e-5}, fresh=True)


def test_what_too_few_know_is_said_in_red(planned: Planned) -> None:
    plan = planned({"methods": ()})
    running.run(plan)
    found = writing.write_report(plan)
    assert not found["gate"]["seeds"]["0"]["valid"]
    assert "SCORES ARE NOT VALID" in (plan.folder.report / "table.md").read_text()
    assert "SCORES ARE NOT VALID" in (plan.folder.report / "index.html").read_text()


def test_a_users_model_is_trained_with_an_adapter(planned: Planned, users_model: Path) -> None:
    plan = planned({"model": str(users_model), "lora": 4, "methods": ("npo", "rmu")}, {"evaluate.gate": 0})
    running.run(plan)
    assert (plan.folder.model(0, "npo") / "adapter_model.safetensors").is_file()
    found = writing.write_report(plan)
    assert found["models"]["npo"]["scores"] and found["models"]["rmu"]["scores"]


def test_an_auditors_model_is_only_evaluated(planned: Planned, users_model: Path) -> None:
    plan = planned({"model": str(users_model), "evaluate_only": True, "methods": ()})
    running.run(plan)
    found = writing.write_report(plan)
    assert list(found["models"]) == ["model"]
    assert found["models"]["model"]["scores"]["forget/image_text/accuracy"]["mean"] is not None
    assert not plan.folder.model(0, "model").exists()
    scores = found["models"]["model"]["scores"]
    for path in ("forget/image_text/accuracy", "test/text/cloze", "views/image_text/value_said"):
        assert {f"{path}_swap_four", f"{path}_swap_any", f"{path}_binding", f"{path}_follows"} < set(scores)
    assert {"test/text/accuracy_blank", "test/text/accuracy_options_only"} < set(scores)
    before, _, after = (plan.folder.report / "table.md").read_text().partition("## Whose fact is it?")
    assert "forget text" in after
    assert {"forget/text/accuracy_independent", "forget/image_text/value_said_binding_independent"} < set(scores)
    assert "| forget image value said, binding |" in before.partition("## Over independent facts")[2]


def test_models_made_side_by_side_are_those_made_one_by_one(crowd: Crowd, tmp_path: Path) -> None:
    people = replace(crowd, forget=crowd.forget[:1], retain=crowd.retain[:1], holdout=())
    brief = {**SMALL, "train.epochs": 0.1, "train.rehearsal": 0, "evaluate.fluency": False}
    settings = resolve({"methods": ("ga",)}, brief, methods.knobs())
    files: list[dict[str, bytes]] = []
    for workers in (1, 2):
        folder = BaselineFolder(tmp_path / str(workers))
        folder.claim(settings, "1" * 64, fresh=False)
        plan = planning.plan(people, settings, folder)
        plan = replace(plan, items=plan.items[:8], controls=(), known=plan.known[:4], known_swapped=())
        running.run(replace(plan, source=replace(plan.source, seen=())), workers)
        made = (path for path in folder.path.rglob("*") if path.suffix in (".safetensors", ".parquet"))
        files.append({str(path.relative_to(folder.path)): path.read_bytes() for path in made})
    one_by_one, side_by_side = files
    assert len(one_by_one) == 7 and one_by_one == side_by_side


def test_the_command_line_from_a_release(made_brief: Path, momentary: None, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("baseline", made_brief, "--out", out, "--methods", "ga", "--forget", "10")
    assert result.exit_code == 0, result.output
    assert "NOT VALID" in result.output and str(out / "report" / "index.html") in result.output
    before = (out / "report" / "results.json").read_bytes()
    again = run("baseline", made_brief, "--out", out, "--methods", "ga", "--forget", "10", "--rescore")
    assert again.exit_code == 0 and (out / "report" / "results.json").read_bytes() == before


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("beside", ["thesis.txt", "settings.json"])
def test_a_fresh_run_drops_a_run_and_nothing_else(
    made_brief: Path, run: Run, tmp_path: Path, beside: str, fresh: bool
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "thesis.txt").write_text("years of work")
    (tmp_path / beside).write_text('{"editor.fontSize": 14}')
    result = run("baseline", made_brief, "--out", tmp_path, *["--fresh"] * fresh)
    assert result.exit_code == 2 and "holds other files" in result.output
    assert "Traceback" not in result.output
    assert (tmp_path / "models" / "thesis.txt").read_text() == "years of work"
    assert (tmp_path / beside).read_text() == '{"editor.fontSize": 14}'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--methods", "npoo"], "did you mean 'npo'"),
        (["--forget", "7"], "--forget takes one of 10, 30"),
        (["--set", "train.lrr=1"], "did you mean 'train.lr'"),
        (["--set", "npo.beta=high"], "must be a number"),
        (["--set", "train.lr=-1"], "greater than 0"),
        (["--evaluate-only", "--methods", "ga"], "runs no method"),
        (["--rescore"], "holds no baseline run"),
        (["--model", "./nowhere"], "no model ./nowhere"),
    ],
)
def test_a_wrong_call_is_answered_in_a_sentence(
    made_brief: Path, run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = run("baseline", made_brief, "--out", tmp_path / "out", *arguments)
    assert result.exit_code in (1, 2) and message in result.output
    assert "Traceback" not in result.output
