"""GA, gradient ascent: −CE(F). Nothing limits it, so it destroys the whole model."""

from dataclasses import dataclass

from torch import Tensor

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy


@dataclass(frozen=True)
class GradientAscent(Method):
    """Climb the loss on what is to be forgotten."""

    def loss(self, step: Step) -> Tensor:
        """−CE(F)."""
        return -cross_entropy(step.on_forget())
