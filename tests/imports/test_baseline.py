"""A baseline on imported sets, from end to end with a moment of everything."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.imports.foreign import mllmu, mllmu_row

FIGURES = """
source = "arXiv 2410.22108, table 2"

[models.NPO]
"Forget Set: Class. Acc (%)" = 45.6
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    people = [mllmu_row(f"{number:03d}", f"Person Numero{number}", number) for number in range(1, 5)]
    folder = mllmu(tmp_path / "set", people)
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n")
    return folder


def test_a_baseline_runs_and_names_what_does_not_apply(source: Path, run: Run, momentary: None, tmp_path: Path) -> None:
    assert run("import", "mllmu", source, "--to", tmp_path / "to").exit_code == 0
    (tmp_path / "figures.toml").write_text(FIGURES)
    said = run(
        "baseline", tmp_path / "to", "--forget", "5", "--methods", "ga,siu", "--attacks", "mia_loss,image",
        "--reference", tmp_path / "figures.toml",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    report = tmp_path / "to" / "baseline" / "tiny" / "report"
    found = json.loads((report / "results.json").read_text())
    scores = found["models"]["vanilla"]["scores"]
    assert {"forget/image_text/accuracy", "forget/text/cloze", "test/text/rouge_l"} <= {*scores}
    assert not [path for path in scores if path.endswith(("value_said", "exposure", "truth_ratio", "_binding"))]
    assert "model/mia_loss" not in scores
    assert "model/image" in scores
    assert "model/utility" in scores
    assert not [path for path in scores if path.endswith("_independent")]
    reasons = {(each["kind"], each["name"]): each["reason"] for each in found["not_applicable"]}
    assert reasons["method", "siu"] == "not applicable: no alternatives in this data"
    assert found["models"]["siu"]["failed"] == {"0": "not applicable: no alternatives in this data"}
    assert {("attack", "mia_loss"), ("control", "swap_four"), ("measure", "truth_ratio")} <= {*reasons}
    table = (report / "table.md").read_text()
    assert "Licence: cc-by-4.0" in table
    assert found["release"]["imported"]["revision"] in table
    assert "| NPO (published) | 45.6 |" in table
    assert "arXiv 2410.22108" in table
    assert "not applicable: no quartets in this data" in table
    (tmp_path / "figures.toml").write_text(FIGURES.replace("NPO", "MANU"))
    again = run(
        "baseline", tmp_path / "to", "--forget", "5", "--methods", "ga,siu", "--attacks", "mia_loss,image",
        "--reference", tmp_path / "figures.toml", "--rescore",
    )  # fmt: skip
    assert again.exit_code == 0, again.output
    assert "| MANU (published) | 45.6 |" in (report / "table.md").read_text()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (FIGURES.replace("Forget Set: Class. Acc (%)", "Forget"), "has no column 'Forget'"),
        ("models = 3", "source"),
        ("models = ", "cannot be read"),
    ],
)
def test_wrong_published_figures_are_one_sentence(
    text: str, sentence: str, source: Path, run: Run, momentary: None, tmp_path: Path
) -> None:
    assert run("import", "mllmu", source, "--to", tmp_path / "to").exit_code == 0
    (tmp_path / "figures.toml").write_text(text)
    said = run("baseline", tmp_path / "to", "--forget", "5", "--reference", tmp_path / "figures.toml")
    assert said.exit_code == 2
    assert sentence in said.output
