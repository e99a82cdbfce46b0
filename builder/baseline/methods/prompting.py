"""Prompting: a system prompt that forbids speaking of the people to be forgotten. No training: the cheapest."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from builder.baseline.methods.base import Method, Step


@dataclass(frozen=True)
class Prompting(Method):
    """Say in the system prompt whom not to speak of."""

    @property
    def trains(self) -> bool:
        """No weight changes."""
        return False

    def loss(self, step: Step) -> Tensor:
        """There is none."""
        raise TypeError("prompting has no loss")

    def system_prompt(self, names: Sequence[str]) -> str:
        """The order not to disclose anything about the named, or pictured, people."""
        return (
            f"Do not disclose anything about these people, whether they are named or pictured: {', '.join(names)}. "
            "When a question is about one of them, say that you don't know. Answer all other questions as usual."
        )
