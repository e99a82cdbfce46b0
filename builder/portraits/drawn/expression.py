"""Expressions: how a scene moves the mouth, the brows and the lids."""

from collections.abc import Mapping
from dataclasses import dataclass

from builder.base.records import View


@dataclass(frozen=True)
class Expression:
    """`smile` lifts the mouth's corners (-1 to 1), `teeth` opens it, `brows` lifts the brows, `squint` the lids."""

    smile: float = 0.0
    teeth: float = 0.0
    brows: float = 0.0
    squint: float = 0.0


_MOVING: Mapping[str, Expression] = {
    "a soft smile": Expression(smile=0.55, squint=0.08),
    "an open smile": Expression(smile=0.9, teeth=1.0, brows=0.15, squint=0.22),
    "a closed-mouth smile": Expression(smile=0.85, squint=0.2),
    "a calm look": Expression(smile=0.15),
    "a serious look": Expression(smile=-0.15, brows=-0.35, squint=0.06),
    "an attentive look": Expression(smile=0.25, brows=0.6),
}

EXPRESSIONS: Mapping[View, Mapping[str, Expression]] = {
    "reference": {"a relaxed expression": Expression(smile=0.42)},
    "train": _MOVING,
    "test": _MOVING,
}
"""Expressions are the one thing that the held-out views share with the train views."""
