"""A faulty file of wordings is refused when it is loaded, with its name and the key; the bundled ones read well."""

import itertools
import re
import shutil
from pathlib import Path
from random import Random

import pytest

from builder.base import bundled
from builder.llm import biographies, clauses, wordings
from builder.llm.prompt_files import BadWordings
from builder.llm.wordings import FORMS, LEAST, POOLS
from tests.questions.people import VALUES

QUESTIONS = bundled.folder("prompts") / "offline" / "questions"
BIOGRAPHY = bundled.folder("prompts") / "offline" / "biography.toml"
OF_PUBLIC_FIGURES = ("birth_year", "death_year", "nationality", "profession", "place_of_birth")
"""Facts that nobody is trained on: they need no held-out wordings."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled wordings, with one file of facts."""
    for name in ("subjects.toml", "frames.toml", "education.toml"):
        shutil.copy(QUESTIONS / name, tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_fact_is_worded_and_told() -> None:
    assert wordings.load(QUESTIONS).facts == {*VALUES, *OF_PUBLIC_FIGURES}
    assert biographies.load(BIOGRAPHY).facts == {*VALUES, "country"}


def test_each_form_of_a_fact_has_twelve_trained_and_six_held_out_wordings_and_one_to_evaluate_with() -> None:
    assert LEAST == {"train": 13, "paraphrase": 6}
    loaded = wordings.load(QUESTIONS)
    for fact, pool, form in itertools.product(VALUES, POOLS, FORMS):
        assert len({template.text for template in loaded.templates[fact, pool, form]}) >= LEAST[pool]
        if form == "open":
            replies = {template.reply for template in loaded.templates[fact, pool, form]}
            assert len(replies) >= (9 if pool == "train" else 5), fact


def test_what_is_asked_of_public_figures_alone_is_worded_in_every_form_and_not_held_out() -> None:
    loaded = wordings.load(QUESTIONS)
    for fact, form in itertools.product(OF_PUBLIC_FIGURES, FORMS):
        assert loaded.templates[fact, "train", form]
        assert (fact, "paraphrase", form) not in loaded.templates


def test_no_wording_stands_twice_among_the_questions_of_a_fact() -> None:
    loaded = wordings.load(QUESTIONS)
    for fact in loaded.facts:
        texts = [
            template.text
            for key, templates in loaded.templates.items()
            for template in templates
            if key[0] == fact and key[2] != "blank"
        ]
        assert len(set(texts)) == len(texts), fact


TALL = "is {height} tall [|without shoes|in bare feet]"
UNIVERSITIES = 'nouns = ["university", "alma mater", "former university"]'
UNCLEAR = (
    r"\bborn in __\.",  # a city or a year
    r"\b(?:began|started|employer|job) in __\.",
    r"(?:\}|hey\}) (?:has|lives with|suffers from) __\.",
    r"\blives in __\.",  # a city or a country
    r"diploma .*\bname __",  # the university's or the person's
    r"photo",  # portraits may be drawn
    r"\b[Ww]here (?:does|was|is)\b(?!.*travelling)",
    r"\bretire",  # nobody is so old
    r"\bailment",  # an allergy is one too
)
"""What has more than one kind of answer, or none."""


def test_questions_are_clear_and_well_formed() -> None:
    for (fact, pool, form), templates in wordings.load(QUESTIONS).templates.items():
        for template in templates:
            place = f"{fact}.{pool}.{form}: {template.text} {template.reply}"
            for text in filter(None, (template.text, template.reply)):
                assert text == " ".join(text.split()), place
                assert re.match(r"[A-Z]|\{[A-Z]", text), place
                assert not re.search(r" [?.,;]|,,|\.\.|\b(\w+) \1\b|\b[Aa]n? \{|[<>\[\]|]", text), place
            assert template.text.endswith("?" if _asks(template.text, form) else "."), place
            assert not template.reply or template.reply.endswith("."), place
            assert not any(re.search(unclear, template.text) for unclear in UNCLEAR), place


def _asks(text: str, form: str) -> bool:
    return form != "blank" and not text.startswith("Please")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("did {subject} attend?", "did {person} attend?", r"university.train.open .*\{person\}"),
        ("did {subject} attend?", "did she attend?", "university.train.open .* whom"),
        ("did {subject} attend?", "did {subject attend?", "university.train.open .*broken placeholder"),
        ("did {subject} attend?", "did {subject!r} attend?", "university.train.open .*formats a placeholder"),
        ("did {subject} attend?", "did {subject} attend, {value}?", "train.open must not state"),
        ("did {subject} attend?", "did {subject} attend, __?", "university.train.open must hold no blank"),
        ("blank = \"{Phrase} is called __.\"", "blank = \"{Phrase} is called so.\"", "train.blank must hold one blank"),
        ("blank = \"{Phrase} is called __.\"", "blank = \"{Phrase} is a __.\"", "train.blank has an article before"),
        ("attended {the_value}.", "attended one.", "train.open must state .* once in its"),
        ("attended {the_value}.", "{value} {value}.", "train.open must state .* once in its"),
        ('"{Which} did {subject} attend?"', '"At {which} did {subject} study?"', "same wording twice"),
        ('"{Which} did {subject} attend?"', "[3]", "university.train.ask holds 3, which is not"),
        ("say = \"{Subject} attended {the_value}.\", ", "", "university.train.says has an entry without 'say'"),
        ("{ ask = \"{Which} did {subject} attend?\"", "{ asked = \"x\"", "train.says has an unknown key 'asked'"),
        ('kind = ["university", "universities"]', 'kind = ["university"]', "university.kind must be two words"),
        (UNIVERSITIES, "nouns = 3", "train.nouns must be a list"),
        (UNIVERSITIES, 'nouns = ["x"]', "train.blank has 10 wordings and"),
        ("[university.paraphrase]", "[university.heldout]", "education.toml: university .*unknown key 'heldout'"),
        ("[university.paraphrase]", "[university.train.more]", "education.toml: university.train .*unknown key 'more'"),
        ("[university.paraphrase]", "[more.paraphrase]", r"education.toml: university has no table \[paraphrase\]"),
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


def test_relatives_are_worded_alike() -> None:
    loaded = wordings.load(QUESTIONS)
    for pool, form in itertools.product(POOLS, FORMS):
        fathers = [template.text for template in loaded.templates["father_name", pool, form]]
        spouses = [template.text for template in loaded.templates["spouse_name", pool, form]]
        assert [text.replace("father", "spouse") for text in fathers] == spouses


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("subjects.toml", "[paraphrase]", "[other]", "unknown key 'other'"),
        ("subjects.toml", 'possessive = ["this person\'s"]', "possessive = []", "train.possessive must be a list"),
        ("subjects.toml", "question = [", "asked = [", "subjects.toml: train has an unknown key 'asked'"),
        ("frames.toml", "[paraphrase]", "[other]", "unknown key 'other'"),
        ("frames.toml", "which_of = [", "which_off = [", "frames.toml: train has an unknown key 'which_off'"),
    ],
)  # fmt: skip
def test_faulty_phrases_and_frames_are_refused(folder: Path, file: str, old: str, new: str, message: str) -> None:
    change(folder / file, old, new)
    with pytest.raises(BadWordings, match=message):
        wordings.load(folder)


