"""RMU: steer the states of one layer, ‖h_θ(F) − c·u‖² + α ‖h_θ(R) − h_ref(R)‖² (Li et al. 2024, WMDP).

u is a fixed random unit vector; squared distances are averaged over answer tokens and dimensions. Only the `window`
layers of the language model that end with the steered one are trained. By default, the steered layer is at a quarter of
the depth (8 of 32, as in the authors' code). The states are those of the answer's own tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from builder.base.errors import CallError
from builder.baseline.methods.base import Method, Step
from builder.baseline.models.vlm import Vlm

_SEED = 1
"""Of the direction u."""


@dataclass(frozen=True)
class RMU(Method):
    """Push the forget set's states in a random direction, hold the retain set's.

    Layers count from 1; 0 stands for a quarter of the depth.
    """

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.3, 1.0, 3.0), "coefficient": (8.0, 32.0)}

    layer: int = 0
    coefficient: float = 8.0
    alpha: float = 8.0
    window: int = 3

    def loss(self, step: Step) -> Tensor:
        """‖h_θ(F) − c·u‖² + α ‖h_θ(R) − h_ref(R)‖²."""
        layer = self.steered(step.vlm)
        steered = step.vlm.hidden(step.forget, layer)
        held = step.vlm.hidden(step.retain, layer)
        wanted = self.coefficient * direction(steered.shape[-1]).to(steered)
        before = step.reference.hidden(step.retain, layer)
        return functional.mse_loss(steered, wanted.expand_as(steered)) + self.alpha * functional.mse_loss(held, before)

    def parameters(self, vlm: Vlm) -> list[nn.Parameter]:
        """The trainable weights of the `window` layers of the language model that end with the steered one."""
        layer = self.steered(vlm)
        moving = vlm.layers[max(0, layer - self.window) : layer]
        return [weight for each in moving for weight in each.parameters() if weight.requires_grad]

    def steered(self, vlm: Vlm) -> int:
        """The number of the steered layer. Raises CallError if the model has no such layer."""
        depth = len(vlm.layers)
        if self.layer > depth:
            raise CallError(f"rmu.layer = {self.layer}: the language model has {depth} layers.")
        return self.layer or max(1, round(depth / 4))


def direction(size: int) -> Tensor:
    """The fixed random unit vector u, (size,)."""
    drawn: Tensor = torch.rand(size, generator=torch.Generator().manual_seed(_SEED))
    unit: Tensor = drawn / drawn.norm()
    return unit
