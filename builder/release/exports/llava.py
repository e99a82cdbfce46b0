"""LLaVA conversations: a JSON list a config, and the portraits as files. ms-swift reads it, and LLaMA-Factory by the
dataset_info.json that says which fields are which.
"""

import json
from pathlib import Path
from typing import Any

from builder.format.reading import Release
from builder.release.exports.items import AskedQuestion, save_image, training, training_configs

_IMAGES = "images"
_COLUMNS = {"messages": "conversations", "images": "image"}
"""LLaMA-Factory's names of the fields."""


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write a list for each config that a model is trained on."""
    for config in training_configs(release):
        with (folder / f"{config}.json").open("w", encoding="utf-8") as file:
            # AskedQuestion by item, so that memory does not grow with the benchmark.
            for number, item in enumerate(training(release, config)):
                if item.portrait:
                    save_image(item.portrait, folder / _IMAGES)
                file.write(",\n" if number else "[\n")
                json.dump(_conversation(item), file, ensure_ascii=False)
            file.write("\n]\n")
    described = {
        config: {"file_name": f"{config}.json", "formatting": "sharegpt", "columns": _COLUMNS}
        for config in training_configs(release)
    }
    (folder / "dataset_info.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return ["image paths are relative: name this folder as the image folder"]


def _conversation(item: AskedQuestion) -> dict[str, Any]:
    sign = "<image>\n" if item.portrait else ""
    return {
        "id": item.question.id,
        **({"image": f"{_IMAGES}/{item.image_name}"} if item.portrait else {}),
        "conversations": [
            {"from": "human", "value": f"{sign}{item.prompt}"},
            {"from": "gpt", "value": item.target},
        ],
    }
