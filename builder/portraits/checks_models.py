"""Checks by a vision model of the user's choice: is it the same person, and is it safe to show?"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from builder.base.errors import BenchError, CallError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

_UNSAFE = ("nsfw", "unsafe", "porn", "hentai", "sexual", "sexy", "explicit", "nudity")
"""Words in a classifier's labels that name what must not be shown."""


class CannotCheck(BenchError):
    """A checking model cannot be loaded."""


class Likeness:
    """Compares faces by a vision model's embedding."""

    def __init__(self, model: str, device: str) -> None:
        """Load `model`, a Hub id or a folder, onto `device`."""
        from transformers import AutoModel

        self._model, self._processor = _loaded(AutoModel, model, device, "diffusion.embedding")
        self._device, self._turn = device, threading.Lock()

    def of(self, picture: "Image.Image") -> "npt.NDArray[np.float32]":
        """The embedding of one picture, of length 1."""
        import torch

        with self._turn, torch.inference_mode():
            pixels = self._processor(images=picture, return_tensors="pt").to(self._device)
            if hasattr(self._model, "get_image_features"):
                found = self._model.get_image_features(**pixels)
            else:
                found = self._model(**pixels)
            vector = torch.nn.functional.normalize(_vector(found).float(), dim=-1)[0]
        array: npt.NDArray[np.float32] = vector.cpu().numpy()
        return array


class Decency:
    """Refuses pictures by an image classifier's label."""

    def __init__(self, model: str, device: str) -> None:
        """Load `model`, a Hub id or a folder, onto `device`. Raises CallError if none of its labels is about safety."""
        from transformers import AutoModelForImageClassification

        self._model, self._processor = _loaded(AutoModelForImageClassification, model, device, "diffusion.nsfw")
        self._device, self._turn = device, threading.Lock()
        labels: dict[int, str] = self._model.config.id2label
        self._unsafe = [number for number, label in labels.items() if any(word in label.lower() for word in _UNSAFE)]
        if not self._unsafe:
            raise CallError(
                f"diffusion.nsfw = '{model}' has the labels {', '.join(labels.values())}; none says what is unsafe."
            )

    def fault(self, picture: "Image.Image") -> str | None:
        """The fault, as the end of a sentence that starts with "it"; None if there is none."""
        import torch

        with self._turn, torch.inference_mode():
            pixels = self._processor(images=picture, return_tensors="pt").to(self._device)
            chances = self._model(**pixels).logits.float().softmax(-1)[0]
        chance = float(chances[self._unsafe].sum())
        return f"is not safe to show (chance {chance:.2f})" if chance > 0.5 else None


def _loaded(kind: Any, model: str, device: str, knob: str) -> tuple[Any, Any]:
    from transformers import AutoImageProcessor

    try:
        loaded = kind.from_pretrained(model, use_safetensors=True, trust_remote_code=False).to(device).eval()
        processor: Callable[..., Any] = AutoImageProcessor.from_pretrained(model, trust_remote_code=False)
    except Exception as error:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise CannotCheck(
            f"{knob} = '{model}' cannot be loaded (safetensors only, no code of its own): {reason}"
        ) from error
    return loaded, processor


def _vector(found: Any) -> Any:
    """One vector per picture, in whichever form the model returns it."""
    for name in ("image_embeds", "pooler_output"):
        if getattr(found, name, None) is not None:
            found = getattr(found, name)
    if hasattr(found, "last_hidden_state"):
        found = found.last_hidden_state
    return found.flatten(2).mean(-1) if found.ndim == 4 else found.mean(1) if found.ndim == 3 else found.flatten(1)
