"""UNDIAL: the model learns from its own logits with the true token pushed down (Dong et al. 2024).

The loss is CE(softmax(z_ref − γ·onehot(y)), p_θ).

Only answer tokens count. Prompts have no labels here, so a label of −100 is never used as an index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.likelihood import cross_entropy, lengths, per_sequence


@dataclass(frozen=True)
class UNDIAL(Method):
    """Self-distillation towards logits that disprefer the true token by γ."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.3, 1.0), "alpha": (0.0, 1.0)}

    gamma: float = 10.0
    alpha: float = 0.0

    def loss(self, step: Step) -> Tensor:
        """CE(softmax(z_ref − γ·onehot(y)), p_θ) on F, + α CE(R)."""
        answers, before = step.on_forget(), step.reference.answers(step.forget)
        lowered = before.logits - self.gamma * functional.one_hot(before.targets, before.logits.shape[-1])
        distance = -(lowered.softmax(-1) * answers.logits.log_softmax(-1)).sum(-1)
        forgotten = (per_sequence(distance, answers) / lengths(answers)).mean()
        return forgotten + self.alpha * cross_entropy(step.on_retain()) if self.alpha else forgotten
