"""CLEAR's folders (arXiv 2410.18057): captioned pictures of TOFU's authors, and the questions of TOFU about them.

`full`, `forgetNN` and `retainNN` hold a picture, its caption and the name in each row. `full+tofu` repeats them and
adds rows without a picture: TOFU's questions, twenty for each author in a row. They do not say who that is: it is
whoever is named most often in the twenty. A caption is asked for in the words of CLEAR's own code. Here a person is
asked about one picture, so the captions of an author's further ones are set aside. `real_faces` asks no question, and
is not read.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from builder.base.errors import CallError
from builder.format.splits import PUBLIC_FIGURES
from builder.imports.foreign import TRAIN, Asked, ForeignPerson, ForeignSet
from builder.imports.tables import Row, identity_of, image_bytes, lettered, parquet_folders, parquet_rows
from builder.imports.tofu import AUTHORS_QUESTIONS

CAPTION = "What can you see in this picture?"
"""The first of the requests that CLEAR's code draws from."""
_FULL, _WITH_QUESTIONS, _WORLD = "full", "full+tofu", "real_world"
_SET = re.compile(r"(forget|retain)(\d\d)")
_PERTURBED = re.compile(r"(?:forget\d\d|retain)_perturbed")


def read(source: Path, foreign: ForeignSet) -> None:
    """Read the captions, the sets, the questions, then the real world."""
    folders = parquet_folders(source)
    if not {_FULL, _WITH_QUESTIONS} <= folders.keys():
        raise CallError(
            f"{source} has no folders {_FULL} and {_WITH_QUESTIONS}; name the folder with the data of CLEAR."
        )
    perturbed = _read_perturbed(folders)
    for place, row in parquet_rows(folders[_FULL]):
        _read_caption(foreign, place, row, perturbed)
    for name, paths in folders.items():
        if found := _SET.fullmatch(name):
            foreign.add_set(set_name := f"{found[1]}_{int(found[2])}")
            for place, row in parquet_rows(paths):
                if identity := identity_of(foreign, row, "name", place):
                    foreign.person(identity, set_name)
    _read_questions(foreign, folders[_WITH_QUESTIONS])
    for number, (place, row) in enumerate(parquet_rows(folders.get(_WORLD, []))):
        _read_world(foreign, number, place, row)


def _read_perturbed(folders: Mapping[str, list[Path]]) -> dict[str, Row]:
    """The rows with a paraphrase and wrong answers, by caption."""
    found: dict[str, Row] = {}
    for name, paths in folders.items():
        if _PERTURBED.fullmatch(name):
            for _, row in parquet_rows(paths):
                found.setdefault(str(row.get("caption")), {key: row[key] for key in row if key != "image"})
    return found


def _read_caption(foreign: ForeignSet, place: str, row: Row, perturbed: Mapping[str, Row]) -> None:
    identity = identity_of(foreign, row, "name", place)
    if not identity:
        return
    person, caption = foreign.person(identity, TRAIN), row.get("caption")
    person.name = identity
    if person.pictured("reference"):
        foreign.set_aside("another picture", place, f"a person is asked about one picture: '{caption}'", identity)
        return
    foreign.add_picture(person, "reference", image_bytes(row.get("image")), place)
    other = perturbed.get(str(caption), {})
    wrong = tuple(text for text in other.get("perturbed_captions") or () if isinstance(text, str) and text.strip())
    foreign.add_question(person, Asked("generation", "image_text", "train", CAPTION, caption, None, "caption"), place)
    asked = Asked("generation", "image_text", "eval", CAPTION, caption, None, "caption", wrong)
    foreign.add_question(person, asked, place)
    if restated := other.get("paraphrased_caption"):
        asked = Asked("generation", "image_text", "paraphrase", CAPTION, restated, None, "caption", wrong)
        foreign.add_question(person, asked, place)


def _read_questions(foreign: ForeignSet, paths: list[Path]) -> None:
    """Give each block of twenty questions to its author."""
    rows = [(place, row) for place, row in parquet_rows(paths) if row.get("image") is None]
    people = foreign.everybody()
    for start in range(0, len(rows), AUTHORS_QUESTIONS):
        block = rows[start : start + AUTHORS_QUESTIONS]
        author = _author(people, " ".join(f"{row.get('question')} {row.get('answer')}" for _, row in block))
        for number, (place, row) in enumerate(block):
            if author is None:
                foreign.set_aside("row without a person", place, f"nobody is named beside '{row.get('question')}'")
                continue
            for use in ("train", "eval"):
                asked = Asked(
                    "generation", "text", use, row.get("question"), row.get("answer"), None, f"asked_{number}"
                )
                foreign.add_question(author, asked, place)


def _author(people: list[ForeignPerson], text: str) -> ForeignPerson | None:
    """Who is named most often in a text."""
    named = Counter({place: text.count(person.name) for place, person in enumerate(people) if person.name in text})
    return people[named.most_common(1)[0][0]] if named else None


def _read_world(foreign: ForeignSet, number: int, place: str, row: Row) -> None:
    person = foreign.person(f"{_WORLD} {number}", PUBLIC_FIGURES)
    foreign.add_picture(person, "reference", image_bytes(row.get("image")), place)
    options, answer = lettered(row.get("options"), row.get("answer"))
    asked = Asked("classification", "image_text", "eval", row.get("question"), answer, options)
    foreign.add_question(person, asked, place)
