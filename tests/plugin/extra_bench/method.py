"""Damped ascent: −γ log(1 + CE(F)) + CE(R). The further an answer is forgotten, the gentler it is pushed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy


@dataclass(frozen=True)
class DampedAscent(Method):
    """Ascent on the logarithm of the forget loss, descent on the retain set."""

    gamma: float = 1.0

    def loss(self, step: Step) -> Tensor:
        """−γ log(1 + CE(F)) + CE(R)."""
        return cross_entropy(step.on_retain()) - self.gamma * torch.log1p(cross_entropy(step.on_forget()))
