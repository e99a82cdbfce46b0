"""MLLMU-Bench's folders (arXiv 2410.22108), as its published evaluation and training code reads them.

`Full_Set`, `forget_N` and `retain_N` hold a row a person with the questions of the evaluation, `Test_Set` the same
people in other wording and with other pictures, `Retain_Set` real people. `metadata`, in `ft_Data` and in the training
splits, is what models are trained on; its questions are all asked beside the picture.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from builder.base.records import Modality, Use
from builder.format.splits import PUBLIC_FIGURES
from builder.imports.foreign import TRAIN, Asked, ForeignPerson, ForeignSet
from builder.imports.tables import (
    Row,
    biography_of,
    given,
    identity_of,
    image_bytes,
    literal,
    parquet_folders,
    parquet_rows,
)

_TEST, _REAL = "Test_Set", "Retain_Set"
_TRAINED = ("ft_Data", "Full_Set")
"""The folders of everybody, the one with training questions first."""
_SPLIT = re.compile(r"(?:forget|retain)_\d{1,2}")
_CHOICES: dict[str, Modality] = {"Image_Textual_Questions": "image_text", "Pure_Text_Questions": "text"}
_TYPES: dict[str, Modality] = {"Image_Textual": "image_text", "Pure_Text": "text"}
_OPEN = {"Generation_Task": "generation", "Mask_Task": "cloze"}
_COMPARED = ("biography", "Classification_Task", "Generation_Task", "Mask_Task")
"""What must be the same in every set that repeats a person."""


def read(source: Path, foreign: ForeignSet) -> None:
    """Read everybody, then the test set."""
    folders = parquet_folders(source)
    done: set[tuple[str, Use]] = set()
    for folder in (*_TRAINED, *sorted(filter(_SPLIT.fullmatch, folders)), _REAL):
        name = {_REAL: PUBLIC_FIGURES}.get(folder, TRAIN if folder in _TRAINED else folder)
        for place, row in parquet_rows(folders.get(folder, [])):
            if identity := identity_of(foreign, row, "ID", place):
                # Real people are counted by themselves: the same number elsewhere is somebody else.
                _read_person(foreign, f"{_REAL} {identity}" if folder == _REAL else identity, name, place, row, done)
    for place, row in parquet_rows(folders.get(_TEST, [])):
        _read_test(foreign, place, row)


def _read_person(
    foreign: ForeignSet, identity: str, name: str, place: str, row: Row, done: set[tuple[str, Use]]
) -> None:
    """Read a row; `done` says whose questions of which use were read already."""
    met = foreign.knows(identity)
    person = foreign.person(identity, name)
    if not met:
        person.name, person.biography = biography_of(row.get("biography"))
        foreign.add_picture(person, "reference", image_bytes(row.get("image")), place)
    foreign.compare(person, place, {column: row.get(column) for column in _COMPARED})
    if any(row.get(column) for column in _COMPARED[1:]) and (identity, "eval") not in done:
        done.add((identity, "eval"))
        _read_evaluation(foreign, person, place, row, "eval")
    if row.get("metadata") and (identity, "train") not in done:
        done.add((identity, "train"))
        _read_training(foreign, person, place, row["metadata"])


def _read_test(foreign: ForeignSet, place: str, row: Row) -> None:
    identity = identity_of(foreign, row, "ID", place)
    if not identity:
        return
    if not foreign.knows(identity):
        foreign.set_aside("person without a set", place, "the person is in the test set alone", identity)
        return
    person = foreign.person(identity)
    images = row.get("images")
    if not isinstance(images, list):
        foreign.set_aside("wrong nesting", place, "its images are no list", identity)
        images = []
    for image in images:
        foreign.add_picture(person, "test", image_bytes(image), place)
    _read_evaluation(foreign, person, place, row, "paraphrase")


def _read_evaluation(foreign: ForeignSet, person: ForeignPerson, place: str, row: Row, use: Use) -> None:
    choices = row.get("Classification_Task") or {}
    if not isinstance(choices, Mapping):
        foreign.set_aside("wrong nesting", place, "its Classification_Task is no object", person.id)
        choices = {}
    for kind, modality in _CHOICES.items():
        for where, each in _listed(foreign, person, f"{place}, Classification_Task.{kind}", choices.get(kind)):
            options, letter = given(each.get("Options")), each.get("Correct_Answer")
            asked = Asked("classification", modality, use, each.get("Question"), letter, options)
            foreign.add_question(person, asked, where)
    for column, task in _OPEN.items():
        for where, each in _listed(foreign, person, f"{place}, {column}", row.get(column)):
            kind = str(each.get("Type"))
            if kind not in _TYPES:
                reason = f"its Type is '{kind}' and neither of {', '.join(_TYPES)}: '{each.get('Question')}'"
                foreign.set_aside("type of a question", where, reason, person.id)
                continue
            asked = Asked(task, _TYPES[kind], use, each.get("Question"), each.get("Ground_Truth"))
            foreign.add_question(person, asked, where)


def _read_training(foreign: ForeignSet, person: ForeignPerson, place: str, text: object) -> None:
    where = f"{place}, metadata"
    for spot, each in _listed(foreign, person, where, literal(text)):
        asked = Asked("generation", "image_text", "train", each.get("Question"), each.get("Answer"))
        foreign.add_question(person, asked, spot)


def _listed(foreign: ForeignSet, person: ForeignPerson, place: str, value: object) -> Iterator[tuple[str, Row]]:
    """The objects of a list with their places; what is no list, or no object in it, is set aside."""
    if value is None:
        return
    if not isinstance(value, list):
        foreign.set_aside("wrong nesting", place, f"it is a {type(value).__name__} and no list", person.id)
        return
    for number, each in enumerate(value):
        where = f"{place}[{number}]"
        if isinstance(each, dict):
            yield where, each
        else:
            foreign.set_aside("wrong nesting", where, f"it is a {type(each).__name__} and no object", person.id)
