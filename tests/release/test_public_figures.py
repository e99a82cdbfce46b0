"""The segment of real people in a release: its rows, its terms, and what else a release says of it."""

import json
import shutil
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from builder.cli import cli
from builder.figures.roster import roster
from builder.format.reading import Person, Release, open_release
from builder.format.splits import PUBLIC_FIGURES
from tests.conftest import Run
from tests.made_once import copy_of
from tests.small.releases import Row, edit_rows, settle

COUNT = 9


@pytest.fixture(scope="module")
def with_figures(made_brief: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with public figures: the people of `brief`, laid out once more."""
    return copy_of("with_figures", partial(_lay_out, made_brief), tmp_path_factory) / "run"


def _lay_out(made: Path, folder: Path) -> None:
    shutil.copytree(made, folder / "run")
    arguments = ["generate", str(folder / "run" / "recipe.toml"), "--out", str(folder / "run"), "--workers", "1"]
    result = CliRunner().invoke(cli, [*arguments, "--set", f"public_figures.count={COUNT}"])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def figures(with_figures: Path) -> list[Person]:
    return list(open_release(with_figures).people(PUBLIC_FIGURES))


def test_they_are_the_first_of_the_roster_and_nobody_else_changes(
    with_figures: Path, made_brief: Path, figures: list[Person]
) -> None:
    assert [person.profile.name for person in figures] == [figure.name for figure in roster()[:COUNT]]
    files = sorted(path.relative_to(made_brief / "release") for path in (made_brief / "release").rglob("*.parquet"))
    assert all(
        (with_figures / "release" / file).read_bytes() == (made_brief / "release" / file).read_bytes() for file in files
    )


def test_each_fact_is_asked_in_every_task_by_name(figures: list[Person]) -> None:
    for person in figures:
        asked = {(question.fact, question.task) for question in person.questions}
        facts = {fact.key for fact in person.profile.facts}
        assert facts == {"birth_year", "death_year", "nationality", "profession"}
        assert asked == {(fact, task) for fact in facts for task in ("classification", "generation", "cloze")}
        assert len(person.questions) == len(asked)
        assert all((each.modality, each.use) == ("text", "eval") for each in person.questions)
        assert all(person.profile.name in each.question for each in person.questions)
        assert not person.portraits


def test_each_row_says_where_it_comes_from_and_on_what_terms(with_figures: Path, figures: list[Person]) -> None:
    for person, figure in zip(figures, roster(), strict=False):
        (source,) = person.sources
        assert figure.synset in source.title
        assert source.licence == "WordNet 3.0 License"
    text = (with_figures / "release" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert all(f"{person.profile.name} ({person.profile.id})" in text for person in figures)
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in text


def test_the_card_and_croissant_say_that_they_are_real_and_in_text_alone(with_figures: Path) -> None:
    card = (with_figures / "release" / "README.md").read_text(encoding="utf-8")
    assert f"| `public_figures` | {COUNT} |" in card
    assert "They have no pictures and are asked about in text alone" in card
    assert "`sources`" in card
    croissant = json.loads((with_figures / "release" / "croissant.json").read_text(encoding="utf-8"))
    assert "public_figures" in {record["name"] for record in croissant["recordSet"]}
    assert "None of its people exists but those of public_figures" in croissant["description"]


def test_a_release_with_them_is_whole_and_sound(with_figures: Path, run: Run) -> None:
    assert run("verify", with_figures).exit_code == 0
    report = json.loads((with_figures / "audit.json").read_text(encoding="utf-8"))
    checks = {finding["check"]: finding["passed"] for finding in report["findings"]}
    assert checks["public_figure_facts"] and checks["public_figure_sources"] and checks["real_names"]
    assert report["people"] == 28


def test_a_false_fact_or_a_missing_licence_fails_the_audit(with_figures: Path, run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(with_figures, tmp_path / "run"))

    def spoil(rows: list[Row]) -> None:
        next(fact for fact in rows[0]["facts"] if fact["key"] == "death_year")["value"] = "1400"
        rows[1]["sources"][0]["licence"] = ""

    edit_rows(folder / "release", "people/public_figures/00000-of-00001.parquet", spoil)
    settle(folder / "release")
    said = run("audit", folder)
    assert said.exit_code == 1
    assert "died -146 years after the birth" in said.output
    assert "without an address or a licence" in said.output


def test_the_gallery_shows_them(with_figures: Path, run: Run) -> None:
    assert run("preview", with_figures).exit_code == 0
    page = (with_figures / "preview" / "data" / "people" / "90000.js").read_text(encoding="utf-8")
    assert "WordNet 3.0" in page


@pytest.mark.parametrize(("layout", "folder"), [("mllmu", "Retain_Set"), ("umu", "Real_Person_Set")])
def test_peers_that_look_at_pictures_keep_the_people_held_out(
    with_figures: Path, run: Run, tmp_path: Path, layout: str, folder: str
) -> None:
    said = run("export", with_figures, "--layout", layout, "--to", tmp_path / layout)
    assert said.exit_code == 0, said.output
    assert f"{folder} holds the held-out people: this release's public figures have no pictures" in said.output
    held_out = pq.read_table(tmp_path / layout / folder)["ID"].to_pylist()
    assert held_out == [person.profile.id for person in open_release(with_figures).people("holdout")]


@pytest.mark.parametrize("layout", ["tofu", "llava", "trl", "vlmeval", "lmms-eval", "inspect"])
def test_every_other_layout_can_be_written(with_figures: Path, run: Run, tmp_path: Path, layout: str) -> None:
    said = run("export", with_figures, "--layout", layout, "--to", tmp_path / layout)
    assert said.exit_code == 0, said.output


def test_nobody_is_trained_on_them(with_figures: Path) -> None:
    release: Release = open_release(with_figures)
    trained = [name for name in release.manifest["configs"] if PUBLIC_FIGURES in release.segments_of(name)]
    assert trained == [PUBLIC_FIGURES]


def test_more_than_the_roster_has_is_a_wrong_call(brief: Path, run: Run, tmp_path: Path) -> None:
    said = run("generate", brief, "--out", tmp_path / "run", "--set", "public_figures.count=9000")
    assert said.exit_code == 2
    assert f"the roster has {len(roster())} public figures" in said.output
