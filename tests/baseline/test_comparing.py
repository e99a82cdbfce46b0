"""Several runs in one leaderboard: what may stand in it, in which order, and that its page needs nothing."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

import builder
from builder.base.errors import CallError
from builder.baseline.comparing import leaderboard as boards
from builder.baseline.comparing.command import page
from builder.baseline.metrics.text import f1
from builder.baseline.people import Crowd
from builder.baseline.report import writing
from tests.baseline.test_report_page import EVIL, _filled, _planned

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def report(crowd: Crowd, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run."""
    plan = _filled(_planned(crowd, tmp_path_factory.mktemp("baseline")))
    writing.write_report(plan)
    return plan.folder.report


@pytest.fixture
def results(report: Path) -> str:
    """The results of a run, as text."""
    return (report / "results.json").read_text(encoding="utf-8")


@pytest.fixture
def made(report: Path, results: str, tmp_path: Path) -> Callable[..., Path]:
    """Makes the folder of a run whose results are changed a little."""

    def make(name: str, change: Change = lambda found: None) -> Path:
        found = json.loads(results)
        change(found)
        folder = tmp_path / name / "report"
        folder.mkdir(parents=True)
        (folder / "results.json").write_text(json.dumps(found))
        shutil.copy(report / "results.parquet", folder)
        return folder.parent

    return make


def _setting(section: str, key: str, value: Any) -> Change:
    return lambda found: found["settings"][section].update({key: value})


def _rows(board: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(Path(row["run"]).name, row["method"]) for row in board["rows"]]


def test_runs_stand_side_by_side_and_the_oracle_first(made: Callable[..., Path], tmp_path: Path) -> None:
    one, two = made("one"), made("two", lambda found: found["settings"].update({"seed": 5, "methods": ["ga"]}))
    compared = builder.compare([one, two], tmp_path / "out")
    board = compared.board
    assert {run for run, _ in _rows(board)} == {"one", "two"} and len(board["rows"]) == 8
    first = board["rows"][0]
    assert first["method"] in ("oracle", "npo") and first["scores"]["model/oracle_distance"]["mean"] == 0
    vanilla = next(row for row in board["rows"] if row["method"] == "vanilla")
    assert vanilla["scores"]["model/oracle_distance"]["mean"] > 0 and vanilla["scores"]["model/utility"]["interval"]
    assert _rows(board)[-1][1] == "untrained", "who keeps no utility stands last"
    assert json.loads((tmp_path / "out" / "leaderboard.json").read_text()) == board
    table = (tmp_path / "out" / "leaderboard.md").read_text()
    assert table.count("\n| ") == 10 and "distance to the oracle" in table
    assert compared.page.is_file() and str(compared.page) in str(compared)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda found: found["release"].update({"origin_fingerprint": "2" * 64}), "the release"),
        (_setting("evaluate", "retain_people", 3), "evaluate.retain_people"),
        (_setting("train", "lr", 0.5), "train.lr"),
    ],
)
def test_what_makes_figures_incomparable_is_named_and_refused_unless_mixed(
    change: Change, named: str, made: Callable[..., Path], tmp_path: Path
) -> None:
    runs = [made("one"), made("two", change)]
    with pytest.raises(CallError, match=rf"differ in {re.escape(named)}.*--mix"):
        builder.compare(runs, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert len(builder.compare(runs, tmp_path / "out", mix=True).board["rows"]) == 8


def test_another_model_is_trained_with_its_own_settings(made: Callable[..., Path], tmp_path: Path) -> None:
    def other(found: dict[str, Any]) -> None:
        found["model"] = found["settings"]["model"] = "llava"
        found["settings"]["train"]["lr"] = 1e-5

    compared = builder.compare([made("one"), made("two", other)], tmp_path / "out")
    assert {row["model"] for row in compared.board["rows"]} == {"tiny", "llava"}


def test_the_headlines_of_any_attack_are_columns(made: Callable[..., Path], tmp_path: Path) -> None:
    def attacked(found: dict[str, Any]) -> None:
        found["headlines"]["model/insist"] = {"label": "insisted", "shows_more": True}
        found["models"]["npo"]["scores"]["model/insist"] = found["models"]["npo"]["scores"]["model/utility"]

    board = builder.compare([made("one"), made("two", attacked)], tmp_path / "out").board
    columns = {each["path"]: each["label"] for each in board["columns"]}
    assert columns["model/insist"] == "insisted" and columns["model/utility"] == "utility"
    assert [row["method"] for row in board["rows"] if "model/insist" in row["cells"]] == ["npo"]


def test_the_hub_reads_the_evaluation_results(made: Callable[..., Path], tmp_path: Path) -> None:
    run = made("one")
    compared = builder.compare([run], tmp_path / "out", eval_results="my-org/my-bench")
    assert compared.eval_results and str(compared.eval_results) in str(compared)
    answers = pq.read_table(run / "report" / "results.parquet").to_pylist()
    files = sorted(compared.eval_results.rglob("*.yaml"))
    assert {path.parent.name for path in files} == {".eval_results"}
    assert {path.parents[1].name for path in files} == {row["method"] for row in compared.board["rows"]}
    for path in files:
        model = path.parents[1].name
        entries = {each.task_id: each for each in parse_eval_result_entries(yaml.safe_load(path.read_text()))}
        assert set(entries) == {"forget_10", "retain_90"}
        for name, entry in zip(("forget", "retain"), entries.values(), strict=True):
            first: dict[str, Any] = {}
            for row in answers:
                plain = row["task"] == "generation" and row["modality"] == "text" and not row["control"]
                if (row["model"], row["set"]) == (model, name) and plain:
                    first.setdefault(row["profile_id"], row)
            scores = [f1(row["output"], row["truth"]) for row in first.values()]
            assert first and entry.value == pytest.approx(sum(scores) / len(scores), abs=1e-4)
            assert entry.dataset_id == "my-org/my-bench" and entry.notes and entry.notes.startswith(f"{model} of tiny")
            assert ("retrained without the forget set has" in entry.notes) == (model != "oracle")


@pytest.mark.parametrize("dataset", ["my-bench", "my org/bench", "a/b/c"])
def test_what_cannot_be_a_repository_is_refused(dataset: str, made: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CallError, match="--eval-results"):
        builder.compare([made("one")], tmp_path / "out", eval_results=dataset)
    assert not (tmp_path / "out").exists()


def test_a_wrong_call_is_answered_in_a_sentence(made: Callable[..., Path], tmp_path: Path) -> None:
    one, old = made("one"), made("old", lambda found: found.update({"version": 3}))
    for runs, message in (
        ([], "Name at least one"),
        ([one, one], "named twice"),
        ([tmp_path / "none"], "holds no baseline run"),
        ([one, old], "--rescore"),
    ):
        with pytest.raises(CallError, match=message):
            builder.compare(runs, tmp_path / "out")


def test_the_page_needs_nothing_from_elsewhere_and_names_stay_text(results: str) -> None:
    found = json.loads(results)
    found["model"] = EVIL
    text = page(boards.leaderboard({EVIL: found}))
    assert "{{" not in text.replace("{{code}}", "") and "default-src 'none'" in text
    assert not re.search(r"https?:|fetch\(|innerHTML|<img", text.replace("http://www.w3.org/2000/svg", ""))
    [data] = re.findall(r'<script type="application/json" id="board">(.*?)</script>', text, flags=re.DOTALL)
    assert json.loads(data)["rows"][0]["model"] == EVIL
