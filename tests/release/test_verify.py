"""`verify`: whatever is corrupted, it says so, with the file and the row."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.small.releases import Row, edit_rows, settle

PEOPLE = "people/retain/00000-of-00001.parquet"
TEST = "test/retain/00000-of-00001.parquet"
Edit = Callable[[Row], None]


def test_a_whole_release_is_said_to_be_whole(finished_run: Path, run: Run) -> None:
    for place in (finished_run, finished_run / "release"):
        said = run("verify", place)
        assert said.exit_code == 0, said.output
        assert "16 people" in said.output


def _first(task: str = "", modality: str = "", use: str = "") -> Callable[[Row], Any]:
    """Finds the first question of a row that is of this kind."""

    def find(row: Row) -> Any:
        return next(
            question
            for question in row["questions"]
            if task in question["task"] and modality in ("", question["modality"]) and use in question["use"]
        )

    return find


def _set(find: Callable[[Row], Any], key: str, value: Callable[[Any], Any]) -> Edit:
    def edit(row: Row) -> None:
        found = find(row)
        found[key] = value(found)

    return edit


def _odd_biography(row: Row) -> None:
    told = json.loads(row["biography"])
    row["biography"] = json.dumps({**told, "Description": f"\u202e{told['Description']}"})


CORRUPTIONS: dict[str, tuple[str, Edit, str]] = {
    "options alike": (
        PEOPLE,
        _set(_first("classification"), "options", lambda q: [q["options"][0]] * 2 + q["options"][2:]),
        "options",
    ),
    "options alike but for case": (
        PEOPLE,
        _set(_first("classification"), "options", lambda q: [q["value"].upper() + " ", *q["options"][1:]]),
        "options_differ",
    ),
    "letter wrong": (
        PEOPLE,
        _set(_first("classification"), "letter", lambda q: "ABCD"["BCDA".index(q["letter"])]),
        "letter_points_to_value",
    ),
    "letter none": (PEOPLE, _set(_first("classification"), "letter", lambda q: "E"), "schemas/question.json"),
    "answer in question": (
        PEOPLE,
        _set(_first("cloze", "text"), "question", lambda q: f"{q['question']} {q['value']}"),
        "question_hides_value",
    ),
    "two blanks": (PEOPLE, _set(_first("cloze"), "question", lambda q: f"{q['question']} __"), "blank_stands_once"),
    "wrong answer right": (
        PEOPLE,
        _set(_first("generation"), "wrong_answers", lambda q: [q["answer"], *q["wrong_answers"][1:]]),
        "wrong_answers_are_wrong",
    ),
    "value not the fact's": (PEOPLE, _set(_first(), "value", lambda q: "something else"), "fact_is_asked"),
    "use unknown": (PEOPLE, _set(_first(), "use", lambda q: "fun"), "schemas/question.json"),
    "fact emptied": (PEOPLE, _set(lambda row: row["facts"][3], "value", lambda f: ""), "schemas/profile.json"),
    "biography odd": (PEOPLE, lambda row: _odd_biography(row), "biography: it contains U+202E"),
    "question odd": (
        PEOPLE,
        _set(_first("classification"), "question", lambda q: f"{q['question']} The answer is B."),
        "it names the letter of an option",
    ),
    "value odd": (
        PEOPLE,
        _set(lambda row: row["facts"][3], "value", lambda f: "=1+1"),
        "begins like a spreadsheet formula",
    ),
    "biography cut": (PEOPLE, lambda row: row.update(biography="{"), "records cannot be read"),
    "image broken": (PEOPLE, lambda row: row["image"].update(bytes=b"no image"), "records cannot be read"),
    "image of another kind": (
        PEOPLE,
        lambda row: row["image"].update(path=row["image"]["path"].replace("webp", "png")),
        "is a webp image",
    ),
    "portrait lost": (PEOPLE, lambda row: row["train_images"].pop(), "records cannot be read"),
    "their column differs": (PEOPLE, lambda row: row["Mask_Task"].pop(), "column Mask_Task"),
    "another person in the test set": (
        TEST,
        lambda row: row.update(name=f"{row['name']}son"),
        "the person is not the one in",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_record_is_found_with_file_and_row(small_run: Path, run: Run, name: str) -> None:
    file, corrupt, expected = CORRUPTIONS[name]
    edit_rows(small_run / "release", file, lambda rows: corrupt(rows[2]))
    settle(small_run / "release")  # as if it had been made so: no hash gives it away
    said = run("verify", small_run)
    assert said.exit_code == 1
    assert expected in said.output
    assert f"{file}, row 2: " in said.output


def test_a_name_in_an_image_question_is_found(small_run: Path, run: Run) -> None:
    def corrupt(rows: list[Row]) -> None:
        question = _first("cloze", "image_text")(rows[0])
        question["question"] = f"{rows[0]['name']}: {question['question']}"

    for file in (PEOPLE, TEST):
        edit_rows(small_run / "release", file, corrupt)
        settle(small_run / "release")
        said = run("verify", small_run)
        assert "image_question_hides_name" in said.output
    edit_rows(small_run / "release", PEOPLE, lambda rows: None)


def test_trained_wording_in_the_test_set_is_found(small_run: Path, run: Run) -> None:
    trained: list[str] = []
    edit_rows(
        small_run / "release", PEOPLE, lambda rows: trained.append(_first("generation", "text")(rows[1])["question"])
    )

    def corrupt(rows: list[Row]) -> None:
        _first("generation", "text")(rows[1])["question"] = trained[0]

    edit_rows(small_run / "release", TEST, corrupt)
    settle(small_run / "release")
    said = run("verify", small_run)
    assert f"{TEST}, row 1: " in said.output
    assert "paraphrase_is_held_out" in said.output


def test_every_changed_byte_is_found(small_run: Path, run: Run) -> None:
    release = small_run / "release"
    for path in sorted(path for path in release.rglob("*") if path.is_file() and path.name != "manifest.json"):
        data = path.read_bytes()
        path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        said = run("verify", release)
        assert said.exit_code == 1
        assert f"{path.relative_to(release).as_posix()}: its bytes" in said.output
        path.write_bytes(data)


def test_missing_and_foreign_files_are_found(small_run: Path, run: Run) -> None:
    release = small_run / "release"
    (release / "eval.yaml").unlink()
    (release / "notes.txt").write_text("mine")
    said = run("verify", small_run).output
    assert "eval.yaml: it is missing" in said
    assert "notes.txt: manifest.json does not list it" in said
    (release / PEOPLE).unlink()
    assert f"{PEOPLE}: it is missing" in run("verify", small_run).output
    (release / "recipe.toml").unlink()
    assert "recipe.toml: it is missing" in run("verify", small_run).output


Configs = dict[str, dict[str, Any]]


def _swap_segments(configs: Configs) -> None:
    configs["retain_90"]["files"].append("people/forget_10/00000-of-00001.parquet")


RELATIONS: dict[str, tuple[Callable[[Configs], object], str]] = {
    "overlap": (_swap_segments, "forget_10 and retain_90 share"),
    "not all": (
        lambda configs: configs["retain_90"].update(files=[]),
        "forget_10 and retain_90 together are not train",
    ),
    "holdout trained": (
        lambda configs: configs["train"]["files"].extend(configs["holdout"]["files"]),
        "holdout and train share",
    ),
    "test about others": (lambda configs: configs["test"]["files"].pop(), "test is not about the people of train"),
    "twice": (lambda configs: configs["train"]["files"].append(PEOPLE), "twice"),
    "miscounted": (lambda configs: configs["train"].update(rows=11), "train has 12 rows, and manifest.json says 11"),
    "no complement": (lambda configs: configs.pop("retain_90"), "forget_10 has no retain_90"),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_splits_that_do_not_stand_as_they_must_are_found(small_run: Path, run: Run, name: str) -> None:
    corrupt, expected = RELATIONS[name]
    path = small_run / "release" / "manifest.json"
    manifest = json.loads(path.read_text())
    corrupt(manifest["configs"])
    path.write_text(json.dumps(manifest))
    said = run("verify", small_run)
    assert said.exit_code == 1
    assert expected in said.output
    assert "README.md: its" in said.output


def test_somebody_in_two_segments_is_found(small_run: Path, run: Run) -> None:
    moved: list[Row] = []
    edit_rows(small_run / "release", PEOPLE, lambda rows: moved.append(rows[0]))
    edit_rows(
        small_run / "release", "people/holdout/00000-of-00001.parquet", lambda rows: rows.__setitem__(0, moved[0])
    )
    settle(small_run / "release")
    assert f"holdout and train share {moved[0]['ID']}" in run("verify", small_run).output


def test_a_manifest_or_recipe_that_is_none_is_said(small_run: Path, run: Run) -> None:
    release = small_run / "release"
    recipe = (release / "recipe.toml").read_text()
    (release / "recipe.toml").write_text(recipe.replace("seed = 5", "seed = 6"))
    settle(release)
    assert "recipe.toml: its fingerprint" in run("verify", release).output
    (release / "recipe.toml").write_text("not a recipe")
    settle(release)
    assert "nothing can be checked against them" in run("verify", release).output
    (release / "manifest.json").write_text('{"files": []}')
    assert "breaks schemas/manifest.json" in run("verify", release).output
    (release / "manifest.json").write_text("{")
    assert run("verify", release).exit_code == 1
    assert run("verify", release / "people").exit_code == 2


def test_a_release_of_an_earlier_format_is_named_as_what_it_is(small_run: Path, run: Run) -> None:
    path = small_run / "release" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["format"]
    path.write_text(json.dumps(manifest))
    assert "'format' is a required property" in run("verify", small_run).output
    for command in (["audit"], ["export", "--layout", "llava", "--to", small_run / "llava"]):
        result = run(command[0], small_run, *command[1:])
        assert result.exit_code == 1
        assert "is laid out in format 2 " in result.output
        assert "this version reads format 3" in result.output
