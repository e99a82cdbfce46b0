"""RMU: steer the states of one layer, ‖h_θ(F) − c·u‖² + α ‖h_θ(R) − h_ref(R)‖² (Li et al. 2024, WMDP).

u is a fixed random unit vector; squared distances are averaged over answer tokens and dimensions. The weights of the
decoder layers up to the steered one move, everything else stays.
"""

import re
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.vlm import Vlm

_DECODER_LAYER = re.compile(r"(?:^|\.)layers\.(\d+)\.")
_SEED = 1
"""Of the direction u."""


@dataclass(frozen=True)
class RMU(Method):
    """Push the forget set's states in a random direction, hold the retain set's. Layers count from 1."""

    layer: int = 1
    coefficient: float = 8.0
    alpha: float = 8.0
    window: int = 3

    def loss(self, step: Step) -> Tensor:
        """‖h_θ(F) − c·u‖² + α ‖h_θ(R) − h_ref(R)‖²."""
        steered = step.vlm.hidden(step.forget, self.layer)
        held = step.vlm.hidden(step.retain, self.layer)
        wanted = self.coefficient * direction(steered.shape[-1]).to(steered)
        before = step.reference.hidden(step.retain, self.layer)
        return functional.mse_loss(steered, wanted.expand_as(steered)) + self.alpha * functional.mse_loss(held, before)

    def parameters(self, vlm: Vlm) -> list[nn.Parameter]:
        """The trainable weights of the `window` decoder layers that end with the steered one."""
        chosen = []
        for name, parameter in vlm.model.named_parameters():
            found = _DECODER_LAYER.search(name)
            inside = found is not None and self.layer - self.window <= int(found.group(1)) < self.layer
            if inside and parameter.requires_grad and "vision" not in name:
                chosen.append(parameter)
        return chosen


def direction(size: int) -> Tensor:
    """The fixed random unit vector u, (size,)."""
    drawn: Tensor = torch.rand(size, generator=torch.Generator().manual_seed(_SEED))
    unit: Tensor = drawn / drawn.norm()
    return unit
