"""UMU-Bench's folders, as its published code reads them: a row a person, with columns of Python or JSON literals.

`MM_QA` and `UM_QA` are what models are trained on, with and without the picture. `Classify`, `Cloze` and `Generation`
hold the questions of the evaluation in both modalities, which bear the same keys where they ask for the same.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from builder.base.records import Modality
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

_FOLDERS = {"Full_Set": TRAIN, "full_data": TRAIN, "Real_Person_Set": PUBLIC_FIGURES}
"""What the folders of everybody are called in the data set and in its training code; the evaluation's own copy of the
real people, `real_person`, holds nothing new."""
_SPLIT = re.compile(r"(?:forget|retain)_\d{1,2}")
_TASKS = {"Classify": "classification", "Cloze": "cloze", "Generation": "generation"}
_TAUGHT: dict[str, Modality] = {"MM_QA": "image_text", "UM_QA": "text"}
_MODALITIES: dict[str, Modality] = {"multimodal": "image_text", "muitimodal": "image_text", "unimodal": "text"}
"""The data set and its code spell the first one differently."""


def read(source: Path, foreign: ForeignSet) -> None:
    """Read everybody."""
    folders = parquet_folders(source)
    for folder in (*_FOLDERS, *sorted(filter(_SPLIT.fullmatch, folders))):
        for place, row in parquet_rows(folders.get(folder, [])):
            if identity := identity_of(foreign, row, "ID", place):
                name = _FOLDERS.get(folder, folder)
                # Real people are counted by themselves: the same number elsewhere is somebody else.
                identity = f"{folder} {identity}" if name == PUBLIC_FIGURES else identity
                met = foreign.knows(identity)
                person = foreign.person(identity, name)
                foreign.compare(person, place, {column: row.get(column) for column in (*_TAUGHT, *_TASKS)})
                if not met:
                    _read_person(foreign, person, place, row)


def _read_person(foreign: ForeignSet, person: ForeignPerson, place: str, row: Row) -> None:
    person.name, person.biography = biography_of(row.get("Biography"))
    foreign.add_picture(person, "reference", image_bytes(row.get("image")), place)
    for column, modality in _TAUGHT.items():
        taught = _object(foreign, person, f"{place}, {column}", literal(row.get(column)))
        questions, answers = (
            _object(foreign, person, f"{place}, {column}.{key}", taught.get(key)) for key in ("question", "answer")
        )
        for key, question in questions.items():
            asked = Asked("generation", modality, "train", question, answers.get(key))
            foreign.add_question(person, asked, f"{place}, {column}.{key}")
    for column, task in _TASKS.items():
        for where, key, modality, each in _asked(foreign, person, f"{place}, {column}", literal(row.get(column))):
            options = given(each.get("options")) if task == "classification" else None
            answer = each.get("answer")
            if options is not None and isinstance(answer, str):
                answer = answer.partition(".")[0].strip()  # "B. Lisbon", of which its code reads the letter
            asked = Asked(task, modality, "eval", each.get("question"), answer, options, _about(column, key))
            foreign.add_question(person, asked, where)


def _asked(
    foreign: ForeignSet, person: ForeignPerson, place: str, value: object
) -> Iterator[tuple[str, str, Modality, Mapping[str, Any]]]:
    """The questions of a column with their places, their keys and their modalities."""
    for kind, questions in _object(foreign, person, place, value).items():
        if kind not in _MODALITIES:
            reason = f"its kind is '{kind}' and none of {', '.join(_MODALITIES)}"
            foreign.set_aside("type of a question", place, reason, person.id)
            continue
        for key, each in _object(foreign, person, f"{place}.{kind}", questions).items():
            where = f"{place}.{kind}.{key}"
            yield where, str(key), _MODALITIES[kind], _object(foreign, person, where, each)


def _object(foreign: ForeignSet, person: ForeignPerson, place: str, value: object) -> Mapping[str, Any]:
    """An object; anything else is set aside."""
    if isinstance(value, Mapping):
        return value
    foreign.set_aside("wrong nesting", place, "it is no literal of an object", person.id)
    return {}


def _about(column: str, key: str) -> str:
    """What pairs the questions of both modalities: their key, in the form that a record has."""
    plain = re.sub(r"\W+", "_", key.strip().lower())
    return plain if plain[:1].isalpha() else f"{column.lower()}_{plain}"
