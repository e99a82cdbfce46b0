"""UMU-Bench's folders: three columns of Python literals, each with the keys "unimodal" and "muitimodal" (as spelled
there), whose questions are told apart by the same keys in both.

Its eval.py takes the right letter of a choice from "unimodal" even where it shows the options of "muitimodal", cuts the
answer of a blank at its first dot, and looks for the real people in a folder of another name than its data set's.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from builder import tasks
from builder.base.records import LETTERS, Question
from builder.format.layout import IMAGE
from builder.format.reading import Person, Release
from builder.release.exports.items import real_people, training_configs
from builder.release.exports.tables import FILE, write_card, write_rows

_STRINGS = ("Biography", "MM_QA", "UM_QA", "Classify", "Cloze", "Generation")
_SCHEMA = pa.schema([("ID", pa.string()), ("image", IMAGE), *((name, pa.string()) for name in _STRINGS)])
_COLUMNS = {"Classify": "Classification_Task", "Cloze": "Mask_Task", "Generation": "Generation_Task"}
"""UMU-Bench's columns, and those of MLLMU-Bench that hold the same questions."""
_REAL = "Real_Person_Set"
_REAL_OF_EVAL = "real_person"

Pair = tuple[Question, Question]
"""The question about a fact that says the name, and the one that shows the portrait."""


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write the folders."""
    names = {config: "Full_Set" if config == "train" else config for config in training_configs(release)}
    real, reason = real_people(release)
    names |= {real: _REAL} if real else {}
    for config, name in names.items():
        write_rows(folder / name / FILE, _SCHEMA, _rows(release, config))
    if real:
        shutil.copytree(folder / _REAL, folder / _REAL_OF_EVAL)
    files = {name: f"{name}/{FILE}" for name in names.values()}
    write_card(folder, release, files, "in the layout of UMU-Bench.")
    return [f"{_REAL} holds the held-out people: {reason}"] if real and reason else []


def _rows(release: Release, config: str) -> Iterator[dict[str, Any]]:
    for person in release.people(*release.segments_of(config)):
        if person.portraits:  # a public figure may have none
            yield _row(person)


def _row(person: Person) -> dict[str, Any]:
    reference = next(portrait for portrait in person.portraits if portrait.view == "reference")
    evaluation = [question for question in person.questions if question.use == "eval"]
    taught = [q for q in person.questions if q.use == "train" and tasks.of(q).in_sentences]
    return {
        "ID": person.profile.id,
        "image": {"bytes": reference.image, "path": f"{reference.id}.{reference.format}"},
        "Biography": person.profile.biography,
        "MM_QA": _pairs([question for question in taught if question.modality == "image_text"]),
        "UM_QA": _pairs([question for question in taught if question.modality == "text"]),
        **{
            theirs: _task(_paired([q for q in evaluation if tasks.of(q).column == column]))
            for theirs, column in _COLUMNS.items()
        },
    }


def _pairs(questions: list[Question]) -> str:
    numbered = {str(number): question for number, question in enumerate(questions, start=1)}
    return _literal(
        {
            "question": {key: question.question for key, question in numbered.items()},
            "answer": {key: question.answer for key, question in numbered.items()},
        }
    )


def _paired(questions: Iterable[Question]) -> dict[str, Pair]:
    """The two questions about each fact that is asked in both modalities and that their code can score."""
    named: dict[str, Question] = {}
    shown: dict[str, Question] = {}
    for question in questions:
        if not (tasks.of(question).has_blank and "." in question.answer):
            (named if question.modality == "text" else shown)[question.fact] = question
    return {fact: (named[fact], shown[fact]) for fact in named if fact in shown}


def _task(pairs: dict[str, Pair]) -> str:
    return _literal(
        {
            "muitimodal": {fact: _question(shown, named) for fact, (named, shown) in pairs.items()},
            "unimodal": {fact: _question(named, named) for fact, (named, _) in pairs.items()},
        }
    )


def _question(question: Question, named: Question) -> dict[str, Any]:
    """A question as it stands there; a choice has the options in the order of the one that says the name."""
    if not tasks.of(question).has_options:
        return {"question": question.question, "answer": question.answer}
    options = dict(zip(LETTERS, named.options, strict=True))
    return {"question": question.question, "options": options, "answer": named.letter}


def _literal(value: dict[str, Any]) -> str:
    # Strings and dicts alone: JSON that Python reads as a literal too, which is how their code reads it.
    return json.dumps(value, ensure_ascii=False)
