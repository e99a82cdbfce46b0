"""The layouts that are tasks, run by their own runners where these are installed, and by a reader like theirs."""

import importlib.util
import itertools
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest
import yaml

from builder import tasks
from builder.baseline.evaluation.item_sets import items_about
from builder.baseline.metrics.item_metrics import metrics
from builder.baseline.outcomes.records import Outcome
from builder.format.reading import open_release
from tests.release.exports.all_knowing import AllKnowing
from tests.release.exports.conftest import Export


class _TaskLoader(yaml.SafeLoader):
    """Reads lmms-eval's tag for functions as the module's function."""

    functions: ModuleType

    def function(self, node: yaml.ScalarNode) -> Any:
        module, _, name = str(self.construct_scalar(node)).rpartition(".")
        assert module == "utils"
        return getattr(self.functions, name)


_TaskLoader.add_constructor("!function", _TaskLoader.function)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported_utils", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _task(folder: Path, name: str) -> dict[str, Any]:
    """A task's settings, those of the included file below its own."""
    _TaskLoader.functions = _module(folder / "utils.py")
    own = yaml.load((folder / f"{name}.yaml").read_text(), _TaskLoader)
    return {**yaml.load((folder / own.pop("include")).read_text(), _TaskLoader), **own}


def test_lmms_eval_tasks_ask_and_score(export: Export, tmp_path: Path) -> None:
    folder = export("lmms-eval")
    group = yaml.safe_load((folder / "small.yaml").read_text())
    assert "small_test_classification" in group["task"]
    for name in group["task"]:
        task = _task(folder, name)
        assert task["metadata"]["version"]  # read as a dict, and printed beside the results
        assert task["output_type"] == "generate_until"
        docs = datasets.load_dataset(
            task["dataset_path"],
            split=task["test_split"],
            cache_dir=str(tmp_path / "cache"),
            data_files={split: str(folder / path) for split, path in task["dataset_kwargs"]["data_files"].items()},
        )
        assert len(docs)
        for doc in docs:
            images = task["doc_to_visual"](doc)
            assert len(images) == (doc["modality"] == "image_text")
            assert task["doc_to_text"](doc, {})
            message = task["doc_to_messages"](doc)[0]
            assert [part["type"] for part in message["content"]] == ["image"] * len(images) + ["text"]
            other = {"image_text": "text", "text": "image_text"}[doc["modality"]]
            right = task["process_results"](doc, [doc[task["doc_to_target"]]])
            assert all(worth == (None if name.startswith(f"{other}_") else 1.0) for name, worth in right.items())
            wrong = task["process_results"](doc, ["no idea"])
            assert all(worth < 0.5 for worth in wrong.values() if worth is not None)
        metrics = {metric["metric"]: metric["aggregation"] for metric in task["metric_list"]}
        assert set(metrics) == set(right)
        assert metrics[min(metrics)]([1.0, None, 0.0]) == 0.5


_LMMS_EVAL = """
import json, sys
from lmms_eval.api.model import lmms
from lmms_eval.evaluator import simple_evaluate
from lmms_eval.tasks import TaskManager
folder, name, said = sys.argv[1:]
said = json.loads(said)

class Saying(lmms):
    def generate_until(self, requests):
        documents = [self.task_dict[task][split][place] for _, _, _, place, task, split in (r.args for r in requests)]
        assert [request.args[0] for request in requests] == [document["prompt"] for document in documents]
        return [said[document["id"]] for document in documents]

    def generate_until_multi_round(self, requests): raise NotImplementedError
    def loglikelihood(self, requests): raise NotImplementedError

manager = TaskManager(include_path=folder)
print(json.dumps(simple_evaluate(Saying(), tasks=[name], task_manager=manager)["results"][name], default=str))
"""


def _by_lmms_eval(folder: Path, name: str, answers: dict[str, str]) -> dict[str, float]:
    """The figures that lmms-eval itself gives the answers to a task's questions, by their ids."""
    command = [sys.executable, "-c", _LMMS_EVAL, str(folder), name, json.dumps(answers)]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {key: value for key, value in found.items() if key.endswith(",none") and "_stderr" not in key}


KINDS = [task.name for task in tasks.every() if task.evaluation_field]


@pytest.mark.skipif(not importlib.util.find_spec("lmms_eval"), reason="lmms-eval is not installed: make test-peers")
@pytest.mark.parametrize("kind", KINDS)
def test_lmms_eval_itself_gives_a_model_that_knows_everything_the_full_score(
    kind: str, export: Export, all_knowing: AllKnowing
) -> None:
    folder = export("lmms-eval")
    folder = folder.rename(folder.with_name("moved"))
    rows = pq.read_table(folder / "data" / f"forget_10_{kind}.parquet").to_pylist()
    shown = [(row, row["image"]["bytes"] if row["image"] else None) for row in rows]
    answers = {row["id"]: all_knowing.replies(row["prompt"], image) for row, image in shown}
    figures = _by_lmms_eval(folder, f"small_forget_10_{kind}", answers)
    assert len(figures) == 2 * len(tasks.named(kind).figures)
    assert figures == dict.fromkeys(figures, 1.0)


