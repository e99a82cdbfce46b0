"""Any transformers image-text-to-text model, from a folder or the Hub.

A repository's own code is never run, and weights are read from safetensors only.
"""

import importlib
import inspect
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
    AutoConfig,
    AutoModelForImageTextToText,
    AutoProcessor,
)

from builder.base.errors import BenchError, CallError
from builder.baseline.models import families, foreign, memory
from builder.baseline.models.chat import Chat
from builder.baseline.models.foreign import Adapter
from builder.baseline.models.seeded import seed_torch
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import Settings

_OPTIONAL = ("num2words", "torchvision")
"""Packages that some families' processors need and transformers itself does not."""
_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def load(name: str, pictures: Mapping[str, bytes], settings: Settings) -> Vlm:
    """The model `name` (a folder, or a name on the Hub), or the adapter of that name on its base, with its processor.

    Raises CallError when it is no image-text-to-text model, BenchError when it cannot be read or does not fit.
    """
    own = foreign.find(name, evaluate_only=settings.evaluate_only)
    base = own.base if own else name
    config = _config(base, own)
    empty = memory.empty(config)
    families.check_shape(name, config, empty)
    dtype = number_type(settings)
    kept = _kept_in(config, settings)
    memory.check(name, empty, settings, kept)
    several = torch.cuda.device_count() > 1
    seed_torch(0, "weights that the model came without")
    try:
        processor = _processor(name, base, config)  # first: it is soon read, and may lack a package
        model: Any = AutoModelForImageTextToText.from_pretrained(
            base,
            dtype=kept,
            device_map="auto" if several else None,
            trust_remote_code=False,
            use_safetensors=True,
        )
        if own:
            model = own.on(model)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise BenchError(f"The model {name} cannot be loaded: {first_line(error)}") from error
    if torch.cuda.is_available() and not several:
        model = model.to("cuda")
    return Vlm(
        model.eval(), Chat(processor, pictures, today=settings.today), compute=None if dtype == torch.float32 else dtype
    )


def number_type(settings: Settings) -> torch.dtype:
    """What is computed in: as set, else bf16 where the accelerator knows it and fp32 on the processor."""
    if settings.precision != "auto":
        return _TYPES[settings.precision]
    return torch.bfloat16 if torch.cuda.is_available() else torch.float32


def _kept_in(config: Any, settings: Settings) -> torch.dtype:
    """What weights are kept in: fp32 where all of them learn, and where a model that is only evaluated was saved so."""
    whole = not settings.lora and not settings.evaluate_only
    stored = settings.evaluate_only and settings.precision == "auto" and getattr(config, "dtype", None) == torch.float32
    return torch.float32 if whole or stored else number_type(settings)


def _config(name: str, own: Adapter | None = None) -> Any:
    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
    except (OSError, ValueError) as error:
        whose = f", on which the adapter {own.name} builds," if own else ""
        raise BenchError(f"There is no model {name}{whose} that can be read: {first_line(error)}") from error
    if type(config) not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        raise CallError(
            f"{name} is a {config.model_type} model, which transformers does not list as image-text-to-text; "
            "--model takes a vision-language model that answers questions about images."
        )
    return config


def _processor(name: str, base: str, config: Any) -> Any:
    """That of the model; of its base, where an adapter came without one."""
    try:
        return AutoProcessor.from_pretrained(name, trust_remote_code=False)
    except ImportError as error:
        lacking = _lacking(config, str(error))
        way_out = f"pip install {' '.join(lacking)}" if lacking else first_line(error)
        raise BenchError(f"The processor of {name} needs packages that are not installed: {way_out}") from error
    except (OSError, ValueError):
        if base == name:
            raise
        return _processor(base, base, config)


def _lacking(config: Any, told: str) -> list[str]:
    """The packages that are not installed and that a processor's own source, or its first complaint, names."""
    module = type(config).__module__.replace(".configuration_", ".processing_")
    source = inspect.getsource(importlib.import_module(module)) if find_spec(module) else ""
    named = f"{told} {source}"
    return [each for each in _OPTIONAL if re.search(rf"\b{each}\b", named) and find_spec(each) is None]


def first_line(error: Exception) -> str:
    """What an error of a library says, in one sentence."""
    text = str(error).strip() or type(error).__name__
    line = text.splitlines()[0]
    return line if line.endswith(".") or Path(line).exists() else f"{line}."
