"""The diffusers painter: turns orders into pictures, a batch at a time."""

import functools
import importlib.metadata
import io
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from builder.base.errors import BenchError
from builder.base.recipe import DiffusionPart
from builder.portraits.diffusion import memory
from builder.portraits.diffusion.identity import look_at
from builder.portraits.diffusion.loading import Pipelines, accepted, load
from builder.portraits.diffusion.prompt_template import prompt
from builder.portraits.painter import Order

if TYPE_CHECKING:
    from torch import Generator


_DIVISIBLE = re.compile(r"divisible by (\d+)")


class CannotPaint(BenchError):
    """A pipeline fails on every request, or does not fit into memory."""


class DiffusersPainter:
    """Paints with a loaded pipeline.

    Each picture's noise comes from its order's own seed, on the CPU, so that it is the same on every device and in
    every batch. The batch can change only the order of additions in the network: that makes a difference of one level
    in 255 on the CPU in float32, and of a few in half precision.
    """

    def __init__(self, pipelines: Pipelines, part: DiffusionPart) -> None:
        """Paint with `pipelines` as `part` says."""
        self.pipelines, self.part = pipelines, part
        self.batch_size = part.batch_size
        """Pictures painted at once: what fitted so far."""

    def paint(self, orders: Sequence[Order]) -> list[Image.Image]:
        """One RGB picture for each order. Raises CannotPaint if even a single picture cannot be painted."""
        pictures: list[Image.Image] = []
        while len(pictures) < len(orders):
            batch = _alike(orders[len(pictures) : len(pictures) + self.batch_size])
            painted = self._unless_memory_runs_out(batch)
            if painted is None:
                self._halve(len(batch))
            else:
                pictures += painted
        return pictures

    def _unless_memory_runs_out(self, batch: Sequence[Order]) -> list[Image.Image] | None:
        try:
            return [_picture(array) for array in self._painted(batch)]
        except BenchError:
            raise
        except Exception as error:
            if not memory.ran_out(error):
                name = type(self.pipelines.plain).__name__
                raise CannotPaint(f"{name} failed on {len(batch)} pictures: {_first_line(error)}") from error
        return None

    def _halve(self, failed: int) -> None:
        memory.clear()
        if failed == 1:
            raise CannotPaint(
                f"{self.part.model} does not fit into the memory of {self.pipelines.device} with one picture; try "
                "diffusion.offload = 'model', a smaller portraits.size, or dtype 'bfloat16'."
            )
        self.batch_size = failed // 2

    def _painted(self, batch: Sequence[Order]) -> npt.NDArray[np.float32]:
        """Pictures as (batch, height, width, RGB), 0 to 1."""
        arguments = self._arguments(batch)
        pipeline = self.pipelines.plain
        if self.pipelines.identity == "ip-adapter":
            arguments |= self._adapter_arguments(batch)
        elif self.pipelines.again is not None and batch[0].reference:
            pipeline = self.pipelines.again
            arguments |= {
                "image": [_opened(order.reference) for order in batch],
                "strength": self.part.strength,
                # Image-to-image skips the first steps: ask for enough that a view gets as many as its reference.
                "num_inference_steps": math.ceil(self.part.steps / self.part.strength),
            }
        try:
            return np.asarray(pipeline(**accepted(pipeline, arguments)).images, dtype=np.float32)
        except ValueError as error:
            step = _DIVISIBLE.search(str(error))
            if step is None:
                raise
            raise CannotPaint(_other_size(self.part.model, batch[0].size, int(step[1]))) from error

    def _arguments(self, batch: Sequence[Order]) -> dict[str, Any]:
        size = batch[0].size
        arguments: dict[str, Any] = {
            "prompt": [prompt(order) for order in batch],
            "height": size,
            "width": size,
            "num_inference_steps": self.part.steps,
            "guidance_scale": self.part.guidance,
            "generator": [_generator(order) for order in batch],
            "output_type": "np",
            "use_resolution_binning": False,  # a picture of another size, cut to this one
            "clean_caption": False,  # would need further packages
        }
        if self.part.negative_prompt and self.part.guidance > 1:
            arguments["negative_prompt"] = [self.part.negative_prompt] * len(batch)
        if self.part.max_tokens:
            arguments["max_sequence_length"] = self.part.max_tokens
        return arguments

    def _adapter_arguments(self, batch: Sequence[Order]) -> dict[str, Any]:
        """Arguments for the adapter. Once loaded it always needs an image; for references it is turned off."""
        if batch[0].reference:
            references = [_opened(order.reference) for order in batch]
            return look_at(self.pipelines.plain, references, self.part.ip_adapter_scale)
        nothing = Image.new("RGB", (batch[0].size, batch[0].size))
        return look_at(self.pipelines.plain, [nothing] * len(batch), 0.0)


def _other_size(model: str, size: int, step: int) -> str:
    below = max(step, size - size % step)
    return (
        f"portraits.size = {size} does not suit {model}, which paints in multiples of {step}: set {below} or "
        f"{below + step}."
    )


@functools.lru_cache(maxsize=1)
def opened(part: DiffusionPart, device: str) -> DiffusersPainter:
    """The painter of this process; the first call loads its model."""
    return DiffusersPainter(load(part, device), part)


def made_with(pipelines: Pipelines) -> str:
    """What paints, in words: device, number format and versions, as a manifest states it."""
    import torch

    device = pipelines.device
    name = f"{device} ({torch.cuda.get_device_name(device)})" if device.startswith("cuda") else device
    versions = ", ".join(
        f"{each} {importlib.metadata.version(each)}" for each in ("torch", "diffusers", "transformers")
    )
    return f"{name}, {pipelines.dtype}, {versions}"


def _alike(orders: Sequence[Order]) -> Sequence[Order]:
    """The first orders that can share a batch: all references, or all views, of one size."""
    first = orders[0]
    for place, order in enumerate(orders):
        if (bool(order.reference), order.size) != (bool(first.reference), first.size):
            return orders[:place]
    return orders


def _generator(order: Order) -> "Generator":
    import torch

    return torch.Generator("cpu").manual_seed(order.image_seed)


def _opened(reference: bytes) -> Image.Image:
    return Image.open(io.BytesIO(reference)).convert("RGB")


def _picture(array: npt.NDArray[np.float32]) -> Image.Image:
    if not np.isfinite(array).all():
        picture = Image.new("RGB", (array.shape[1], array.shape[0]))
        picture.info["fault"] = (
            "holds values that are no numbers (NaN); diffusion.dtype = 'bfloat16' or 'float32' may help"
        )
        return picture
    return Image.fromarray((array * 255).round().astype(np.uint8), "RGB")


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
