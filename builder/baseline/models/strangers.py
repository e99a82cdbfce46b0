"""The strangers whom the embedded model knows from before, and by whom it keeps its reading.

A small model that learns new people from a few wordings of each fact loses what it could do with other wordings. So a
share of what it is trained on is about people whom it already knows, asked in all the wordings that it learned to read
by: reading is the model's, facts are the people's. They stand in no benchmark (training/language_model.py wrote them).
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
    """Keep these people: a row each."""
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
    """No portrait of a release is called so."""
    return f"stranger-{portrait}"


@functools.cache
def _rows() -> list[dict[str, list[dict[str, Any]]]]:
    found: list[dict[str, list[dict[str, Any]]]] = pq.read_table(KNOWN).to_pylist()
    return found
