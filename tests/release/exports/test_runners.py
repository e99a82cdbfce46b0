"""The layouts that are tasks, run by their own runners where these are installed, and by a reader like theirs."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import pytest
import yaml

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
        assert task["output_type"] == "generate_until"
        docs = datasets.load_dataset(
            task["dataset_path"], split=task["test_split"], cache_dir=str(tmp_path / "cache"), **task["dataset_kwargs"]
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
            assert right == {doc["modality"]: 1.0, other: None}
            assert task["process_results"](doc, ["no idea"])[doc["modality"]] < 0.5
        metrics = {metric["metric"]: metric["aggregation"] for metric in task["metric_list"]}
        assert metrics["text"]([1.0, None, 0.0]) == 0.5


@pytest.mark.skipif(not importlib.util.find_spec("lmms_eval"), reason="lmms-eval is not installed")
def test_lmms_eval_itself_finds_the_tasks(export: Export) -> None:
    folder = export("lmms-eval")
    code = (
        "import sys; from lmms_eval.tasks import TaskManager, get_task_dict\n"
        "manager = TaskManager(include_path=sys.argv[1])\n"
        "print(len(get_task_dict(['small_forget_10_classification'], manager)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1"


_INSPECT = """
import json, sys, types

class Encoding:  # the real one fetches its table from the network, to count tokens
    def encode(self, text, **rest): return text.split()

sys.modules["tiktoken"] = types.SimpleNamespace(
    get_encoding=lambda name: Encoding(), encoding_for_model=lambda name: Encoding(), Encoding=Encoding)
from inspect_ai import eval
from inspect_ai.model import get_model
tasks = [f"{sys.argv[1]}/tasks.py@{name}" for name in sys.argv[3:]]
logs = eval(tasks, model=get_model("mockllm/model"), limit=4, display="none", log_dir=sys.argv[2])
print(json.dumps([[log.status, log.results.total_samples, log.results.scores[0].name] for log in logs]))
"""


@pytest.mark.skipif(not importlib.util.find_spec("inspect_ai"), reason="inspect-ai is not installed")
def test_inspect_itself_runs_the_tasks(export: Export, tmp_path: Path) -> None:
    names = ["forget_10_classification", "test_cloze", "holdout_generation"]
    command = [sys.executable, "-c", _INSPECT, str(export("inspect")), str(tmp_path / "logs"), *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    expected = [["success", 4, "choice"], ["success", 4, "includes"], ["success", 4, "f1"]]
    assert json.loads(done.stdout.splitlines()[-1]) == expected


def test_inspect_tasks_have_what_they_open(export: Export) -> None:
    folder = export("inspect")
    compile((folder / "tasks.py").read_text(), "tasks.py", "exec")
    for path in folder.glob("*.jsonl"):
        for row in map(json.loads, path.read_text().splitlines()):
            assert (row["modality"] == "image_text") == bool(row["image"])
            assert not row["image"] or (folder / "images" / row["image"]).is_file()
            assert (row["task"] == "classification") == (row["target"] in tuple("ABCD") and len(row["choices"]) == 4)
            assert row["input"]
