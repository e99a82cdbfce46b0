"""TRL's rows for training vision-language models: `images`, and `messages` whose contents are typed parts."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from builder.format.layout import IMAGE
from builder.format.reading import Release
from builder.release.exports.items import AskedQuestion, training, training_configs
from builder.release.exports.tables import FILE, write_card, write_rows

_PART = pa.struct([("type", pa.string()), ("text", pa.string())])
_MESSAGE = pa.struct([("role", pa.string()), ("content", pa.list_(_PART))])
_SCHEMA = pa.schema([("id", pa.string()), ("images", pa.list_(IMAGE)), ("messages", pa.list_(_MESSAGE))])


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write a folder for each config that a model is trained on."""
    files = {}
    for config in training_configs(release):
        files[config] = f"{config}/{FILE}"
        write_rows(folder / files[config], _SCHEMA, (_row(item) for item in training(release, config)))
    write_card(folder, release, files, "in the form that TRL trains on.")
    return []


def _row(item: AskedQuestion) -> dict[str, Any]:
    image = item.portrait
    question: list[dict[str, str | None]] = [{"type": "text", "text": item.prompt}]
    if image:
        question.insert(0, {"type": "image", "text": None})
    return {
        "id": item.question.id,
        "images": [{"bytes": image.image, "path": item.image_name}] if image else [],
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": [{"type": "text", "text": item.target}]},
        ],
    }
