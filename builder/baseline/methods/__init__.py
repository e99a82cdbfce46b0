"""The unlearning methods, one small file each, by their command-line names.

To add a method, add a file here and a line to `METHODS`, or write a class in another package; docs/extending.md has an
example.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from builder.base.registry import Registry

if TYPE_CHECKING:
    from builder.baseline.methods.base import Method


def _is_method(found: object) -> bool:
    from builder.baseline.methods.base import Method

    return isinstance(found, type) and issubclass(found, Method)


_HERE = "builder.baseline.methods"
METHODS: Registry["type[Method]"] = Registry(
    "unlearning method",
    "build_bench.methods",
    {
        "ga": (f"{_HERE}.ga:GradientAscent", "gradient ascent on the forget set, without a brake"),
        "graddiff": (f"{_HERE}.graddiff:GradDiff", "ascent on the forget set, descent on the retain set"),
        "kl": (f"{_HERE}.kl:KLMin", "ascent on the forget set, unchanged answers on the retain set"),
        "npo": (f"{_HERE}.npo:NPO", "negative preference optimisation"),
        "simnpo": (f"{_HERE}.simnpo:SimNPO", "negative preference optimisation without a reference model"),
        "idk": (f"{_HERE}.idk:IdkPO", "a refusal preferred to the true answer"),
        "rmu": (f"{_HERE}.rmu:RMU", "hidden states of the forget set steered in a random direction"),
        "undial": (f"{_HERE}.undial:UNDIAL", "self-distillation with the true tokens' logits lowered"),
        "siu": (f"{_HERE}.siu:SIU", "single image unlearning: the face gets another identity"),
        "mmunlearner": (f"{_HERE}.mmunlearner:MMUnlearner", "masked ascent on the image questions alone"),
        "manu": (f"{_HERE}.manu:MANU", "the forget set's neurons silenced, modality by modality; no training"),
        "prompting": (f"{_HERE}.prompting:Prompting", "a system prompt that forbids personal information"),
        "prompting-names": (
            f"{_HERE}.prompting:NamePrompting",
            "a system prompt that names the forget people",
        ),
    },
    must_be=f"a subclass of {_HERE}.base.Method",
    fits=_is_method,
)

DEFAULT = ("ga", "graddiff", "kl", "npo")
"""Run when none is named: MLLMU-Bench's four."""
KNOB_TYPES = (int, float, bool, str)
"""What a field's default may be for `--set` to change it."""


def make(name: str, knobs: Mapping[str, Any]) -> "Method":
    """The method registered or referenced as `name`, with its knobs set."""
    return METHODS.get(name)(**knobs)


def knobs(names: Iterable[str] = ()) -> dict[str, dict[str, type]]:
    """The knobs of the built-in methods and of `names`, with their types."""
    return {METHODS.label(name): _knobs_of(METHODS.get(name)) for name in dict.fromkeys((*METHODS.built_in, *names))}


def _knobs_of(method: "type[Method]") -> dict[str, type]:
    found = {field.name: type(field.default) for field in dataclasses.fields(method)}
    return {name: kind for name, kind in found.items() if kind in KNOB_TYPES}
