"""The unlearning methods, one small file each, by the name that the command line knows.

A new method is a file beside these and a line in `METHODS`; docs/adding-a-method.md shows one.
"""

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any

from builder.base.errors import CallError
from builder.baseline.methods.base import Method
from builder.baseline.methods.ga import GradientAscent
from builder.baseline.methods.graddiff import GradDiff
from builder.baseline.methods.idk import IdkPO
from builder.baseline.methods.kl import KLMin
from builder.baseline.methods.npo import NPO
from builder.baseline.methods.prompting import NamePrompting, Prompting
from builder.baseline.methods.rmu import RMU
from builder.baseline.methods.simnpo import SimNPO
from builder.baseline.methods.siu import SIU
from builder.baseline.methods.undial import UNDIAL

METHODS: Mapping[str, type[Method]] = {
    "ga": GradientAscent,
    "graddiff": GradDiff,
    "kl": KLMin,
    "npo": NPO,
    "simnpo": SimNPO,
    "idk": IdkPO,
    "rmu": RMU,
    "undial": UNDIAL,
    "siu": SIU,
    "prompting": Prompting,
    "prompting-names": NamePrompting,
}

DEFAULT = ("ga", "graddiff", "kl", "npo")
"""Run when none is named: MLLMU-Bench's four."""


def check(names: tuple[str, ...]) -> None:
    """Raise CallError for a name that is no method."""
    for name in names:
        if name not in METHODS:
            near = difflib.get_close_matches(name, METHODS, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise CallError(f"There is no unlearning method '{name}'{hint}; there are {', '.join(METHODS)}.")


def make(name: str, knobs: Mapping[str, Mapping[str, Any]]) -> Method:
    """The method called `name` with its knobs."""
    return METHODS[name](**knobs.get(name, {}))


def knobs() -> dict[str, dict[str, type]]:
    """The knobs of every method with their types."""
    return {
        name: {field.name: type(field.default) for field in dataclasses.fields(method)}
        for name, method in METHODS.items()
    }
