"""Loads a pipeline as the recipe says. It reads weights from safetensors only and runs no code that comes with them."""

import importlib.util
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import CallError
from builder.base.recipe import DiffusionPart
from builder.portraits.diffusion.identity import CannotLoad, add_ip_adapter, image_to_image, way

PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "jinja2")
"""What the painter needs installed, by their import names; the extra `diffusers` brings them."""


_SINGLE_FILES = (".safetensors", ".ckpt", ".gguf", ".bin", ".pt", ".pth")


@dataclass(frozen=True)
class Pipelines:
    """A loaded model. `again` paints a view from its reference; it is None if `plain` paints everything."""

    plain: Any
    again: Any | None
    identity: str
    device: str
    dtype: str


def load(part: DiffusionPart, device: str) -> Pipelines:
    """The model of the recipe on `device`. Raises CallError for a setting that it cannot take, and CannotLoad."""
    require_packages()
    import torch

    _be_quiet()
    dtype = _dtype(part, device)
    plain = _pretrained(part, getattr(torch, dtype))
    _set_scheduler(plain, part.scheduler)
    identity = way(plain, part)
    if identity == "ip-adapter":
        add_ip_adapter(plain, part)
    again = image_to_image(plain) if identity == "img2img" else None
    _place(plain, part, device)
    for pipeline in (plain, again):
        if pipeline is not None:
            pipeline.set_progress_bar_config(disable=True)
    return Pipelines(plain, again, identity, device, dtype)


def require_packages() -> None:
    """Raise CallError, with the remedy, unless everything that the painter needs is installed."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise CallError(
            f"The diffusers painter needs {', '.join(missing)}; pip install 'build-bench[diffusers]' brings "
            "them. The offline painter needs nothing: --painter offline."
        )


def _be_quiet() -> None:
    """Silence the libraries: their progress bars would break ours, and they report long prompts with every picture."""
    import diffusers.utils.logging
    import transformers.utils.logging

    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.disable_progress_bar()
        logging.set_verbosity_error()


def _dtype(part: DiffusionPart, device: str) -> str:
    import torch

    if part.dtype != "auto":
        return part.dtype
    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    return "float16" if device == "mps" else "float32"


def _pretrained(part: DiffusionPart, dtype: Any) -> Any:
    from diffusers import AutoPipelineForText2Image

    folder = Path(part.model).expanduser()
    local = folder.is_dir()
    if folder.suffix in _SINGLE_FILES:
        raise CannotLoad(
            f"diffusion.model = '{part.model}' is a single file of weights, and a folder of a pipeline is needed, with "
            "its model_index.json: load it once with the pipeline's from_single_file, and save_pretrained makes one."
        )
    if local and not (folder / "model_index.json").is_file():
        raise CannotLoad(f"{folder} is no pipeline of diffusers: it has no model_index.json.")
    if not local and (part.model.startswith((".", "/", "~")) or part.model.count("/") != 1):
        raise CannotLoad(f"The model '{part.model}' cannot be loaded: there is no such folder, and it is no Hub id.")
    options: dict[str, Any] = {"dtype": dtype, "use_safetensors": True, "trust_remote_code": False}
    if local:
        options["local_files_only"] = True
    elif part.revision:
        options["revision"] = part.revision
    if part.variant:
        options["variant"] = part.variant
    try:
        return AutoPipelineForText2Image.from_pretrained(str(folder) if local else part.model, **options)
    except Exception as error:
        raise CannotLoad(_why_not_loaded(part.model, local, error)) from error


def _why_not_loaded(model: str, local: bool, error: Exception) -> str:
    reason = " ".join(str(error).split())[:300] or type(error).__name__
    if local:
        return f"The pipeline in {model} cannot be loaded (safetensors only, no code of its own): {reason}"
    return (
        f"The model '{model}' cannot be loaded: there is no such folder, and the Hub did not give it. A gated model "
        f"needs `hf auth login`; without a network, download it once and name its folder. The reason given: {reason}"
    )


def _set_scheduler(pipeline: Any, name: str) -> None:
    if not name:
        return
    import diffusers

    kind = getattr(diffusers, name, None)
    if not (inspect.isclass(kind) and issubclass(kind, diffusers.SchedulerMixin)):
        fitting = sorted({each.__name__ for each in pipeline.scheduler.compatibles})
        raise CallError(
            f"diffusion.scheduler = '{name}' is no scheduler of diffusers; fitting ones: {', '.join(fitting)}."
        )
    pipeline.scheduler = kind.from_config(pipeline.scheduler.config)


def _place(pipeline: Any, part: DiffusionPart, device: str) -> None:
    denoiser = denoiser_of(pipeline)
    if part.attention:
        if "hub" in part.attention:
            raise CallError(
                f"diffusion.attention = '{part.attention}' would download and run code; choose a built-in one."
            )
        try:
            denoiser.set_attention_backend(part.attention)
        except (ValueError, RuntimeError, NotImplementedError, ImportError) as error:
            raise CallError(f"diffusion.attention = '{part.attention}' cannot be used: {error}") from error
    if part.offload == "none" or device == "cpu":
        pipeline.to(device)
    elif part.offload == "model":
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.enable_sequential_cpu_offload(device=device)
    if part.compile:
        denoiser.compile()


def denoiser_of(pipeline: Any) -> Any:
    """The network that is called at every step."""
    return getattr(pipeline, "unet", None) or pipeline.transformer


def accepted(pipeline: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The `arguments` that the pipeline's call accepts; others are left out without an error."""
    known = inspect.signature(type(pipeline).__call__).parameters
    return {name: value for name, value in arguments.items() if name in known}
