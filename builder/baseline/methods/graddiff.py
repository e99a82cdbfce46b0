"""GradDiff: −γ CE(F) + α CE(R), both in the same step (Liu et al. 2022)."""

from dataclasses import dataclass

from torch import Tensor

from builder.baseline.likelihood import cross_entropy
from builder.baseline.methods.base import Method, Step


@dataclass(frozen=True)
class GradDiff(Method):
    """Climb on what is to be forgotten, descend on what is to be kept."""

    gamma: float = 1.0
    alpha: float = 4.0

    def loss(self, step: Step) -> Tensor:
        """−γ CE(F) + α CE(R)."""
        return self.alpha * cross_entropy(step.on_retain()) - self.gamma * cross_entropy(step.on_forget())
