"""The Hub's evaluation results: files in a model's repository that its page and a benchmark's leaderboard show.

They lie in the repository's folder `.eval_results`. Each states the value of a task that the benchmark's eval.yaml
declares. A release's eval.yaml has one for each config: every person's first open question by name, scored by
inspect-ai's `f1`. Here the same is computed from the stored answers.
"""

import re
import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml
from huggingface_hub.constants import EVAL_RESULTS_FOLDER

from builder import tasks
from builder.base.errors import BenchError, CallError
from builder.baseline.comparing.runs import Runs
from builder.baseline.metrics.text import f1
from builder.run.files import write_text

_COLUMNS = ("seed", "model", "set", "profile_id", "task", "modality", "control", "truth", "output")

Values = Mapping[str, Mapping[str, Mapping[str, list[float]]]]
"""The values of each person's question, one for each seed: by model, set and person."""


def check_dataset(dataset: str) -> None:
    """Raise CallError unless `dataset` names a repository of the Hub."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", dataset, re.ASCII):
        raise CallError(f"--eval-results {dataset}: name the release's repository on the Hub as ORGANISATION/NAME.")


def write(runs: Runs, dataset: str, out: Path) -> None:
    """Write a file for each model of each run, below `out`, for the release that is published as `dataset`.

    Raises CallError for a run in which nobody was asked what the tasks of eval.yaml ask.
    """
    for number, (run, found) in enumerate(runs.items(), 1):
        values = _values(Path(run) / "report" / "results.parquet")
        if not values:
            raise CallError(f"--eval-results: in {run} nobody was asked about in an open question by name.")
        for model in values:
            listed = eval_result_entries_to_yaml(entries(found, values, model, dataset))
            folder = out / f"{number}-{Path(run).name}" / model / EVAL_RESULTS_FOLDER
            text = yaml.safe_dump(listed, sort_keys=False, allow_unicode=True, width=1_000)
            write_text(folder / f"{found['release']['id']}.yaml", text)


def entries(found: Mapping[str, Any], values: Values, model: str, dataset: str) -> list[EvalResultEntry]:
    """One model's entries: its forget set, and those it should keep, as far as they were asked."""
    percent, people = found["settings"]["forget"], found["people"]
    configs = {"forget": f"forget_{percent}", "retain": f"retain_{100 - percent}"}
    return [
        EvalResultEntry(
            dataset_id=dataset,
            task_id=config,
            value=_mean(values[model][name]),
            notes=_notes(found, values, model, name, people[name]),
        )
        for name, config in configs.items()
        if name in values[model]
    ]


def _notes(found: Mapping[str, Any], values: Values, model: str, name: str, everybody: int) -> str:
    """What the value is of, and the value of perfect forgetting."""
    asked = values[model][name]
    seeds = max(map(len, asked.values()))
    said = f"{model} of {found['model']}, mean of {seeds} seeds" if seeds > 1 else f"{model} of {found['model']}"
    some = f"; {len(asked)} of {everybody} people" if len(asked) < everybody else ""
    oracle = values.get("oracle", {}).get(name)
    beside = f"; the model retrained without the forget set has {_mean(oracle)}" if oracle and model != "oracle" else ""
    return f"{said}, release {found['release']['id']}{some}{beside}"


def _mean(asked: Mapping[str, list[float]]) -> float:
    return round(statistics.fmean(value for values in asked.values() for value in values), 4)


def _values(path: Path) -> Values:
    """The score of each person's first open question by name."""
    try:
        rows = pq.read_table(path, columns=list(_COLUMNS)).to_pylist()
    except (OSError, ValueError) as error:
        raise BenchError(f"{path} cannot be read: {error}.") from error
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    for row in _first(rows):
        people = found.setdefault(row["model"], {}).setdefault(row["set"], {})
        people.setdefault(row["profile_id"], []).append(f1(row["output"], row["truth"]))
    return found


def _first(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first open question by name of each person, set, model and seed: the one in a release's rows."""
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        if row["modality"] == "text" and not row["control"] and tasks.named(row["task"]).in_sentences:
            found.setdefault((row["model"], row["seed"], row["set"], row["profile_id"]), row)
    return list(found.values())
