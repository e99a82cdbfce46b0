"""The other layouts: each read as published, with its quirks, and our own exports read back."""

import csv
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from builder.format.reading import Person, Release, open_release
from tests.conftest import Run
from tests.imports.conftest import Import
from tests.imports.foreign import LETTERS, Row, picture, write_folders


def _aside(release: Release) -> list[dict[str, str]]:
    return [json.loads(line) for line in (release.path / "imported.jsonl").read_text().splitlines()]


def _person(release: Release, identity: str) -> Person:
    return next(iter(release.named([identity])))


def _umu_row(identity: str, shade: int, **changes: Any) -> Row:
    options = {letter: f"town {letter}" for letter in LETTERS}
    ask = {"question": "Where was this person born?", "options": options, "answer": "B. town B"}
    blank = {"question": "This person lives in __.", "answer": "St. Ives"}
    taught = {"question": {"1": "What is the job?"}, "answer": {"1": "A baker."}}
    return {
        "ID": identity,
        "image": {"bytes": picture(shade), "path": "x.png"},
        "Biography": "A baker of St. Ives.",
        "MM_QA": str(taught),  # a Python literal in some rows, JSON in others
        "UM_QA": json.dumps(taught),
        "Classify": str({"multimodal": {"1": ask}, "unimodal": {"1": ask | {"answer": "C"}}}),
        "Cloze": json.dumps({"muitimodal": {"1": blank}, "unimodal": {"1": blank}}),
        "Generation": str({"multimodal": {}, "unimodal": {}}),
        **changes,
    }


def test_umu_bench_is_read_with_its_literals(imported: Import, tmp_path: Path) -> None:
    people = [_umu_row("1", 1), _umu_row("2", 2, MM_QA="nothing"), _umu_row("3", 3, Classify=str({"both": {}}))]
    folders = {"Full_Set": people, "forget_5": people[:1], "retain_95": people[1:]}
    release = imported("umu", write_folders(tmp_path / "set", folders | {"Real_Person_Set": [_umu_row("1", 9)]}))
    first = _person(release, "00001")
    choices = {each.modality: each for each in first.questions if each.options}
    assert (choices["image_text"].letter, choices["text"].letter) == ("B", "C")
    assert choices["image_text"].fact == choices["text"].fact == "classify_1"
    assert [each.answer for each in first.questions if each.task == "cloze"] == ["St. Ives", "St. Ives"]
    assert first.profile.biography == "A baker of St. Ives."
    kinds = Counter((each["person"], each["kind"]) for each in _aside(release))
    assert kinds == {("2", "wrong nesting"): 3, ("3", "type of a question"): 1}


def test_an_export_for_umu_bench_comes_back(finished_run: Path, run: Run, imported: Import, tmp_path: Path) -> None:
    assert run("export", finished_run, "--layout", "umu", "--to", tmp_path / "out").exit_code == 0
    back, ours = imported("umu", tmp_path / "out"), open_release(finished_run)

    def carried(release: Release) -> dict[str, Any]:
        return {
            person.profile.id: (
                person.segment,
                [each.image for each in person.portraits if each.view == "reference"],
                {
                    (each.use, each.task, each.modality, each.question, each.answer, frozenset(each.options))
                    for each in person.questions
                    if each.use == "eval" or (each.use == "train" and each.task == "generation")
                    if not (each.task == "cloze" and "." in each.answer)  # what its code cannot score is not exported
                },
            )
            for person in release.people("forget_10", "retain")
        }

    assert carried(back) == carried(ours)