def test_a_fact_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "education.toml", folder / "more.toml")
    with pytest.raises(BadWordings, match=r"more.toml: \w+ is worded in another place already"):
        wordings.load(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWordings, match=r"subjects\.toml cannot be read"):
        wordings.load(tmp_path)
    for name in ("subjects.toml", "frames.toml"):
        shutil.copy(QUESTIONS / name, tmp_path)
    with pytest.raises(BadWordings, match="holds no wordings"):
        wordings.load(tmp_path)


def test_biographies_have_several_hundred_patterns() -> None:
    units = biographies.load(BIOGRAPHY).units
    assert sum(map(len, units.values())) > 600


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (TALL, "is {size} tall", "no theme has the fact 'size'"),
        (TALL, "is tall", "units.vp must state a fact"),
        (TALL, "is [{height}|tall]", "units.vp must state a fact"),
        (TALL, "is [{height}|{email}]", "must state the same facts in every reading"),
        (TALL, "is {height} tall [|without", "unmatched bracket"),
        (TALL, "is {height} <tall>", "names a list <tall> that does not exist"),
        (TALL, "is {height} <tall", "has a broken <list>"),
        ("{their} blood [type|group] is {blood_type}", "{their} {country} is {height}", "some facts of a group"),
        ('    "{S} {vp}.",', '    "{S} {vp}",', "frames.first must be a sentence"),
        ('    "{S} {vp}.",', '    "{S} {np}.",', r"frames.first has an unknown slot \{np\}"),
        ('    "{S} {vp}.",', '    "{S} [{vp}|is].",', "frames.first must have the same slots in every reading"),
        ('education = ["university",', 'education = ["university height",', "a fact is in two different groups"),
        ('education = ["university",', 'education = ["school", "university",', "units.vp has nothing that"),
        ("[frames]", "[frames]\nmore = 1", "frames has an unknown key 'more'"),
    ],
)  # fmt: skip
def test_a_faulty_outline_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "biography.toml"
    shutil.copy(BIOGRAPHY, path)
    change(path, old, new)
    with pytest.raises(BadWordings, match=f"biography.toml.*{message}"):
        biographies.load(path)


def test_alternatives_are_drawn_and_read() -> None:
    words = clauses.parse("a [big|<size>] [brown |]dog <end?>", {"size": ("small", "tiny"), "end": ("there",)}, "x")
    drawn = {clauses.draw(words, Random(seed)) for seed in range(200)}
    assert drawn == {
        f"a {size} {colour}dog{end}"
        for size in ("big", "small", "tiny")
        for colour in ("brown ", "")
        for end in (" there", "")
    }
    assert set(clauses.readings(words)) <= drawn
