"""MLLMU-Bench's layout: read as published, what is wrong set aside, and our own export read back."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.base.records import Question
from builder.format.reading import Person, Release, open_release
from tests.conftest import Run
from tests.imports.conftest import Import
from tests.imports.foreign import Row, mllmu, mllmu_row, picture

NAMES = ("Nils Aber", "Ines Barro", "Olga Cibor", "Paul Duran")


def _people() -> list[Row]:
    return [mllmu_row(f"{number:03d}", name, number) for number, name in enumerate(NAMES, start=1)]


def _aside(release: Release) -> list[dict[str, str]]:
    return [json.loads(line) for line in (release.path / "imported.jsonl").read_text().splitlines()]


def test_a_published_set_is_read_as_it_stands(imported: Import, tmp_path: Path) -> None:
    release = imported("mllmu", mllmu(tmp_path / "set", _people()))
    assert release.segments == {"forget_5": 1, "retain": 3, "public_figures": 1}
    assert list(release.manifest["configs"]) == ["train", "forget_5", "retain_95", "test", "public_figures"]
    assert release.manifest["imported"]["set_aside"] == {}
    assert json.loads((release.path / "source_ids.json").read_text())["00001"] == "001"
    (forgotten,) = release.people("forget_5")
    assert forgotten.profile.name == "Nils Aber"
    assert forgotten.profile.biography == "Nils Aber mends clocks in Lisbon."
    assert [each.image for each in forgotten.portraits] == [picture(1), picture(50), picture(70)]
    count = Counter((each.use, each.task, each.modality) for each in forgotten.questions)
    assert count.pop(("train", "generation", "image_text")) == 1
    asked = {(use, task, kind) for use in ("eval", "paraphrase") for task in ("classification", "generation", "cloze")
             for kind in ("image_text", "text")}  # fmt: skip
    assert count == Counter(asked)
    choice = next(each for each in forgotten.questions if each.options and each.modality == "text")
    assert (choice.letter, choice.answer) == ("C", "Where wa C")


def _set(row: Row, *path: str | int, value: Any) -> None:
    for step in path[:-1]:
        row = row[step]  # type: ignore[index]
    row[path[-1]] = value  # type: ignore[index]


CHOICES = ("Classification_Task", "Image_Textual_Questions")
FAULTS: dict[str, Callable[[Row], None]] = {
    "picture": lambda row: row.update(image={"bytes": b"no picture", "path": "x.png"}),
    "empty text": lambda row: _set(row, "Mask_Task", 0, "Ground_Truth", value=" "),
    "letter outside the options": lambda row: _set(row, *CHOICES, 0, "Correct_Answer", value="E"),
    "letters of the options": lambda row: _set(row, *CHOICES, 0, "Options", value=dict.fromkeys("ABC", "x")),
    "two right letters": lambda row: _set(row, *CHOICES, 0, "Options", "B", value="where wa a"),
    "repeated options": lambda row: _set(row, *CHOICES, 0, "Options", "B", value="Where wa C"),
    "type of a question": lambda row: _set(row, "Generation_Task", 0, "Type", value="image_textual"),
    "no blank": lambda row: _set(row, "Mask_Task", 0, "Question", value="This person lives in Lisbon."),
    "wrong nesting": lambda row: row.update(metadata=json.dumps({"Question": "Who?", "Answer": "Somebody."})),
    "repeated question": lambda row: row["Generation_Task"].append(copy.deepcopy(row["Generation_Task"][0])),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_is_wrong_is_set_aside_with_its_place(kind: str, imported: Import, tmp_path: Path) -> None:
    people = _people()
    FAULTS[kind](people[1])
    if kind == "wrong nesting":
        del people[1]["image"]["path"]  # the nesting that is asked for is of another column
    release = imported("mllmu", mllmu(tmp_path / "set", people))
    found = _aside(release)
    assert kind in {each["kind"] for each in found}
    assert {each["person"] for each in found} == {"002"}
    assert release.manifest["imported"]["set_aside"] == dict(Counter(each["kind"] for each in found))
    assert any(each["place"].startswith(("Full_Set", "ft_Data")) for each in found)
    assert sum(release.segments.values()) == 5  # the person stays; one question or picture goes


def test_a_person_to_forget_and_to_retain_is_set_aside(imported: Import, tmp_path: Path) -> None:
    people = _people()
    source = mllmu(tmp_path / "set", people)
    mllmu(tmp_path / "other", [people[0], *people], forget=1)
    (source / "retain_95").rename(source / "gone")
    (tmp_path / "other" / "retain_95").rename(source / "retain_95")
    release = imported("mllmu", source)
    assert [each["person"] for each in _aside(release)] == ["001"]
    assert "both of forget_5 and retain_95" in _aside(release)[0]["reason"]
    assert "forget_5" not in release.segments


def test_a_huge_picture_is_set_aside(imported: Import, tmp_path: Path) -> None:
    people = _people()
    people[2]["image"]["bytes"] = picture(3, size=(12_000, 5_000))
    release = imported("mllmu", mllmu(tmp_path / "set", people))
    kinds = Counter(each["kind"] for each in _aside(release))
    assert kinds == {"picture": 1, "question without its picture": 4}


def test_a_set_that_disagrees_with_itself_is_reported(imported: Import, tmp_path: Path) -> None:
    people = _people()
    source = mllmu(tmp_path / "set", people)
    changed = copy.deepcopy(people)
    changed[0]["Mask_Task"][0]["Ground_Truth"] = "Porto"
    mllmu(tmp_path / "other", changed)
    (tmp_path / "other" / "forget_5" / "train-00000-of-00001.parquet").replace(
        source / "forget_5" / "train-00000-of-00001.parquet"
    )
    assert [each["kind"] for each in _aside(imported("mllmu", source))] == ["sets that disagree"]


def _carried(people: Iterator[Person]) -> dict[str, Any]:
    """What the layout carries of a person: questions of the evaluation, pairs that are taught, pictures."""

    def asked(question: Question) -> tuple[str, ...]:
        if question.use == "train":  # one column holds the pairs of both modalities
            return ("train", question.question, question.answer)
        shown = (question.task, question.modality, question.question, question.answer, *question.options)
        return (question.use, *shown, question.letter)

    return {
        person.profile.id: (
            person.segment,
            person.profile.name,
            sorted(asked(each) for each in person.questions if each.use != "train" or each.task == "generation"),
            [each.image for each in person.portraits if each.view != "train"],
        )
        for person in people
    }


def test_an_export_comes_back_as_it_was(finished_run: Path, run: Run, imported: Import, tmp_path: Path) -> None:
    ours = open_release(finished_run)
    assert run("export", finished_run, "--layout", "mllmu", "--to", tmp_path / "out").exit_code == 0
    back = imported("mllmu", tmp_path / "out")
    assert _carried(back.people("forget_10", "retain")) == _carried(ours.people("forget_10", "retain"))
    assert back.segments == {
        "forget_10": 4,
        "retain": 8,
        "public_figures": 4,
    }  # the held-out people stand for real ones


def test_what_is_done_with_a_release_is_done_with_an_import(imported: Import, run: Run, tmp_path: Path) -> None:
    release = imported("mllmu", mllmu(tmp_path / "set", _people()))
    folder = release.path.parent
    audited = run("audit", folder)
    assert "not applicable: no facts in this data" in audited.output
    report = json.loads((folder / "audit.json").read_text())
    assert {"letter_balance", "guess_by_rule", "answer_in_question"} <= {each["check"] for each in report["findings"]}
    assert "same_life" in {each["check"] for each in report["not_applicable"]}
    assert run("preview", folder).exit_code == 0
    assert "Imported from" in (folder / "preview" / "data" / "index.js").read_text()
    assert run("export", folder, "--layout", "mllmu", "--to", tmp_path / "again").exit_code == 0
    assert run("diff", folder, folder).output.strip() == "Nothing differs."


def test_an_import_says_what_it_made(run: Run, tmp_path: Path) -> None:
    source = mllmu(tmp_path / "set", _people())
    (source / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n")
    said = run("import", "mllmu", source, "--to", tmp_path / "to").output
    assert "licence: cc-by-4.0" in said
    assert "no alternatives" in said
    assert "nothing was found wrong" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("mllmuu", "set", "--to", "to"), "There is no importer 'mllmuu'"),
        (("mllmu", "nowhere", "--to", "to"), "There is no folder nowhere"),
        (("mllmu", "empty", "--to", "to"), "has no folders with Parquet files"),
        (("mllmu", "set", "--to", "set"), "set is not empty"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    arguments: tuple[str, ...], sentence: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mllmu(tmp_path / "set", _people())
    (tmp_path / "empty").mkdir()
    said = run("import", *arguments)
    assert said.exit_code == 2
    assert sentence in said.output
