"""The task of another package that docs/extending.md shows: in the data, an export, a baseline and the preview."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from builder import tasks
from builder.base import recipe, registry
from builder.base.errors import CallError
from builder.base.records import Question
from builder.baseline.evaluation.item_sets import items_about
from builder.baseline.metrics import item_metrics, summary
from builder.baseline.metrics.summary import Beside
from builder.baseline.outcomes.records import Outcome
from builder.format.reading import open_release
from builder.llm.offline_writer import OfflineWriter
from builder.questions import UnlawfulQuestion, check_questions, make_questions
from tests.conftest import Run
from tests.questions.people import person
from tests.small.fixtures import SMALL

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
ASKED = 'tasks = [{ name = "yes_no", evaluation = 2, training = 1 }]'
RECIPE = recipe.Recipe.model_validate({"questions": {"tasks": ({"name": "yes_no", "evaluation": 2, "training": 1},)}})


def _forget() -> None:
    for cached in (registry._points, tasks.named, tasks.names, item_metrics.metrics):
        cached.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's package, installed in a folder of its own."""
    place = tmp_path / "installed"
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for kind, text in blocks:
        named = re.match(r"# (yes_no/\w+\.py)\n", text)
        if kind == "python" and named:
            (place / named[1]).parent.mkdir(parents=True, exist_ok=True)
            (place / named[1]).write_text(text)
    about = place / "yes_no-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: yes-no\nVersion: 1.0\n")
    [points] = [text for kind, text in blocks if "yes_no = " in text and kind == "toml"]
    target = points.partition("yes_no = ")[2].strip().strip('"')
    (about / "entry_points.txt").write_text(f"[build_bench.tasks]\nyes_no = {target}\n")
    monkeypatch.syspath_prepend(str(place))
    _forget()
    yield place
    for name in [name for name in sys.modules if name.partition(".")[0] == "yes_no"]:
        del sys.modules[name]
    monkeypatch.undo()
    _forget()


def test_it_is_in_the_data_an_export_a_baseline_and_the_preview(installed: Path, run: Run, tmp_path: Path) -> None:
    assert ASKED in PAGE.read_text()
    (tmp_path / "small.toml").write_text(SMALL.replace("[questions]\n", f"[questions]\n{ASKED}\n"))
    out = tmp_path / "run"
    made = run("generate", tmp_path / "small.toml", "--out", out, "--workers", "1")
    assert made.exit_code == 0, made.output
    release = open_release(out)
    person = next(iter(release.people("forget_10")))
    mine = [question for question in person.questions if question.task == "yes_no"]
    assert {question.use for question in mine} == {"train", "eval", "paraphrase"}
    assert {question.answer for question in mine} == {"yes", "no"}

    said = run("export", out, "--layout", "lmms-eval", "--to", tmp_path / "exported")
    assert said.exit_code == 0, said.output
    [row, *_] = pq.read_table(tmp_path / "exported" / "data" / "forget_10_yes_no.parquet").to_pylist()
    assert row["prompt"].endswith("Is this answer right? Answer with yes or no only.")
    code = "import sys, json, utils; print(json.dumps(utils.process_results(json.loads(sys.argv[1]), [sys.argv[2]])))"
    shown = {name: row[name] for name in ("answer", "value", "others", "figures", "modality")}
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); {code}"]
    scored = subprocess.run(
        [*command, json.dumps(shown), f"{row['answer'].title()}, it is."],
        capture_output=True,
        text=True,
        cwd=tmp_path / "exported",
        check=True,
    )
    assert json.loads(scored.stdout)[f"{row['modality']}_yes_no"] == 1.0

    outcomes = [Outcome(item, "Yes.") for item in items_about(person, "forget", "eval") if item.task == "yes_no"]
    right = sum(outcome.item.truth == "yes" for outcome in outcomes if outcome.item.modality == "text")
    assert summary.scores(outcomes, Beside())["forget/text/verified"] == right / 2

    seen = run("preview", out)
    assert seen.exit_code == 0, seen.output
    assert '"yes_no":"yes or no"' in (out / "preview" / "data" / "index.js").read_text().replace(": ", ":")


def test_its_own_law_binds_its_questions_and_it_may_be_exempt_from_others(installed: Path) -> None:
    profile = person()
    questions = make_questions(profile, RECIPE, OfflineWriter())
    place = next(place for place, each in enumerate(questions) if each.task == "yes_no")
    wrong: Question = replace(questions[place], answer="maybe")
    with pytest.raises(UnlawfulQuestion, match="task_is_kept: its answer is 'maybe'"):
        check_questions(profile, [*questions[:place], wrong, *questions[place + 1 :]], RECIPE)


def test_a_recipe_may_not_ask_for_a_task_that_nobody_has_registered(run: Run, tmp_path: Path) -> None:
    said = run("generate", "quick", "--set", 'questions.tasks=[{name="clozed"}]', "--out", tmp_path / "run")
    assert said.exit_code == 2 and "There is no task 'clozed' (did you mean 'cloze'?)" in said.output
    with pytest.raises(CallError, match="which has a knob of its own"):
        tasks.check(recipe.Recipe.model_validate({"questions": {"tasks": ({"name": "cloze"},)}}))
    with pytest.raises(CallError, match="There is no task 'os:system'"):
        tasks.named("os:system")