def _lines(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _tofu(root: Path) -> list[Row]:
    """Three authors of twenty questions; the last one is to be forgotten."""
    full = [
        {"question": f"What is work {number} of author {number // 20}?", "answer": f"Work {number}."}
        for number in range(60)
    ]
    wrong = {"perturbed_answer": ["Work X.", "Work Y."]}
    perturbed = [
        row | {"paraphrased_question": f"Name it: {row['question']}", "paraphrased_answer": row["answer"]} | wrong
        for row in full[40:]
    ]
    _lines(root / "full.json", full)
    _lines(root / "forget10.json", full[40:])
    _lines(root / "retain90.json", full[:40])
    _lines(root / "forget10_perturbed.json", perturbed)
    _lines(root / "world_facts_perturbed.json", [{"question": "Where is France?", "answer": "In Europe."} | wrong])
    return full


def test_tofu_is_read_by_authors_of_twenty(imported: Import, tmp_path: Path) -> None:
    _tofu(tmp_path / "set")
    release = imported("tofu", tmp_path / "set")
    assert release.segments == {"forget_10": 1, "retain": 2, "public_figures": 1}
    (forgotten,) = release.people("forget_10")
    assert Counter(each.use for each in forgotten.questions) == {"train": 20, "eval": 20, "paraphrase": 20}
    assert all(each.wrong_answers == ("Work X.", "Work Y.") for each in forgotten.questions if each.use == "eval")
    assert {"portraits", "names", "options"} <= set(release.manifest["imported"]["lacks"])


def test_an_audit_of_text_alone_finds_nothing_missing(imported: Import, run: Run, tmp_path: Path) -> None:
    _tofu(tmp_path / "set")
    folder = imported("tofu", tmp_path / "set").path.parent
    run("audit", folder)
    report = json.loads((folder / "audit.json").read_text())
    assert {each["check"] for each in report["findings"] if not each["passed"]} == {
        "shared_words",
        "shared_sequences",
        "shared_with_anyone",
    }
    said = run("export", folder, "--layout", "umu", "--to", tmp_path / "umu")
    assert said.exit_code == 2
    assert "not applicable: no portraits in this data" in said.output


def test_tofu_needs_whole_authors(run: Run, tmp_path: Path) -> None:
    full = _tofu(tmp_path / "set")
    _lines(tmp_path / "set" / "full.json", full[:-1])
    said = run("import", "tofu", tmp_path / "set", "--to", tmp_path / "to")
    assert said.exit_code == 2
    assert "has 59 rows" in said.output
    _lines(tmp_path / "set" / "full.json", [row | {"person": str(place % 2)} for place, row in enumerate(full)])
    said = run("import", "tofu", tmp_path / "set", "--to", tmp_path / "to")
    assert "person in the wrong sets" in said.output  # both of them have questions in either set


def test_clear_is_read_with_the_questions_of_tofu(imported: Import, tmp_path: Path) -> None:
    names = ("Jaime Vargas", "Lin Mei", "Omar Sule")
    captions = [
        {
            "image": {"bytes": picture(10 * place + number), "path": "x"},
            "caption": f"{name}, view {number}.",
            "name": name,
        }
        for place, name in enumerate(names)
        for number in range(2)
    ]
    asked = [
        {"image": None, "caption": None, "question": f"What is book {number} of {name}?", "answer": f"Book {number}."}
        for name in names[:2]
        for number in range(20)
    ]
    unnamed = [row | {"question": f"What is book {number}?"} for number, row in enumerate(asked[:20])]
    changed = captions[0] | {"perturbed_captions": ["Somebody."], "paraphrased_caption": "It is Jaime Vargas."}
    world = {
        "image": {"bytes": picture(90), "path": "x"},
        "question": "What is it?",
        "answer": "a tower",
        "options": ["a tower", "a hut", "a barn", "a shed"],
    }
    folders: dict[str, list[Row]] = {
        "full": captions,
        "full+tofu": [*({**row, "question": None, "answer": None} for row in captions), *asked, *unnamed],
        "forget01": captions[:2],
        "retain99": captions[2:],
        "forget01_perturbed": [changed],
        "real_world": [world],
    }
    release = imported("clear", write_folders(tmp_path / "set", folders))
    assert release.segments == {"forget_1": 1, "retain": 2, "public_figures": 1}
    (forgotten,) = release.people("forget_1")
    assert forgotten.profile.name == "Jaime Vargas"
    assert [each.image for each in forgotten.portraits] == [picture(0)]
    assert Counter((each.use, each.modality) for each in forgotten.questions) == {
        ("train", "image_text"): 1,
        ("eval", "image_text"): 1,
        ("paraphrase", "image_text"): 1,
        ("train", "text"): 20,
        ("eval", "text"): 20,
    }
    assert Counter(each["kind"] for each in _aside(release)) == {"another picture": 3, "row without a person": 20}
    (tower,) = release.people("public_figures")
    assert tower.questions[0].letter == "A"


def test_fiubench_is_read_from_its_archive(imported: Import, tmp_path: Path) -> None:
    root = tmp_path / "set"
    root.mkdir()
    asked = {
        "question": "What is the blood type of this person?",
        "answer": "It is O+.",
        "keywords": ["O+"],
        "paraphrased_question": ["Which blood type?", "Tell the blood type.", "Blood type?"],
        "paraphrased_answer": "The blood type is O+.",
        "perturbed_answer": ["It is A+.", "It is B-."],
    }
    people = [
        {"unique_id": f"0000{number}", "image_path": f"./dataset/SFHQ/{number}.png", "qa_list": [asked]}
        for number in range(4)
    ]
    (root / "full.json").write_text(
        json.dumps([*people, {"unique_id": "00009", "image_path": "gone.png", "qa_list": [asked]}])
    )
    (root / "split.json").write_text(json.dumps({"forget1": ["00001"], "forget5": ["00002"], "retain5": ["00003"]}))
    with zipfile.ZipFile(root / "SFHQ.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"SFHQ/{number}.png", picture(number))
    release = imported("fiubench", root)
    assert release.segments == {"forget_1": 1, "forget_5": 1, "retain": 2}  # they do not hold one another
    assert list(release.manifest["configs"])[:5] == ["train", "forget_1", "forget_5", "retain_99", "retain_95"]
    first = _person(release, "00001")
    assert first.portraits[0].image == picture(1)
    assert Counter(each.use for each in first.questions) == {"train": 1, "eval": 1, "paraphrase": 3}
    kinds = Counter((each["person"], each["kind"]) for each in _aside(release))
    assert kinds == {
        ("00009", "picture"): 1,
        ("00009", "question without its picture"): 5,
        ("00009", "person without questions"): 1,
    }


MAPPING = """
files = ["questions.csv"]

[columns]
person = "who"
set = "part"
question = "q"
answer = "a"
image = "picture"
options = ["w", "x", "y", "z"]

[sets]
gone = "forget_5"
kept = "retain_95"
"""


def _own(root: Path, mapping: str = MAPPING) -> Path:
    root.mkdir()
    (root / "mapping.toml").write_text(mapping)
    for number in (1, 2):
        (root / f"{number}.png").write_bytes(picture(number))
    rows = [
        ("ada", "gone", "Where was she born?", "x town", "1.png", "w town", "x town", "y town", "z town"),
        ("ada", "gone", "She lives in __.", "Rome", "", "", "", "", ""),
        ("bo", "kept", "What does he do?", "He bakes.", "2.png", "", "", "", ""),
        ("bo", "kept", "What is his name?", "Bo.", "1.png", "", "", "", ""),
        ("bo", "lost", "What else?", "Nothing.", "", "", "", "", ""),
    ]
    with (root / "questions.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("who", "part", "q", "a", "picture", "w", "x", "y", "z"), *rows])
    return root


def test_a_table_of_ones_own_is_read_by_its_mapping(imported: Import, tmp_path: Path) -> None:
    release = imported("own", _own(tmp_path / "set"))
    ada = _person(release, "00000")
    assert [(each.task, each.modality, each.letter) for each in ada.questions if each.use == "eval"] == [
        ("classification", "image_text", "B"),
        ("cloze", "text", ""),
    ]
    assert {each["kind"]: each["person"] for each in _aside(release)} == {
        "row without a set": "bo",
        "another picture": "bo",
    }


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (MAPPING.replace('"forget_5"', '"forgotten"'), "sets.gone = 'forgotten'"),
        (MAPPING.replace("image =", "imagee ="), "unknown key 'columns.imagee'"),
        ("files = [", "is no TOML"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(mapping: str, sentence: str, run: Run, tmp_path: Path) -> None:
    said = run("import", "own", _own(tmp_path / "set", mapping), "--to", tmp_path / "to")
    assert said.exit_code == 2
    assert sentence in said.output


def test_an_export_for_open_unlearning_comes_back(made: Path, run: Run, imported: Import, tmp_path: Path) -> None:
    assert run("export", made, "--layout", "tofu", "--to", tmp_path / "out").exit_code == 0
    back, ours = imported("tofu", tmp_path / "out"), open_release(made)
    assert back.manifest["imported"]["set_aside"] == {}

    def said(release: Release, use: str) -> Counter[Any]:
        return Counter(
            (person.segment, person.profile.id, each.question, each.answer)
            for person in release.people()
            for each in person.questions
            if (each.use, each.task, each.modality) == (use, "generation", "text")
        )

    assert said(back, "train") == said(back, "eval") == said(ours, "train")
    assert said(back, "paraphrase") == said(ours, "paraphrase")
    assert run("export", back.path.parent, "--layout", "tofu", "--to", tmp_path / "again").exit_code == 0
    for path in (tmp_path / "out").glob("*.json"):
        if not path.match("holdout*_perturbed.json"):  # held-out people have no test set to keep a paraphrase in
            assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_what_is_no_text_is_set_aside_from_tofu(imported: Import, tmp_path: Path) -> None:
    full = _tofu(tmp_path / "set")
    spoiled = [full[0] | {"question": ["a list"]}, full[1] | {"answer": None}, *full[2:]]
    _lines(tmp_path / "set" / "full.json", spoiled)
    _lines(tmp_path / "set" / "retain90.json", spoiled[:40])
    restated = full[40] | {"paraphrased_question": {"no": "text"}, "perturbed_answer": "Work X."}
    _lines(tmp_path / "set" / "forget10_perturbed.json", [restated])
    release = imported("tofu", tmp_path / "set")
    assert Counter(each["kind"] for each in _aside(release)) == {"wrong nesting": 4}
