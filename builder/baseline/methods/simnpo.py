"""SimNPO: −(2/β) E log σ(−(β/|y|) S_θ − γ), without a reference model (Fan et al. 2024).

The defaults are OpenUnlearning's: β 4.5, margin γ 0, weight .125 on the forget loss.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy, lengths, sequence_log_probability


@dataclass(frozen=True)
class SimNPO(Method):
    """NPO on the mean log-probability of an answer's tokens."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.3, 1.0), "gamma": (0.125, 1.0)}

    beta: float = 4.5
    margin: float = 0.0
    gamma: float = 0.125
    alpha: float = 1.0

    def loss(self, step: Step) -> Tensor:
        """γ times −(2/β) E log σ(−(β/|y|) S_θ − margin) on F, + α CE(R)."""
        answers = step.on_forget()
        mean = sequence_log_probability(answers) / lengths(answers)
        forgotten = -2 / self.beta * functional.logsigmoid(-self.beta * mean - self.margin).mean()
        return self.gamma * forgotten + self.alpha * cross_entropy(step.on_retain())
