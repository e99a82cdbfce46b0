"""How lmms-eval shows these questions and scores the answers, as build-bench does."""

import functools
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Document = Mapping[str, Any]
MODALITIES = ("image_text", "text")


def doc_to_visual(doc: Document) -> list[Any]:
    """The portrait that a question is about; none where the name is said."""
    return [doc["image"].convert("RGB")] if doc["image"] is not None else []


def doc_to_text(doc: Document, lmms_eval_specific_kwargs: Mapping[str, Any] | None = None) -> str:
    """The prompt."""
    return str(doc["prompt"])


def doc_to_messages(doc: Document, lmms_eval_specific_kwargs: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The user's turn, for models that take a conversation."""
    images = [{"type": "image", "url": image} for image in doc_to_visual(doc)]
    return [{"role": "user", "content": [*images, {"type": "text", "text": doc["prompt"]}]}]


def process_results(doc: Document, results: Sequence[str]) -> dict[str, float | None]:
    """Every figure of an answer under the question's modality, so that image and text are reported apart."""
    key = SimpleNamespace(target=doc["answer"], value=doc["value"], others=doc["others"])
    found: dict[str, float | None] = {}
    for name in doc["figures"]:
        worth = figure(name)(results[0], key)
        for modality in MODALITIES:
            found[f"{modality}_{name.partition('.')[2]}"] = worth if modality == doc["modality"] else None
    return found


def mean(values: Sequence[float | None]) -> float:
    """The mean of what was asked in a modality."""
    asked = [value for value in values if value is not None]
    return sum(asked) / len(asked) if asked else 0.0


@functools.cache
def figure(name: str) -> Callable[[str, Any], float]:
    """The function of a file beside this one: "file.function"."""
    file, _, function = name.partition(".")
    spec = importlib.util.spec_from_file_location(file, Path(__file__).with_name(f"{file}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str, Any], float] = getattr(module, function)
    return found
