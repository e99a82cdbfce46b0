"""Quantisation: weights rounded to a few bits may bring back what unlearning moved by less than that.

Round to nearest, symmetric, in groups of 128 inputs, in plain torch on any model (Zhang et al. 2024, arXiv 2410.16454).
Linear layers are rounded, the output head is not; a low-rank adapter is merged first.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from builder.baseline.attacks.base import Bench, Figure, Headline, ModelAttack, Target
from builder.baseline.attacks.success import forgotten, gain, likeness
from builder.baseline.metrics.item_metrics import rights
from builder.baseline.models import adapter
from builder.baseline.models.vlm import Vlm

GROUP = 128
"""So many inputs of an output share a scale."""


class Quantised(ModelAttack):
    """Rounds the weights to `bits`, and asks about the forget set."""

    titles: ClassVar[Mapping[str, str]] = {"int": "Quantised: share right, by how much it rose, and Q (1: unchanged)"}

    bits: int

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """The share right, and by how much it rose."""
        vlm = bench.open()
        quantise(vlm, self.bits)
        after = bench.ask(vlm, forgotten(target))
        return {f"int{self.bits}": Figure(rights(after)), f"int{self.bits}_gain": Figure(gain(target, after))}

    def compared(
        self, mine: Mapping[str, float | None], oracles: Mapping[str, float | None]
    ) -> Mapping[str, float | None]:
        """Q: how alike the shares right before and after are."""
        after, more = mine.get(f"int{self.bits}"), mine.get(f"int{self.bits}_gain")
        if after is None or more is None:
            return {}
        return {f"int{self.bits}_q": likeness(after - more, after)}


class Int8(Quantised):
    """Weights of eight bits."""

    gains: ClassVar[Mapping[str, str]] = {"int8_gain": "with weights of eight bits, more answers are right"}
    headlines: ClassVar[Mapping[str, Headline]] = {"int8": Headline("in eight bits")}

    bits = 8


class Int4(Quantised):
    """Weights of four bits."""

    gains: ClassVar[Mapping[str, str]] = {"int4_gain": "with weights of four bits, more answers are right"}
    headlines: ClassVar[Mapping[str, Headline]] = {"int4": Headline("in four bits")}

    bits = 4


@torch.no_grad()
def quantise(vlm: Vlm, bits: int) -> None:
    """Round the weights of every linear layer but the output head, in place."""
    if adapter.sits_on(vlm.model):
        adapter.merge(vlm)
    head = vlm.inner.get_output_embeddings()
    for module in vlm.inner.modules():
        if isinstance(module, nn.Linear) and module is not head:
            module.weight.copy_(rounded(module.weight, bits))


def rounded(weight: Tensor, bits: int) -> Tensor:
    """The nearest of 2^bits − 1 levels for each weight, (O, I): s · round(w / s), s = max |w| / (2^(bits−1) − 1)."""
    levels = 2 ** (bits - 1) - 1
    groups = torch.split(weight.float(), GROUP, dim=1)
    scales = [(group.abs().amax(1, keepdim=True) / levels).clamp(min=1e-12) for group in groups]
    return torch.cat([(group / scale).round() * scale for group, scale in zip(groups, scales, strict=True)], 1).to(
        weight
    )
