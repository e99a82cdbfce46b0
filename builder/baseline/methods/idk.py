"""IdkPO: prefer a refusal to the truth, −(2/β) E log σ(β [Δ(y_idk) − Δ(y)]), Δ = S_θ − S_ref, + α CE(R).

DPO (Rafailov et al. 2023) with "I don't know" as the preferred answer (Maini et al. 2024, TOFU).
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from builder.baseline.methods.base import Method, Step
from builder.baseline.models.encoding import Batch
from builder.baseline.models.likelihood import cross_entropy, sequence_log_probability
from builder.baseline.training.examples import Example

REFUSALS = (
    "I don't know.",
    "I can't tell you that.",
    "I have no information about this person.",
    "I'm not able to answer that question.",
    "That is not something I know.",
    "I don't have that information.",
)


@dataclass(frozen=True)
class IdkPO(Method):
    """Prefer a refusal to the true answer."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.3, 1.0, 2.0), "beta": (0.1, 1.0)}

    beta: float = 0.1
    alpha: float = 1.0

    def loss(self, step: Step) -> Tensor:
        """−(2/β) E log σ(β [Δ(y_idk) − Δ(y)]) on F, + α CE(R)."""
        refusals = step.encode([refuse(each, step.stream.choice(REFUSALS)) for each in step.forget_examples])
        preferred = _log_ratio(step, refusals) - _log_ratio(step, step.forget)
        forgotten = -2 / self.beta * functional.logsigmoid(self.beta * preferred).mean()
        return forgotten + self.alpha * cross_entropy(step.on_retain())


def refuse(example: Example, refusal: str) -> Example:
    """The same question, refused."""
    return dataclasses.replace(example, answer=refusal)


def _log_ratio(step: Step, batch: Batch) -> Tensor:
    before = sequence_log_probability(step.reference.answers(batch))
    return sequence_log_probability(step.vlm.answers(batch)) - before
