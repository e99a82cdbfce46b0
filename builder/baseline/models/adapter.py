"""Low-rank adapters on the language model (Hu et al. 2021), by peft.

Unlearning starts from vanilla: the base model with vanilla's adapter, which stays in place, frozen, beside the adapter
that is trained. On disk the two become one adapter of the base model with their factors side by side,
[B1 B2] [A1; A2] = B1 A1 + B2 A2, so that loading it gives exactly the same model.
"""

import contextlib
import copy
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.tuners.lora.layer import LoraLayer
from safetensors.torch import save_file
from torch import Tensor, nn

from builder.base.errors import BenchError
from builder.baseline.models.vlm import Vlm

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_NEW, _KEPT = "default", "kept"
_ALPHA = 2
"""Alpha by rank, the same of every adapter here: what lets two of them become one."""


def attach(vlm: Vlm, rank: int, start: Path | None = None) -> None:
    """Add a new adapter of this rank, at zero, beside the one in `start`, if any; freeze everything else."""
    config = LoraConfig(r=rank, lora_alpha=_ALPHA * rank, lora_dropout=0.0, target_modules=_targets(vlm.model))
    base = vlm.model.name_or_path
    with without_deprecations():
        if start is None:
            vlm.model = get_peft_model(vlm.model, config)
        else:
            vlm.model = PeftModel.from_pretrained(vlm.model, start, adapter_name=_KEPT)
            vlm.model.add_adapter(_NEW, config)
            vlm.model.base_model.set_adapter([_KEPT, _NEW])
            for name, parameter in vlm.model.named_parameters():
                parameter.requires_grad_(f".{_NEW}." in name)
    # A folder is named so that it is found from anywhere; the embedded model has no name.
    found = bool(base) and Path(base).is_dir()
    vlm.model.peft_config[_NEW].base_model_name_or_path = str(Path(base).resolve()) if found else base


def sits_on(model: Any) -> bool:
    """Whether a model has an adapter."""
    return hasattr(model, "peft_config") and hasattr(model, "get_base_model")


@contextlib.contextmanager
def as_it_started(model: Any) -> Iterator[None]:
    """Inside this context the model ignores what it has learned since `attach`."""
    layers = [layer for layer in model.modules() if isinstance(layer, LoraLayer)]
    for layer in layers:
        layer.set_scale(_NEW, 0)
    try:
        yield
    finally:
        for layer in layers:
            layer.set_scale(_NEW, 1)


def merge(vlm: Vlm) -> None:
    """Put what the adapters have learned into the weights themselves; no adapter is left."""
    with without_deprecations():
        vlm.model = vlm.model.merge_and_unload()


@torch.no_grad()
def leave_out_unlearning(model: Any) -> None:
    """Disable the factors that unlearning added beside vanilla's, if there are any."""
    if _KEPT not in model.peft_config:
        return
    rank = model.peft_config[_NEW].r
    for name, factor in model.named_parameters():
        if f"lora_B.{_KEPT}." in name:
            factor[:, rank:] = 0


def save(model: Any, folder: Path) -> None:
    """Write a model with adapters as one adapter of its base, or whole where the base has no name to be found by."""
    if not model.peft_config[_NEW].base_model_name_or_path:
        with without_deprecations():
            copy.deepcopy(model).merge_and_unload().save_pretrained(folder)
        return
    config = copy.copy(model.peft_config[_NEW])
    parts = [get_peft_model_state_dict(model, adapter_name=name, save_embedding_layers=False) for name in _names(model)]
    config.r = sum(model.peft_config[name].r for name in _names(model))
    config.lora_alpha, config.inference_mode = _ALPHA * config.r, True
    config.save_pretrained(folder)
    tensors = {name: _side_by_side(name, [part[name] for part in parts]) for name in parts[0]}
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def _names(model: Any) -> list[str]:
    return [name for name in (_KEPT, _NEW) if name in model.peft_config]


def _side_by_side(name: str, factors: list[Tensor]) -> Tensor:
    return torch.cat(factors, 0 if "lora_A" in name else 1).contiguous()


@contextlib.contextmanager
def without_deprecations() -> Iterator[None]:
    """Peft reads attributes that transformers has renamed: nothing that a user of ours could change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _targets(model: Any) -> list[str]:
    """The names of the language model's linear layers, whatever the family calls it."""
    decoder = set(getattr(model, "get_decoder", nn.Module)().modules())
    found = [name for name, module in model.named_modules() if isinstance(module, nn.Linear) and module in decoder]
    if not found:
        raise BenchError("The model's language model has no linear layers for an adapter; omit --lora.")
    return found
