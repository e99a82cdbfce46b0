"""NPO, negative preference optimisation: −(2/β) E log σ(−β [S_θ(y|x) − S_ref(y|x)]) + α CE(R) (Zhang et al. 2024).

S is the sum over a sequence's answer tokens, not a batch mean. The reference is the model before unlearning, not a
model trained without the forget set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy, sequence_log_probability


@dataclass(frozen=True)
class NPO(Method):
    """Make the answers less likely than they were, ever more gently."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.3, 1.0), "alpha": (1.0, 4.0)}

    beta: float = 0.1
    alpha: float = 1.0

    def loss(self, step: Step) -> Tensor:
        """−(2/β) E log σ(−β [S_θ − S_ref]) on F, + α CE(R)."""
        before = sequence_log_probability(step.reference.answers(step.forget))
        risen = sequence_log_probability(step.on_forget()) - before
        forgotten = -2 / self.beta * functional.logsigmoid(-self.beta * risen).mean()
        return forgotten + self.alpha * cross_entropy(step.on_retain()) if self.alpha else forgotten
