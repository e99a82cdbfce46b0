"""GradDiff: −γ CE(F) + α CE(R), both in the same step (Liu et al. 2022)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy


@dataclass(frozen=True)
class GradDiff(Method):
    """Climb on what is to be forgotten, descend on what is to be kept."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.3, 1.0), "alpha": (1.0, 4.0)}

    gamma: float = 1.0
    alpha: float = 1.0

    def loss(self, step: Step) -> Tensor:
        """−γ CE(F) + α CE(R)."""
        return self.alpha * cross_entropy(step.on_retain()) - self.gamma * cross_entropy(step.on_forget())
