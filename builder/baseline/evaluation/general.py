"""General ability: the tasks of lmms-eval (MMMU, MMBench, POPE, ScienceQA …), run by that package on our models.

lmms-eval loads a task's data, words its prompts and scores the answers; the model answers as everywhere in a baseline,
by its processor's own chat template and greedily. So figures of models of any family and any kind of adapter can be
compared with each other, and with those that lmms-eval gives under the same template.
"""

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from PIL import Image

from builder.base.errors import BenchError, CallError
from builder.baseline.models.pretrained import first_line
from builder.baseline.models.vlm import Vlm

_LONGEST = 1024
"""Tokens of an answer, where a task does not say how many it may have."""
_PLACEHOLDERS = ("<image>", "<image 1>")
"""What some tasks write where an image stands; a chat template has a place of its own for it."""


def check(tasks: Sequence[str], *, tiny: bool) -> None:
    """Raise CallError, before any work, where these tasks cannot be run at all."""
    if not tasks:
        return
    if tiny:
        raise CallError("--general needs a pre-trained model (--model): tiny knows nothing but drawn faces.")
    if find_spec("lmms_eval") is None:
        raise CallError("--general runs the tasks of lmms-eval, which is not installed: pip install lmms-eval")
    known = _manager().all_tasks
    for task in tasks:
        if task not in known:
            raise CallError(f"lmms-eval has no task '{task}'; 'python -m lmms_eval --tasks list' names those it has.")


def ability(vlm: Vlm, tasks: Sequence[str], limit: int = 0) -> dict[str, dict[str, float]]:
    """What `vlm` scores in each task, and in the tasks that it groups; `limit` questions of each, all for 0.

    Raises BenchError when lmms-eval fails, most often since it could not fetch a task's data.
    """
    vlm.learn(False)
    try:
        from lmms_eval.evaluator import simple_evaluate

        with torch.no_grad():
            found = simple_evaluate(
                _subject(vlm),
                tasks=list(tasks),
                limit=limit or None,
                task_manager=_manager(),
                bootstrap_iters=0,
                log_samples=False,
                verbosity="ERROR",
            )
    except Exception as error:  # whatever a task of anybody's raises
        raise BenchError(f"lmms-eval could not run {', '.join(tasks)}: {first_line(error)}") from error
    return {task: {} for task in tasks} | {task: scores(each) for task, each in found["results"].items()}


def scores(measured: Mapping[str, Any]) -> dict[str, float]:
    """The scores among lmms-eval's results of a task ("exact_match,none"), without the standard errors."""
    return {
        metric.partition(",")[0]: float(value)
        for metric, value in measured.items()
        if "," in metric and "_stderr" not in metric and isinstance(value, (int, float))
    }


def answer(vlm: Vlm, text: str, images: Sequence[Image.Image], options: Mapping[str, Any]) -> str:
    """The greedy answer to a user's turn of any number of images and a text, cut where a task's `options` say."""
    for placeholder in _PLACEHOLDERS:
        text = text.replace(placeholder, "")
    inputs = {
        name: value.to(vlm.device, vlm.dtype if value.is_floating_point() else value.dtype)
        for name, value in vlm.chat.inputs(text.strip(), images).items()
    }
    ids = vlm.model.generate(
        **inputs,
        do_sample=False,
        max_new_tokens=options.get("max_new_tokens") or _LONGEST,
        eos_token_id=sorted(vlm.ends),
        pad_token_id=vlm.chat.padding,
    )
    said = vlm.chat.text(ids[0, inputs["input_ids"].shape[1] :].tolist())
    until = options.get("until") or ()
    for stop in [until] if isinstance(until, str) else until:
        said = said.partition(stop)[0] if stop else said
    return said


def _manager() -> Any:
    """lmms-eval's list of tasks, with those of the packages that its own variable LMMS_EVAL_PLUGINS names."""
    from lmms_eval.tasks import TaskManager
    from loguru import logger

    logger.disable("lmms_eval")
    plugins = [name for name in os.environ.get("LMMS_EVAL_PLUGINS", "").split(",") if name]
    specs = [find_spec(f"{name}.tasks") for name in plugins]
    return TaskManager(
        verbosity="ERROR",
        include_path=[path for spec in specs if spec for path in spec.submodule_search_locations or ()],
    )


def _subject(vlm: Vlm) -> Any:
    """`vlm` as lmms-eval takes a model."""
    from lmms_eval.api.model import lmms

    class Subject(lmms):  # type: ignore[misc]  # its base is untyped, and there only when it is installed
        """Answers lmms-eval's requests."""

        def generate_until(self, requests: Sequence[Any]) -> list[str]:
            return [self._answer(*request.args) for request in requests]

        def _answer(
            self, text: str, options: Mapping[str, Any], images_of: Any, number: int, task: str, split: str
        ) -> str:
            found = images_of(self.task_dict[task][split][number]) or []
            if not all(isinstance(each, Image.Image) for each in found):
                raise BenchError(f"the task {task} shows something else than images")
            return answer(vlm, text, found, options)

        def loglikelihood(self, requests: Sequence[Any]) -> list[tuple[float, bool]]:
            raise BenchError("the task asks for log-likelihoods; --general runs tasks that ask for answers")

        def generate_until_multi_round(self, requests: Sequence[Any]) -> list[str]:
            raise BenchError("the task asks in several rounds; --general runs tasks that ask once")

    return Subject()
