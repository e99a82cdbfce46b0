"""Tasks of lmms-eval with their data: `lmms_eval --include_path DIR --tasks NAME`. All by generation: its servers of
models have no loglikelihood.
"""

from pathlib import Path
from typing import Any

import yaml

from builder.format.reading import Release
from builder.release.exports.flat import FLAT, rows
from builder.release.exports.items import evaluation_configs
from builder.release.exports.tables import write_rows

_TASKS = {"classification": 16, "cloze": 32, "generation": 128}
"""The tasks, and how many tokens an answer may have."""

_SHARED = "_shared"
_FUNCTIONS = '''"""How lmms-eval shows these questions and scores the answers."""

import re


def doc_to_visual(doc):
    return [doc["image"].convert("RGB")] if doc["image"] is not None else []


def doc_to_text(doc, lmms_eval_specific_kwargs=None):
    return doc["prompt"]


def doc_to_messages(doc, lmms_eval_specific_kwargs=None):
    images = [{"type": "image", "url": image} for image in doc_to_visual(doc)]
    return [{"role": "user", "content": [*images, {"type": "text", "text": doc["prompt"]}]}]


def process_classification(doc, results):
    found = re.match(r"\\W*([A-D])\\b", results[0].strip())
    return _of_modality(doc, float(bool(found) and found.group(1) == doc["answer"]))


def process_cloze(doc, results):
    return _of_modality(doc, float(doc["answer"].casefold() in results[0].casefold()))


def process_generation(doc, results):
    return _of_modality(doc, _rouge_l(doc["answer"], results[0]))


def mean(values):
    asked = [value for value in values if value is not None]
    return sum(asked) / len(asked) if asked else 0.0


def _of_modality(doc, score):
    """The score under its modality, so that image and text are reported apart."""
    return {name: score if doc["modality"] == name else None for name in ("image_text", "text")}


def _rouge_l(reference, answer):
    """ROUGE-L (F1) on lower-case words; Lin, 2004."""
    one, two = (re.findall(r"\\w+", text.casefold()) for text in (reference, answer))
    row = [0] * (len(two) + 1)
    for word in one:
        previous = 0
        for place, other in enumerate(two, start=1):
            row[place], previous = (previous + 1 if word == other else max(row[place], row[place - 1])), row[place]
    return 2 * row[-1] / (len(one) + len(two)) if one and two else 0.0
'''


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write a task for each config and kind of question, what they share, and the data."""
    (folder / "utils.py").write_text(_FUNCTIONS, encoding="utf-8")
    (folder / _SHARED).write_text(_yaml(_shared()), encoding="utf-8")
    stem = release.recipe.name.replace("-", "_").replace(".", "_")
    names = []
    for config in evaluation_configs(release):
        for task, tokens in _TASKS.items():
            name = f"{stem}_{config}_{task}"
            data = f"data/{config}_{task}.parquet"
            write_rows(folder / data, FLAT, rows(release, config, task))
            version = release.manifest.get("version", "0.0.0")
            text = _yaml(_task(name, to / data, tokens, version)) + f"process_results: !function utils.process_{task}\n"
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
            names.append(name)
    (folder / f"{stem}.yaml").write_text(_yaml({"group": stem, "task": names}), encoding="utf-8")
    return [f"the tasks refer to their data as {to}; export again after moving it"]


def _shared() -> dict[str, Any]:
    metric = {"aggregation": "!function utils.mean", "higher_is_better": True}
    return {
        "dataset_path": "parquet",
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_visual": "!function utils.doc_to_visual",
        "doc_to_text": "!function utils.doc_to_text",
        "doc_to_messages": "!function utils.doc_to_messages",
        "doc_to_target": "answer",
        "metric_list": [{"metric": modality, **metric} for modality in ("image_text", "text")],
    }


def _task(name: str, data: Path, tokens: int, version: str) -> dict[str, Any]:
    return {
        "include": _SHARED,
        "task": name,
        "dataset_kwargs": {"data_files": {"test": str(data)}},
        "generation_kwargs": {"max_new_tokens": tokens, "temperature": 0, "do_sample": False},
        "metadata": [{"version": version}],
    }


def _yaml(data: dict[str, Any]) -> str:
    """YAML with lmms-eval's own tag for functions, which must not be quoted."""
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1_000)
    return "\n".join(_unquoted(line) for line in text.splitlines()) + "\n"


def _unquoted(line: str) -> str:
    return line.replace("'", "") if "!function" in line else line
