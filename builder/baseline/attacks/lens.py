"""Logit lens: can the value still be read from layers below the last? (nostalgebraist 2020; Patil et al. 2024)

The final norm and the output head are applied to every layer's states as if they were the last layer's. For each blank,
a layer ranks the values that the fact could have by their log-probability; it reads the blank right if the true value
is the likeliest. The figure is that of the best layer.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from builder.base.errors import BenchError
from builder.baseline.attacks.base import Bench, Figure, Headline, ModelAttack, Target
from builder.baseline.attacks.success import MODALITIES, forgotten
from builder.baseline.metrics.samples import Sample
from builder.baseline.models.encoding import collate, encode
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.format.lacking import Need

_NORMS = ("norm", "final_layernorm", "ln_f", "final_layer_norm")


class Lens(ModelAttack):
    """The best layer's reading of the value, by modality."""

    titles: ClassVar[Mapping[str, str]] = {"lens": "Logit lens: blanks that the best layer reads right"}
    needs: ClassVar[tuple[Need, ...]] = ("alternatives",)
    headlines: ClassVar[Mapping[str, Headline]] = {
        f"lens_{name}": Headline(f"logit lens ({name})") for name in MODALITIES.values()
    }

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """The share of blanks that the best layer reads right; guessing reaches one divided by the number of values."""
        vlm = bench.open()
        vlm.learn(False)
        found = {}
        for modality, name in MODALITIES.items():
            items = [each for each in forgotten(target) if each.candidates and each.modality == modality]
            if items:
                layers = zip(*(read_right(vlm, item) for item in items), strict=True)
                samples = [
                    Sample.of((item.profile_id, float(right)) for item, right in zip(items, layer, strict=True))
                    for layer in layers
                ]
                found[f"lens_{name}"] = Figure(max(samples, key=lambda each: each.mean or 0.0))
        return found


@torch.no_grad()
def read_right(vlm: Vlm, item: Item) -> list[bool]:
    """Whether the true value is the likeliest of those the fact could have, by layer from the first to the last."""
    rows = [encode(vlm.chat, item.prompt, item.picture, value) for value in item.candidates]
    batch = collate(vlm.chat, rows).to(vlm.device, vlm.dtype)
    scores = [_log_p(vlm, states, batch.targets, batch.rows, len(rows)) for states in vlm.every_layer(batch)]
    return [int(each.argmax()) == 0 for each in scores]


def _log_p(vlm: Vlm, states: Tensor, targets: Tensor, rows: Tensor, count: int) -> Tensor:
    log_p = vlm.head(final_norm(vlm)(states)).float().log_softmax(-1)
    of_target = log_p.gather(1, targets[:, None])[:, 0]
    return torch.zeros(count, device=of_target.device).index_add(0, rows, of_target)


def final_norm(vlm: Vlm) -> nn.Module:
    """The norm between the last layer and the output head. Raises BenchError where it is not found."""
    decoder = vlm.inner.get_decoder()
    for name in _NORMS:
        if isinstance(getattr(decoder, name, None), nn.Module):
            return getattr(decoder, name)  # type: ignore[no-any-return]
    raise BenchError(f"lens finds no final norm in {type(decoder).__name__}.")