_INSPECT = """
import json, sys, types

class Encoding:  # the real one fetches its table from the network, to count tokens
    def encode(self, text, **rest): return text.split()

sys.modules["tiktoken"] = types.SimpleNamespace(
    get_encoding=lambda name: Encoding(), encoding_for_model=lambda name: Encoding(), Encoding=Encoding)
from inspect_ai import eval
from inspect_ai.model import ModelOutput, get_model
folder, config, kind, said = sys.argv[1:]
outputs = [ModelOutput.from_content("mockllm/model", each) for each in json.loads(said)]
model = get_model("mockllm/model", custom_outputs=outputs)
task_args = {"config": config, "kind": kind}
[log] = eval(f"{folder}/tasks.py@questions", model=model, task_args=task_args, display="none", log_dir="logs",
    max_samples=1, max_connections=1)
assert log.status == "success", log.error
print(json.dumps({sample.id: sample.scores["figures"].value for sample in log.samples}))
"""


def _by_inspect(folder: Path, config: str, kind: str, answers: list[str], place: Path) -> dict[str, dict[str, float]]:
    """What Inspect itself makes of the answers to a file's questions of one kind."""
    command = [sys.executable, "-c", _INSPECT, str(folder), config, kind, json.dumps(answers)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=place)
    assert done.returncode == 0, done.stderr
    scores: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return scores


def test_inspect_tasks_have_what_they_open(export: Export, all_knowing: AllKnowing) -> None:
    folder = export("inspect")
    compile((folder / "tasks.py").read_text(), "tasks.py", "exec")
    scoring = (folder / "builder_tasks_scoring.py").read_text()
    assert "from builder" not in scoring and "import builder" not in scoring
    for path in folder.glob("*.jsonl"):
        for row in map(json.loads, path.read_text().splitlines()):
            assert (row["modality"] == "image_text") == bool(row["image"])
            picture = (folder / "images" / row["image"]).read_bytes() if row["image"] else None
            assert all_knowing.replies(row["prompt"], picture) == row["target"]
            assert (row["task"] == "classification") == (row["target"] in tuple("ABCD"))
            assert row["figures"]


SAID = ("{target}", "It is {value}.", "b: perhaps", "Not {other} but {value}, they say", "{other}", "", "no idea")
"""Canned answers: right, right in other words, a letter, both values, a wrong one, none and a useless one."""


def _canned(release: Path, kind: str) -> dict[str, Outcome]:
    """The forget set's questions of a kind, each with one of the canned answers, as a baseline has them."""
    people = open_release(release).people("forget_10")
    items = [item for person in people for item in items_about(person, "forget", "eval") if item.task == kind]
    said = itertools.cycle(SAID)
    return {
        item.id: Outcome(item, next(said).format(target=item.truth, value=item.value, other=item.others[0]))
        for item in items
    }


@pytest.mark.skipif(not importlib.util.find_spec("inspect_ai"), reason="inspect-ai is not installed: make test-peers")
@pytest.mark.parametrize("kind", KINDS)
def test_inspect_itself_gives_a_model_that_knows_everything_the_full_score(
    kind: str, export: Export, all_knowing: AllKnowing, tmp_path: Path
) -> None:
    folder = export("inspect")
    rows = [json.loads(line) for line in (folder / "test.jsonl").read_text().splitlines()]
    shown = [(row, folder / "images" / row["image"]) for row in rows if row["task"] == kind]
    answers = [all_knowing.replies(row["prompt"], path.read_bytes() if row["image"] else None) for row, path in shown]
    scores = _by_inspect(folder, "test", kind, answers, tmp_path)
    assert len(scores) == len(answers)
    assert {worth for each in scores.values() for worth in each.values()} == {1.0}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_answers_get_the_same_numbers_in_a_baseline_and_in_the_exports(
    kind: str, export: Export, finished_run: Path, tmp_path: Path
) -> None:
    canned = _canned(finished_run, kind)
    ours = {
        id: {figure.__name__: metrics()[figure.__name__].value(outcome) for figure in tasks.named(kind).figures}
        for id, outcome in canned.items()
    }
    assert len({tuple(each.values()) for each in ours.values()}) > 1
    folder = export("lmms-eval").rename(tmp_path / "moved")
    task = _task(folder, f"small_forget_10_{kind}")
    rows = pq.read_table(folder / task["dataset_kwargs"]["data_files"]["test"]).to_pylist()
    assert {row["prompt"] for row in rows} == {each.item.prompt for each in canned.values()}
    theirs = {row["id"]: task["process_results"](row, [canned[row["id"]].output]) for row in rows}
    assert ours == {id: _of_modality(canned[id], each) for id, each in theirs.items()}
    if importlib.util.find_spec("inspect_ai"):
        inspected = export("inspect")
        questions = [json.loads(line) for line in (inspected / "forget_10.jsonl").read_text().splitlines()]
        answers = [canned[row["id"]].output for row in questions if row["task"] == kind]
        assert _by_inspect(inspected, "forget_10", kind, answers, tmp_path) == ours


def _of_modality(outcome: Outcome, figures: dict[str, float | None]) -> dict[str, float | None]:
    start = f"{outcome.item.modality}_"
    return {name.removeprefix(start): worth for name, worth in figures.items() if name.startswith(start)}
