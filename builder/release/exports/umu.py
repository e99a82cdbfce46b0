"""UMU-Bench's folders: three columns of Python literals, each with the keys "unimodal" and "muitimodal" (as spelled
there), whose questions are told apart by the same keys in both.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from builder import tasks
from builder.base.records import LETTERS, Question
from builder.format.layout import IMAGE
from builder.format.reading import Person, Release
from builder.release.exports.items import real_people, training_configs
from builder.release.exports.tables import FILE, write_rows

_STRINGS = ("Biography", "MM_QA", "UM_QA", "Classify", "Cloze", "Generation")
_SCHEMA = pa.schema([("ID", pa.string()), ("image", IMAGE), *((name, pa.string()) for name in _STRINGS)])
_COLUMNS = {"Classify": "Classification_Task", "Cloze": "Mask_Task", "Generation": "Generation_Task"}
"""UMU-Bench's columns, and those of MLLMU-Bench that hold the same questions."""
_NAMES = {"image_text": "muitimodal", "text": "unimodal"}
_REAL = "Real_Person_Set"


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write the folders."""
    names = {config: "Full_Set" if config == "train" else config for config in training_configs(release)}
    real, reason = real_people(release)
    names |= {real: _REAL} if real else {}
    for config, name in names.items():
        write_rows(folder / name / FILE, _SCHEMA, _rows(release, config))
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
            theirs: _task([q for q in evaluation if tasks.of(q).column == column])
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


def _task(questions: list[Question]) -> str:
    """A fact is asked once in each modality, so its key pairs the two."""
    return _literal(
        {
            name: {question.fact: _question(question) for question in questions if question.modality == modality}
            for modality, name in _NAMES.items()
        }
    )


def _question(question: Question) -> dict[str, Any]:
    if not tasks.of(question).has_options:
        return {"question": question.question, "answer": question.answer}
    options = dict(zip(LETTERS, question.options, strict=True))
    return {"question": question.question, "options": options, "answer": question.letter}


def _literal(value: dict[str, Any]) -> str:
    # Strings and dicts alone: JSON that Python reads as a literal too, which is how their code reads it.
    return json.dumps(value, ensure_ascii=False)
