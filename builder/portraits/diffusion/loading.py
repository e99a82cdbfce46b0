"""Loads a pipeline as the recipe says. It reads weights from safetensors only and runs no code that comes with them."""

import importlib.util
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import CallError
from builder.base.recipe import DiffusionPart
from builder.portraits.diffusion.identity import CannotLoad, add_ip_adapter, edits, image_to_image, way

PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "jinja2")
"""What the painter needs installed, by their import names; the extra `diffusers` brings them."""


_SINGLE_FILES = (".safetensors", ".ckpt", ".gguf", ".bin", ".pt", ".pth")


@dataclass(frozen=True)
class Pipelines:
    """What paints: `plain` from words alone, `again` a view from its reference; None if `plain` paints everything."""

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
    plain = _pretrained(part.model, "diffusion.model", getattr(torch, dtype), part.revision, part.variant)
    _set_scheduler(plain, part.scheduler)
    identity = way(plain, part)
    if identity == "ip-adapter":
        add_ip_adapter(plain, part)
    again = _again(plain, identity, part, getattr(torch, dtype))
    _place(plain, part, device)
    if identity == "edit" and again is not plain:
        _place(again, part, device)
    for pipeline in (plain, again):
        if pipeline is not None:
            pipeline.set_progress_bar_config(disable=True)
    return Pipelines(plain, again, identity, device, dtype)


def _again(plain: Any, identity: str, part: DiffusionPart, dtype: Any) -> Any | None:
    """The pipeline that paints views from their reference. Raises CallError and CannotLoad."""
    if identity == "img2img":
        return image_to_image(plain)
    if identity != "edit":
        return None
    if not part.edit_model:
        return plain
    pipeline = _pretrained(part.edit_model, "diffusion.edit_model", dtype, part.edit_revision)
    if not edits(type(pipeline)):
        raise CallError(
            f"diffusion.edit_model = '{part.edit_model}' is a {type(pipeline).__name__}, which does not edit pictures; "
            "name FLUX.2, FLUX.1 Kontext or Qwen-Image-Edit."
        )
    return pipeline


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


def _pretrained(model: str, knob: str, dtype: Any, revision: str, variant: str = "") -> Any:
    folder = Path(model).expanduser()
    local = folder.is_dir()
    if folder.suffix in _SINGLE_FILES:
        raise CannotLoad(
            f"{knob} = '{model}' is a single file of weights, and a folder of a pipeline is needed, with "
            "its model_index.json: load it once with the pipeline's from_single_file, and save_pretrained makes one."
        )
    if local and not (folder / "model_index.json").is_file():
        raise CannotLoad(f"{folder} is no pipeline of diffusers: it has no model_index.json.")
    if not local and (model.startswith((".", "/", "~")) or model.count("/") != 1):
        raise CannotLoad(f"The model '{model}' cannot be loaded: there is no such folder, and it is no Hub id.")
    where: dict[str, Any] = {}
    if local:
        where["local_files_only"] = True
    elif revision:
        where["revision"] = revision
    options = where | {"dtype": dtype, "use_safetensors": True, "trust_remote_code": False}
    if variant:
        options["variant"] = variant
    source = str(folder) if local else model
    try:
        return _loader(source, where).from_pretrained(source, **options)
    except CannotLoad:
        raise
    except Exception as error:
        raise CannotLoad(_why_not_loaded(model, local, error)) from error


def _loader(source: str, where: Mapping[str, Any]) -> Any:
    """The class that loads a model: what its own index names, in its text-to-image form if diffusers links one.

    Raises CannotLoad if the index names anything but a pipeline of diffusers.
    """
    import diffusers
    from diffusers.pipelines.auto_pipeline import SUPPORTED_TASKS_MAPPINGS

    name = diffusers.DiffusionPipeline.load_config(source, **where).get("_class_name")
    kind = getattr(diffusers, name, None) if isinstance(name, str) else None
    if not (inspect.isclass(kind) and issubclass(kind, diffusers.DiffusionPipeline)):
        raise CannotLoad(
            f"The model_index.json of '{source}' names {name!r}, which is no pipeline of diffusers "
            f"{diffusers.__version__}: update diffusers, or choose another model; a model's own code is never run."
        )
    mappings: Any = SUPPORTED_TASKS_MAPPINGS
    linked = any(kind in mapping.values() for mapping in mappings)
    return diffusers.AutoPipelineForText2Image if linked and not edits(kind) else kind


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
