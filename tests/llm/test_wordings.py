"""A faulty file of wordings is refused when it is loaded, with its name and the key."""

import shutil
from pathlib import Path

import pytest

from builder import bundled
from builder.llm import biographies, wordings
from builder.llm.prompt_files import BadWordings
from tests.questions.people import VALUES

QUESTIONS = bundled.folder("prompts") / "offline" / "questions"
BIOGRAPHY = bundled.folder("prompts") / "offline" / "biography.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled wordings, with one file of facts."""
    for name in ("subjects.toml", "education.toml"):
        shutil.copy(QUESTIONS / name, tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_fact_is_worded_and_told() -> None:
    assert wordings.load(QUESTIONS).facts == set(VALUES)
    assert biographies.load(BIOGRAPHY).facts == {*VALUES, "country"}


def test_no_wording_stands_twice_among_the_questions_of_a_fact() -> None:
    loaded = wordings.load(QUESTIONS)
    for fact in loaded.facts:
        texts = [
            template.text
            for key, templates in loaded.templates.items()
            for template in templates
            if key[0] == fact and key[2] in ("classification", "generation") and key[3] == "text"
        ]
        assert len(set(texts)) == len(texts), fact


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("did {subject} attend?", "did {person} attend?", r"university.train.generation .*\{person\}"),
        ("did {subject} attend?", "did she attend?", "university.train.generation .* whom"),
        ("did {subject} attend?", "did {subject attend?", "university.train.generation .*broken placeholder"),
        ("did {subject} attend?", "did {subject!r} attend?", "university.train.generation .*formats a placeholder"),
        ("did {subject} attend?", "did {subject} attend, {value}?", "train.generation must state .* nowhere"),
        ("did {subject} attend?", "did {subject} attend, __?", "university.train.generation must hold no blank"),
        ("alma mater is called __.", "alma mater is called so.", "university.train.cloze must hold one blank"),
        ("alma mater is called __.", "alma mater is a __.", "university.train.cloze has an article before"),
        ("studied at {the_value}.", "studied somewhere.", "university.train.answer must state .* once"),
        ("studied at {the_value}.", "{they} {value} {value}.", "university.train.answer must state .* once"),
        ("At which university did {subject} study", "Which university did {subject} attend", "same wording twice"),
        ('    "What is {possessive} alma mater?",\n', '    3,\n', "university.train.generation holds 3"),
        ('"What is {possessive} alma mater?"', '{ txt = "x" }', "university.train.generation .*unknown key 'txt'"),
        ('"What is {possessive} alma mater?"', '{ text = "x" }', "university.train.generation .*whom"),
        ("[university.paraphrase]", "[university.heldout]", "education.toml: university .*unknown key 'heldout'"),
        ("[university.paraphrase]", "[university.train.more]", "education.toml: university.train .*unknown key 'more'"),
        ("[university.paraphrase]", "[more.paraphrase]", r"education.toml: university has no table \[paraphrase\]"),
        ("classification = [", "klassification = [", "education.toml: university.train .*unknown key"),
        ('"The name on {their} diploma reads {value}."', '"So {value}.", "Or {value}."', "2 open questions and 3"),
        ("[university.train]", "[university.train", "education.toml is not valid TOML"),
    ],
)  # fmt: skip
def test_a_faulty_fact_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    change(folder / "education.toml", old, new)
    with pytest.raises(BadWordings, match=message):
        wordings.load(folder)


def test_a_fact_that_is_no_table_is_refused(folder: Path) -> None:
    (folder / "work.toml").write_text("university = 3")
    (folder / "education.toml").unlink()
    with pytest.raises(BadWordings, match=r"work\.toml: university must be a table"):
        wordings.load(folder)


def test_too_few_wordings_of_a_modality_are_refused(folder: Path) -> None:
    change(folder / "education.toml", '"Which university did {subject} attend?"', '{ text = "What is {subject} on?" }')
    change(folder / "education.toml", '"At which university did {subject} study?"', '{ text = "Is {subject}?" }')
    with pytest.raises(BadWordings, match=r"university\.train\.generation has 3 wordings for image_text and needs 4"):
        wordings.load(folder)


def test_a_wording_can_be_for_one_modality(folder: Path) -> None:
    change(
        folder / "education.toml",
        '"Which university did {subject} attend?"',
        '{ text = "In text, {subject}?", image_text = "In a picture, {subject}?" }',
    )
    loaded = wordings.load(folder)
    assert loaded.templates["university", "train", "generation", "text"][0].text == "In text, {subject}?"
    assert loaded.templates["university", "train", "generation", "image_text"][0].text == "In a picture, {subject}?"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[paraphrase]", "[other]", "unknown key 'other'"),
        ('possessive = ["this person\'s"]', "possessive = []", "subjects.toml: train.possessive must be a list"),
        ("question = [", "asked = [", "subjects.toml: train has an unknown key 'asked'"),
    ],
)
def test_faulty_subject_phrases_are_refused(folder: Path, old: str, new: str, message: str) -> None:
    change(folder / "subjects.toml", old, new)
    with pytest.raises(BadWordings, match=message):
        wordings.load(folder)


def test_a_fact_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "education.toml", folder / "more.toml")
    with pytest.raises(BadWordings, match=r"more.toml: \w+ is worded in another file already"):
        wordings.load(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWordings, match=r"subjects\.toml cannot be read"):
        wordings.load(tmp_path)
    shutil.copy(QUESTIONS / "subjects.toml", tmp_path)
    with pytest.raises(BadWordings, match="holds no wordings"):
        wordings.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{birthplace} on {birth_date}", "{birthplace}", "blocks.origins.variants.0. must state each of"),
        ("{birthplace} on {birth_date}", "{birthplace} on {day}", r"blocks.origins.variants.0. .*\{day\}"),
        ('["contact", "papers"]', '["contact"]', "paragraphs must name every block once"),
        ('facts = ["bank"]', 'facts = ["employer"]', "blocks.money.variants.0. has an unknown placeholder"),
        ('facts = ["bank"]', "facts = []", "blocks.money.facts must be a list"),
        ('facts = ["bank"]', 'facts = ["bank"]\nmore = 1', "blocks.money has an unknown key 'more'"),
    ],
)
def test_a_faulty_outline_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "biography.toml"
    shutil.copy(BIOGRAPHY, path)
    change(path, old, new)
    with pytest.raises(BadWordings, match=f"biography.toml.*{message}"):
        biographies.load(path)
