"""MANU (Liu et al. 2025, arXiv 2502.15910): silence the neurons that matter for the forget set, modality by modality.

The method is training-free. A neuron is one unit of a layer's MLP: one input of its down projection. Four statistics of
its activation a over the tokens of some answers measure its importance I for them: mean |a|, share of |a| > 0.1,
standard deviation, root mean square. Its score is computed separately for image and text questions, as in the authors'
code:

    S = mean over the statistics of I(F) / (I(R) + ε) − 1.

The larger of the two scores counts, so that each modality loses its own neurons. The top `percent` of all neurons of
the language model are silenced: their columns of the down projection become zero. The authors also prune the vision
tower; here it is frozen unless `train.freeze_vision` is off, and is never pruned.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from builder.base.errors import BenchError
from builder.baseline.methods.base import Method, Setup, Step
from builder.baseline.models.vlm import Vlm
from builder.baseline.training.examples import Example

_EPSILON = 1e-5
_ACTIVE = 0.1
"""From where on a neuron counts as active, as in the authors' code."""
_DOWN = ("down_proj", "fc2", "c_proj", "wo")
"""What transformers' families call the projection that leads out of an MLP."""


@dataclass(frozen=True)
class MANU(Method):
    """Silence the `percent` of neurons that matter most for the forget set; `batches` of each kind are looked at."""

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"percent": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)}
    changes_base: ClassVar[bool] = True

    steps: float = 0.0
    percent: float = 2.0
    batches: int = 16

    def parameters(self, vlm: Vlm) -> list[nn.Parameter]:
        """The weights of the down projections."""
        return [cast(nn.Parameter, projection.weight) for projection in down_projections(vlm)]

    def prepare(self, setup: Setup) -> None:
        """Prune once; no steps follow."""
        projections = down_projections(setup.vlm)
        scores = []
        for images in (True, False):
            gone, kept = (
                [each for each in examples if bool(each.pictures) == images]
                for examples in (setup.forget, setup.retain)
            )
            if gone and kept:
                statistics = [self._statistics(setup, projections, examples) for examples in (gone, kept)]
                scores.append(score(*statistics))
        pruned = highest(torch.stack(scores).amax(0), self.percent)
        sizes = [projection.in_features for projection in projections]
        with torch.no_grad():
            for projection, silent in zip(projections, torch.split(pruned, sizes), strict=True):
                projection.weight[:, silent.to(projection.weight.device)] = 0

    def _statistics(self, setup: Setup, projections: Sequence[nn.Linear], examples: Sequence[Example]) -> Tensor:
        with torch.no_grad(), setup.vlm.evaluating(), _listening(projections) as neurons:
            for batch in setup.batches(examples, self.batches):
                for each in neurons:
                    each.mask = batch.mask
                setup.vlm.answers(batch)
        return torch.cat([each.statistics() for each in neurons], dim=1)

    def loss(self, step: Step) -> Tensor:
        """Never called: MANU takes no steps."""
        raise NotImplementedError


def score(gone: Tensor, kept: Tensor) -> Tensor:
    """S of every neuron, (N,), from its statistics on the forget and the retain set, (4, N) each."""
    return (gone / (kept + _EPSILON) - 1).mean(0)


def highest(scores: Tensor, percent: float) -> Tensor:
    """Mask of the scores, (N,), that are among the highest `percent`; at least one."""
    count = min(len(scores), max(1, round(len(scores) * percent / 100)))
    chosen = torch.zeros(len(scores), dtype=torch.bool, device=scores.device)
    chosen[scores.topk(count).indices] = True
    return chosen


def down_projections(vlm: Vlm) -> list[nn.Linear]:
    """The down projection of each layer's MLP in the language model. Raises BenchError if there is none."""
    found = [
        part
        for layer in vlm.layers
        for name, part in layer.named_modules()
        if name.rpartition(".")[2] in _DOWN and isinstance(part, nn.Linear) and "attn" not in name
    ]
    if not found:
        raise BenchError(f"manu finds no MLP in the layers of {type(vlm.inner).__name__}: none of {', '.join(_DOWN)}.")
    return found


class _Neurons:
    """The statistics of one projection's inputs, gathered batch by batch. `mask` (B, T) is false at padding."""

    mask: Tensor

    def __init__(self, size: int) -> None:
        self._sums = torch.zeros(4, size)  # of |a|, 1[|a| > .1], a, a²
        self._count = 0

    def hear(self, _: nn.Module, inputs: tuple[Tensor]) -> None:
        """Add the projection's input, (B, T, N), to the statistics."""
        active = inputs[0].float()[self.mask.to(inputs[0].device).bool()]
        sums = [active.abs(), (active.abs() > _ACTIVE).float(), active, active.square()]
        self._sums += torch.stack([each.sum(0) for each in sums]).cpu()
        self._count += len(active)

    def statistics(self) -> Tensor:
        """Mean |a|, share active, standard deviation, root mean square; (4, N)."""
        absolute, frequent, mean, square = self._sums / max(1, self._count)
        spread = (square - mean.square()).clamp(min=0).sqrt()
        return torch.stack([absolute, frequent, spread, square.sqrt()])


@contextmanager
def _listening(projections: Sequence[nn.Linear]) -> Iterator[list[_Neurons]]:
    """Gather the statistics of the projections' inputs inside this context."""
    neurons = [_Neurons(each.in_features) for each in projections]
    hooks: list[Any] = [
        projection.register_forward_pre_hook(each.hear) for projection, each in zip(projections, neurons, strict=True)
    ]
    try:
        yield neurons
    finally:
        for hook in hooks:
            hook.remove()
