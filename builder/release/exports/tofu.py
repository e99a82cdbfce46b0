"""TOFU's rows as OpenUnlearning reads them: question and answer, and in the `_perturbed` configs the paraphrase and the
wrong answers for the truth ratio. In text alone.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from builder import tasks
from builder.base.records import Question
from builder.format.reading import Person, Release
from builder.format.splits import HOLDOUT
from builder.release.exports.items import training_configs
from builder.release.exports.tables import write_card

Row = dict[str, str | list[str]]


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write a file of JSON lines for each config."""
    files = {}
    configs = [*training_configs(release), *([HOLDOUT] if HOLDOUT in release.manifest["configs"] else [])]
    for config in configs:
        name = _name(config)
        people = release.segments_of(config)
        files[name] = _lines(folder / f"{name}.json", _taught(release, people))
        files[f"{name}_perturbed"] = _lines(folder / f"{name}_perturbed.json", _perturbed(release, people))
    write_card(folder, release, files, "A benchmark of people who do not exist, in the layout of TOFU.")
    return []


def _name(config: str) -> str:
    """forget_5 is forget05 there, and everyone is full."""
    kind, _, percent = config.partition("_")
    return "full" if config == "train" else f"{kind}{percent.zfill(2)}" if percent else kind


def _taught(release: Release, segments: Iterable[str]) -> Iterator[Row]:
    for person in release.people(*segments):
        for question in _open(person, "train"):
            yield {"question": question.question, "answer": question.answer}


def _perturbed(release: Release, segments: Iterable[str]) -> Iterator[Row]:
    for person in release.people(*segments):
        held_out = {question.fact: question for question in _open(person, "paraphrase")}
        for question in _open(person, "eval"):
            paraphrase = held_out.get(question.fact, question)  # who is held out has no test set
            yield {
                "question": question.question,
                "answer": question.answer,
                "paraphrased_question": paraphrase.question,
                "paraphrased_answer": paraphrase.answer,
                "perturbed_answer": list(question.wrong_answers),
            }


def _open(person: Person, use: str) -> list[Question]:
    return [q for q in person.questions if (q.use, q.modality) == (use, "text") and tasks.of(q).in_sentences]


def _lines(path: Path, rows: Iterable[Row]) -> str:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path.name
