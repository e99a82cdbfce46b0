"""Evaluation questions as flat rows with an image column, for runners that ask one question a row."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from builder.format.layout import IMAGE
from builder.format.reading import Release
from builder.release.exports.handed_out import figures_of
from builder.release.exports.items import AskedQuestion, evaluation
from builder.tasks import Task

FLAT = pa.schema(
    [
        ("id", pa.string()),
        ("person", pa.string()),
        ("fact", pa.string()),
        ("task", pa.string()),
        ("modality", pa.string()),
        ("image", IMAGE),
        ("question", pa.string()),
        ("prompt", pa.string()),
        ("options", pa.list_(pa.string())),
        ("answer", pa.string()),
        ("value", pa.string()),
        ("others", pa.list_(pa.string())),
        ("figures", pa.list_(pa.string())),
    ]
)
"""`answer` is the right reply to `prompt`: a letter, what fills the blank, or a sentence. `figures` are the functions
that score a reply, in files beside: they look for the `value`, and `others` are the values that other people have.
"""


def rows(release: Release, config: str, task: Task) -> Iterator[dict[str, Any]]:
    """The rows of a config, of one task."""
    for item in evaluation(release, config):
        if item.task == task:
            yield _row(item)


def _row(item: AskedQuestion) -> dict[str, Any]:
    question, portrait = item.question, item.portrait
    return {
        "id": question.id,
        "person": question.profile_id,
        "fact": question.fact,
        "task": question.task,
        "modality": question.modality,
        "image": {"bytes": portrait.image, "path": item.image_name} if portrait else None,
        "question": question.question,
        "prompt": item.prompt,
        "options": list(question.options),
        "answer": item.target,
        "value": question.value,
        "others": list(item.others),
        "figures": figures_of(item.task),
    }
