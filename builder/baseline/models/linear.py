"""Matrix products of a model that is asked in full precision on the CPU.

PyTorch uses MKL for them, which took twice the time of oneDNN on the AMD processor where this was measured. oneDNN also
comes with PyTorch and also computes in full precision.
"""

import contextlib
from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor, nn


@contextlib.contextmanager
def fast_linear(model: nn.Module) -> Iterator[None]:
    """Inside this context the model's linear layers use oneDNN, if it is available and supports them. No gradients."""
    layers = [layer for layer in model.modules() if type(layer) is nn.Linear and _suits(layer)]
    for layer in layers:
        layer.forward = partial(_forward, layer)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _suits(layer: nn.Linear) -> bool:
    available = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    plain = "forward" not in vars(layer)  # nobody else, accelerate's hooks for one, has a hand in it
    known = hasattr(torch.ops.mkldnn, "_linear_pointwise")
    return available and known and plain and layer.weight.device.type == "cpu" and layer.weight.dtype == torch.float32


def _forward(layer: nn.Linear, states: Tensor) -> Tensor:
    found: Tensor = torch.ops.mkldnn._linear_pointwise(states, layer.weight, layer.bias, "none", [], "")
    return found
