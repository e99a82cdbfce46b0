"""Low-rank adapters on the language model (Hu et al. 2021), by peft."""

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

from builder.baseline.models.vlm import Vlm
from builder.errors import BenchError


def attach(vlm: Vlm, rank: int) -> None:
    """Give the model a new adapter of this rank, at zero, and freeze everything else."""
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=_targets(vlm.model))
    with _without_deprecations():
        vlm.model = get_peft_model(vlm.model, config)


def merged(vlm: Vlm, folder: Path) -> None:
    """Add the adapter in `folder` to the model's weights: what comes next starts from there."""
    with _without_deprecations():
        vlm.model = PeftModel.from_pretrained(vlm.model, folder).merge_and_unload()


@contextlib.contextmanager
def _without_deprecations() -> Iterator[None]:
    """Peft reads attributes that transformers has renamed: nothing that a user of ours could change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _targets(model: Any) -> list[str]:
    """The names of the language model's linear layers, whatever the family calls it."""
    decoder = set(getattr(model, "get_decoder", nn.Module)().modules())
    found = [name for name, module in model.named_modules() if isinstance(module, nn.Linear) and module in decoder]
    if not found:
        raise BenchError("The model's language model has no linear layers that an adapter could sit on; leave --lora.")
    return found
