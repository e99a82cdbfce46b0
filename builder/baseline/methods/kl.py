"""KL-Min: −γ CE(F) + α KL(p_ref ‖ p_θ) on R (Maini et al. 2024, TOFU). The divergence counts answer tokens alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy, kl_divergence


@dataclass(frozen=True)
class KLMin(Method):
    """Climb on what is to be forgotten, answer as before on what is to be kept."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.3, 1.0), "alpha": (1.0, 4.0)}

    gamma: float = 1.0
    alpha: float = 1.0

    def loss(self, step: Step) -> Tensor:
        """−γ CE(F) + α KL(p_ref ‖ p_θ) on R."""
        kept = kl_divergence(step.reference.answers(step.retain), step.on_retain())
        return self.alpha * kept - self.gamma * cross_entropy(step.on_forget())
