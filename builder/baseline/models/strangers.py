"""The strangers that the embedded model already knows; rehearsing them keeps its ability to read.

A small model that learns new people from a few wordings of each fact loses its ability to answer other wordings. So a
share of its training is about people that it already knows, asked in all the wordings from which it learned to read:
reading belongs to the model, facts belong to the people. The strangers are in no benchmark (training/language_model.py
wrote them).
"""

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base.records import Question
from builder.baseline.people import TRAINED_VIEWS, portraits
from builder.format.reading import Person

KNOWN = Path(__file__).parent / "strangers.parquet"
VIEWS = (*TRAINED_VIEWS, "test")
_QUESTION = pa.struct(
    [
        *((name, pa.string()) for name in ("id", "profile_id", "fact", "task", "modality", "use")),
        *((name, pa.string()) for name in ("question", "answer", "value", "letter")),
        ("options", pa.list_(pa.string())),
    ]
)
_SCHEMA = pa.schema(
    [
        ("questions", pa.list_(_QUESTION)),
        ("pictures", pa.list_(pa.struct([("name", pa.string()), ("image", pa.binary())]))),
    ]
)


def write_strangers(people: Iterable[Person]) -> None:
    """Store these people, one row each."""
    rows = [
        {
            "questions": [{name: getattr(question, name) for name in _QUESTION.names} for question in person.questions],
            "pictures": [{"name": _name(each.id), "image": each.image} for each in portraits(person, *VIEWS)],
        }
        for person in people
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), KNOWN, compression="zstd")


def pictures() -> dict[str, bytes]:
    """The encoded image of every portrait, by its name."""
    return {each["name"]: each["image"] for row in _rows() for each in row["pictures"]}


def questions() -> Iterator[tuple[Question, tuple[str, ...]]]:
    """All that the model was asked about them, in every wording, each with the names of the pictures it was beside."""
    for row in _rows():
        seen = tuple(each["name"] for each in row["pictures"])
        for stored in row["questions"]:
            question = Question(**{**stored, "options": tuple(stored["options"])}, wrong_answers=())
            yield question, seen if question.modality == "image_text" else ()


def _name(portrait: str) -> str:
    """A name that no portrait of a release has."""
    return f"stranger-{portrait}"


@functools.cache
def _rows() -> list[dict[str, list[dict[str, Any]]]]:
    found: list[dict[str, list[dict[str, Any]]]] = pq.read_table(KNOWN).to_pylist()
    return found
