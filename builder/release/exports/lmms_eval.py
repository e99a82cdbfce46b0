"""Tasks of lmms-eval with their data: `lmms_eval --include_path DIR --tasks NAME`. All by generation: its servers of
models have no loglikelihood.
"""

from pathlib import Path
from typing import Any

import yaml

from builder.format.reading import Release
from builder.release.exports.flat import FLAT, rows
from builder.release.exports.handed_out import hand_out, hand_out_scoring
from builder.release.exports.handed_out.lmms_eval_utils import MODALITIES
from builder.release.exports.items import evaluation_configs, evaluation_tasks
from builder.release.exports.tables import write_rows
from builder.tasks import Task

_SHARED = "_shared"


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write a task for each config and kind of question, what they share, and the data."""
    kinds = evaluation_tasks(release)
    hand_out("lmms_eval_utils.py", folder / "utils.py")
    hand_out_scoring(kinds, folder)
    (folder / _SHARED).write_text(_yaml(_shared()), encoding="utf-8")
    stem = release.name.replace("-", "_").replace(".", "_")
    names = []
    for config in evaluation_configs(release):
        for task in kinds:
            name = f"{stem}_{config}_{task.name}"
            data = f"data/{config}_{task.name}.parquet"
            write_rows(folder / data, FLAT, rows(release, config, task))
            version = release.manifest.get("version", "0.0.0")
            (folder / f"{name}.yaml").write_text(_yaml(_task(name, data, task, version)), encoding="utf-8")
            names.append(name)
    (folder / f"{stem}.yaml").write_text(_yaml({"group": stem, "task": names}), encoding="utf-8")
    return ["ROUGE-L is scored with the package rouge-score: pip install rouge-score"]


def _shared() -> dict[str, Any]:
    return {
        "dataset_path": "parquet",
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_visual": "!function utils.doc_to_visual",
        "doc_to_text": "!function utils.doc_to_text",
        "doc_to_messages": "!function utils.doc_to_messages",
        "doc_to_target": "answer",
        "process_results": "!function utils.process_results",
    }


def _task(name: str, data: str, task: Task, version: str) -> dict[str, Any]:
    """A task's settings. lmms-eval looks for the data from where these settings lie, so the folder may move."""
    metric = {"aggregation": "!function utils.mean", "higher_is_better": True}
    metrics = [f"{modality}_{figure.__name__}" for figure in task.figures for modality in MODALITIES]
    return {
        "include": _SHARED,
        "task": name,
        "dataset_kwargs": {"data_files": {"test": data}},
        "generation_kwargs": {"max_new_tokens": task.answer_tokens, "temperature": 0, "do_sample": False},
        "metric_list": [{"metric": each, **metric} for each in metrics],
        "metadata": {"version": version},
    }


def _yaml(data: dict[str, Any]) -> str:
    """YAML with lmms-eval's own tag for functions, which must not be quoted."""
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1_000)
    return "\n".join(_unquoted(line) for line in text.splitlines()) + "\n"


def _unquoted(line: str) -> str:
    return line.replace("'", "") if "!function" in line else line
