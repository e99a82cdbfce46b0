"""Checks that a model fits: estimates the least memory that a run needs, before anything is loaded."""

from typing import Any

import torch
from accelerate import init_empty_weights
from transformers import AutoModelForImageTextToText

from builder.base.errors import BenchError
from builder.baseline.settings import Settings

_HEADROOM = 1.2
"""Activations and what else lies about, as a factor."""


def check(name: str, model: Any, settings: Settings, dtype: torch.dtype) -> None:
    """Raise BenchError, saying how much is needed, when a model does not fit the accelerator or this machine."""
    count = sum(parameter.numel() for parameter in model.parameters())
    wanted, there = needed_bytes(count, settings, dtype), available()
    if there is not None and wanted > there:
        way_out = (
            "" if settings.lora or settings.evaluate_only else " --lora 16 needs far less than training all weights."
        )
        raise BenchError(
            f"{name} needs about {wanted / 2**30:.1f} GiB of memory and there are {there / 2**30:.1f} GiB.{way_out}"
        )


def empty(config: Any) -> Any:
    """A model without weights: what it is made of, and how many it would have."""
    with init_empty_weights():
        return AutoModelForImageTextToText.from_config(config)


def needed_bytes(count: int, settings: Settings, dtype: torch.dtype) -> int:
    """Bytes: the weights; when all are trained, also gradients, two moments and the copy before unlearning, in fp32."""
    if settings.evaluate_only or settings.lora:
        return int(count * dtype.itemsize * _HEADROOM)
    return int(count * 4 * 5 * _HEADROOM)


def available() -> int | None:
    """Free bytes of all accelerators together, else of the machine; None when unknown."""
    if torch.cuda.is_available():
        return sum(torch.cuda.mem_get_info(number)[0] for number in range(torch.cuda.device_count()))
    try:
        with open("/proc/meminfo") as lines:  # noqa: PTH123 - a device file
            found = dict(line.split(":", 1) for line in lines)
        return int(found["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
