"""VLMEvalKit's TSV files: multiple choice with options A to D, and open questions without; image questions alone.

VLMEvalKit words the prompt of a multiple choice itself; other questions are asked as in a baseline. It takes a file for
multiple choice unless its name holds "openended". An image stands in base64 in the first row that shows it; later
rows name that row's index instead.
"""

import base64
import csv
from collections.abc import Iterable
from pathlib import Path

from builder.base.records import LETTERS
from builder.format.reading import Release
from builder.release.exports.items import AskedQuestion, evaluation, evaluation_configs

_COMMON = ("index", "image", "question", "answer", "category", "l2-category", "id")


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write two files for each config that a model is evaluated on."""
    for config in evaluation_configs(release):
        if not release.is_pictured(config):
            continue
        stem = f"{release.name}_{config}"
        _table(folder / f"{stem}_MCQ.tsv", evaluation(release, config), choice=True)
        _table(folder / f"{stem}_OpenEnded.tsv", evaluation(release, config), choice=False)
    return [
        "text-only questions are left out: VLMEvalKit asks about images",
        "run.py scores _MCQ; for _OpenEnded it writes the answers alone (--mode infer)",
    ]


def _table(path: Path, items: Iterable[AskedQuestion], *, choice: bool) -> None:
    first: dict[str, int] = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow((*_COMMON, *(LETTERS if choice else ())))
        wanted = (each for each in items if each.portrait and each.task.has_options == choice)
        for index, item in enumerate(wanted):
            assert item.portrait
            known = first.setdefault(item.image_name, index)
            image = base64.b64encode(item.portrait.image).decode() if known == index else str(known)
            question = item.question
            asked = question.question if choice else item.prompt
            common = (index, image, asked, item.target, question.task, question.fact, question.id)
            writer.writerow((*common, *question.options))
