"""How the views of a person keep the reference's face: by editing, by an IP-Adapter, or by image-to-image from it."""

import inspect
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from builder.base.errors import BenchError, CallError
from builder.base.recipe import DiffusionPart

if TYPE_CHECKING:
    from PIL import Image

_EDIT_OR_PAINT: Final = ("Flux2Pipeline", "Flux2KleinPipeline", "FluxKontextPipeline")
"""Pipelines that edit a picture as a prompt says, and paint from words alone when they get no picture."""

_ONLY_EDIT: Final = ("QwenImageEditPipeline", "QwenImageEditPlusPipeline")
"""Pipelines that need a picture to edit."""


class CannotLoad(BenchError):
    """A model is missing, cannot be reached, or is not what the recipe says."""


def edits(kind: type) -> bool:
    """Whether a pipeline class repaints a picture as its prompt says, keeping the person in it."""
    return kind.__name__ in _EDIT_OR_PAINT + _ONLY_EDIT


def way(pipeline: Any, part: DiffusionPart) -> str:
    """How views keep the face, with 'auto' resolved. Raises CallError if the pipeline cannot do it."""
    name = type(pipeline).__name__
    if name in _ONLY_EDIT:
        raise CallError(
            f"{name} cannot paint a reference, because it only edits pictures; name it in diffusion.edit_model, and a "
            "text-to-image model in diffusion.model."
        )
    wanted = _resolved(pipeline, part)
    if wanted == "ip-adapter" and not _takes_ip_adapter(pipeline):
        raise CallError(f"{name} takes no IP-Adapter here; set diffusion.identity = 'img2img'.")
    if wanted == "ip-adapter" and not (part.ip_adapter and part.ip_adapter_weights):
        raise CallError("diffusion.identity = 'ip-adapter' needs diffusion.ip_adapter and its ip_adapter_weights.")
    if wanted == "edit" and not (part.edit_model or edits(type(pipeline))):
        raise CallError(f"{name} does not edit pictures; name a model that does in diffusion.edit_model.")
    if wanted == "img2img" and edits(type(pipeline)):
        raise CallError(f"{name} edits pictures and has no image-to-image form; set diffusion.identity = 'edit'.")
    if wanted == "img2img" and not _has_image_to_image(pipeline):
        raise CallError(
            f"{name} has no image-to-image form in diffusers, so nothing would keep a person's face from view to view; "
            "choose another model, or say diffusion.identity = 'none' if the views need not show the same person."
        )
    return wanted


def _resolved(pipeline: Any, part: DiffusionPart) -> str:
    if part.identity != "auto":
        return part.identity
    if part.edit_model or edits(type(pipeline)):
        return "edit"
    return "ip-adapter" if part.ip_adapter and _takes_ip_adapter(pipeline) else "img2img"


def _takes_ip_adapter(pipeline: Any) -> bool:
    from diffusers.loaders.ip_adapter import IPAdapterMixin

    return isinstance(pipeline, IPAdapterMixin) and hasattr(pipeline, "unet")


def _has_image_to_image(pipeline: Any) -> bool:
    try:
        kind = type(image_to_image(pipeline))
    except ValueError:  # AutoPipeline raises it for a model without such a pipeline
        return False
    # Without a strength, the picture would be a hint for the whole batch, and not what each view starts from.
    return "strength" in inspect.signature(kind.__call__).parameters


def image_to_image(pipeline: Any) -> Any:
    """The same weights as an image-to-image pipeline; none is loaded twice."""
    from diffusers import AutoPipelineForImage2Image

    return AutoPipelineForImage2Image.from_pipe(pipeline)


def add_ip_adapter(pipeline: Any, part: DiffusionPart) -> None:
    """Give the pipeline the recipe's adapter and image encoder. Raises CallError and CannotLoad."""
    from transformers import CLIPVisionModelWithProjection

    weights = PurePosixPath(part.ip_adapter_weights)
    if weights.suffix != ".safetensors":
        raise CallError(f"diffusion.ip_adapter_weights = '{weights}' must name a .safetensors file.")
    folder = Path(part.ip_adapter).expanduser()
    source = str(folder) if folder.is_dir() else part.ip_adapter
    subfolder = "" if str(weights.parent) == "." else str(weights.parent)
    try:
        # Loaded here instead of by the pipeline, which would also accept pickled weights.
        encoder = CLIPVisionModelWithProjection.from_pretrained(
            source, subfolder=part.ip_adapter_encoder, dtype=pipeline.dtype, use_safetensors=True
        )
        pipeline.register_modules(image_encoder=encoder)
        pipeline.load_ip_adapter(source, subfolder=subfolder, weight_name=weights.name, image_encoder_folder=None)
    except Exception as error:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise CannotLoad(f"The IP-Adapter {weights} of {part.ip_adapter} cannot be loaded: {reason}") from error


def look_at(pipeline: Any, references: "Sequence[Image.Image]", scale: float) -> dict[str, Any]:
    """Arguments that make each picture of a batch look at its own reference; sets the adapter's scale."""
    import torch

    pipeline.set_ip_adapter_scale(scale)
    projection = pipeline.unet.encoder_hid_proj.image_projection_layers[0]
    from diffusers.models.embeddings import ImageProjection

    with torch.no_grad():
        seen, unseen = pipeline.encode_image(
            list(references), pipeline._execution_device, 1, not isinstance(projection, ImageProjection)
        )
    embeds = torch.cat([unseen[:, None], seen[:, None]])
    # A pipeline repeats what it is given for every picture, so the whole batch would see the same reference. These
    # embeddings are already one per picture, in the halves (without and with the reference) that guidance needs.
    pipeline.prepare_ip_adapter_image_embeds = lambda *_, **__: (
        [embeds] if pipeline.do_classifier_free_guidance else [embeds.chunk(2)[1]]
    )
    return {"ip_adapter_image_embeds": [embeds]}
