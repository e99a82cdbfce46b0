"""MMUnlearner (Huo et al. 2025, arXiv 2502.11051): ascend on images, only in the weights that matter for them.

The model should forget how a face leads to the facts and keep what the same people's text questions ask, as in SIU. The
saliency S of a weight for a set of answers is the mean squared gradient of their loss. A weight may forget where m = 1:

    m = 1[ S(image questions of F) / S(text questions of F, all questions of R) ≥ threshold ].

The mask is computed once, before the first step. The loss of a step is −γ CE(F, images), whose gradient is clipped and
then masked, as in the authors' code, plus α CE(R and F's text questions), which is not masked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from builder.baseline.methods.base import Method, Setup, Step
from builder.baseline.models.likelihood import cross_entropy
from builder.baseline.training.examples import Example

_EPSILON = 1e-15
"""Keeps apart what matters for neither set, as in the authors' code."""


@dataclass(frozen=True)
class MMUnlearner(Method):
    """Masked ascent on image questions; text questions are kept. `batches` is what saliency is measured on."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.3, 1.0), "threshold": (1.0, 4.0)}

    gamma: float = 1.0
    alpha: float = 1.0
    threshold: float = 1.0
    batches: int = 16
    clip: float = 1.0

    def prepare(self, setup: Setup) -> list[Tensor]:
        """The mask of each parameter: which of its weights may forget."""
        gone = [each for each in setup.forget if each.pictures]
        held = [[each for each in setup.forget if not each.pictures], setup.retain]
        matters = self._saliency(setup, gone, self.batches)
        share = max(1, self.batches // len(held))
        kept = [self._saliency(setup, examples, share) for examples in held if examples]
        return [
            (one + _EPSILON) / (torch.stack(others).mean(0) + _EPSILON) >= self.threshold
            for one, *others in zip(matters, *kept, strict=True)
        ]

    def _saliency(self, setup: Setup, examples: Sequence[Example], batches: int) -> list[Tensor]:
        """The mean squared gradient over some batches of `examples`."""
        weights = self.parameters(setup.vlm)
        total = [torch.zeros_like(weight, dtype=torch.float32) for weight in weights]
        count = 0
        for batch in setup.batches(examples, batches):
            loss = cross_entropy(setup.vlm.answers(batch))
            for sum_, gradient in zip(total, torch.autograd.grad(loss, weights, allow_unused=True), strict=True):
                if gradient is not None:
                    sum_ += gradient.float().square()
            count += 1
        return [each / max(1, count) for each in total]

    def loss(self, step: Step) -> Tensor:
        """−γ CE(F, images) under the mask + α CE(R, F's text questions)."""
        gone = [each for each in step.forget_examples if each.pictures]
        told = [each for each in step.forget_examples if not each.pictures]
        kept = cross_entropy(step.on_retain())
        if told:
            kept = (kept + cross_entropy(step.vlm.answers(step.encode(told)))) / 2
        if not gone:
            return self.alpha * kept
        forgotten = -self.gamma * cross_entropy(step.vlm.answers(step.encode(gone)))
        weights = self.parameters(step.vlm)
        return along(forgotten, weights, step.prepared, self.clip) + self.alpha * kept


def along(loss: Tensor, weights: Sequence[nn.Parameter], masks: Sequence[Tensor], clip: float) -> Tensor:
    """A scalar equal to `loss`, with the gradient of `loss` clipped to the norm `clip` and then masked."""
    found = torch.autograd.grad(loss, weights, allow_unused=True)
    gradients = [torch.zeros_like(w) if g is None else g for w, g in zip(weights, found, strict=True)]
    norm = nn.utils.get_total_norm(gradients)
    scale = (clip / (norm + 1e-6)).clamp(max=1)
    masked = [mask * gradient * scale for mask, gradient in zip(masks, gradients, strict=True)]
    linear = torch.stack([(each * weight).sum() for each, weight in zip(masked, weights, strict=True)]).sum()
    return loss.detach() + linear - linear.detach()
