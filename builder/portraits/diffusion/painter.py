"""The diffusers painter: turns orders into pictures, a batch at a time."""

import functools
import importlib.metadata
import inspect
import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from builder.base.errors import BenchError
from builder.base.recipe import DiffusionPart
from builder.portraits.diffusion import memory
from builder.portraits.diffusion.identity import look_at
from builder.portraits.diffusion.loading import Pipelines, accepted, load
from builder.portraits.diffusion.prompt_template import edit_prompt, prompt
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
        plain, again = self.pipelines.plain, self.pipelines.again
        if self.pipelines.identity == "ip-adapter":
            return self._called(plain, self._arguments(plain, batch) | self._adapter_arguments(batch))
        if again is None or not batch[0].reference:
            return self._called(plain, self._arguments(plain, batch))
        if self.pipelines.identity == "edit":
            # An editing pipeline takes every picture it is given for a reference of every prompt: one order a call.
            return np.concatenate([self._edited(order) for order in batch])
        from_reference = {
            "image": [_opened(order.reference) for order in batch],
            "strength": self.part.strength,
            # Image-to-image skips the first steps: ask for enough that a view gets as many as its reference.
            "num_inference_steps": math.ceil(self.part.steps / self.part.strength),
        }
        return self._called(again, self._arguments(again, batch) | from_reference)

    def _edited(self, order: Order) -> npt.NDArray[np.float32]:
        """The order's reference, edited into its view, as a batch of one."""
        pipeline = self.pipelines.again
        arguments = self._arguments(pipeline, [order], edited=True)
        return self._called(pipeline, arguments | {"image": [_opened(order.reference)]})

    def _called(self, pipeline: Any, arguments: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        try:
            return np.asarray(pipeline(**accepted(pipeline, arguments)).images, dtype=np.float32)
        except ValueError as error:
            step = _DIVISIBLE.search(str(error))
            if step is None:
                raise
            raise CannotPaint(_other_size(type(pipeline).__name__, arguments["height"], int(step[1]))) from error

    def _arguments(self, pipeline: Any, batch: Sequence[Order], *, edited: bool = False) -> dict[str, Any]:
        part, size = self.part, batch[0].size
        by_second = edited and bool(part.edit_model)
        guidance = part.edit_guidance if by_second else part.guidance
        arguments: dict[str, Any] = {
            "prompt": [edit_prompt(order) if edited else prompt(order) for order in batch],
            "height": size,
            "width": size,
            "max_area": size * size,  # FLUX.1 Kontext paints as many pixels as this, whatever the height and width
            "num_inference_steps": part.edit_steps if by_second else part.steps,
            "generator": [_generator(order) for order in batch],
            "output_type": "np",
            "use_resolution_binning": False,  # a picture of another size, cut to this one
            "clean_caption": False,  # would need further packages
            **_guiding(pipeline, guidance),
        }
        if part.negative_prompt and guidance > 1:
            arguments["negative_prompt"] = [part.negative_prompt] * len(batch)
        if part.max_tokens:
            arguments["max_sequence_length"] = part.max_tokens
        return arguments

    def _adapter_arguments(self, batch: Sequence[Order]) -> dict[str, Any]:
        """Arguments for the adapter. Once loaded it always needs an image; for references it is turned off."""
        if batch[0].reference:
            references = [_opened(order.reference) for order in batch]
            return look_at(self.pipelines.plain, references, self.part.ip_adapter_scale)
        nothing = Image.new("RGB", (batch[0].size, batch[0].size))
        return look_at(self.pipelines.plain, [nothing] * len(batch), 0.0)


def _guiding(pipeline: Any, guidance: float) -> dict[str, float]:
    """The guidance scale under the name by which the pipeline's model takes it.

    Where a pipeline has both, `guidance_scale` is an input that only some distilled models have.
    """
    by_negative_prompt = "true_cfg_scale" in inspect.signature(type(pipeline).__call__).parameters
    if by_negative_prompt and not pipeline.transformer.config.guidance_embeds:
        return {"true_cfg_scale": guidance}
    return {"guidance_scale": guidance}


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
