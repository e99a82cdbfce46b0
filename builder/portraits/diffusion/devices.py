"""Chooses the devices that paint."""

from builder.base.errors import CallError
from builder.base.recipe import DiffusionPart


def devices_of(part: DiffusionPart) -> list[str]:
    """The devices in a recipe; "auto" is every GPU, else the CPU. Raises CallError for a device that does not exist."""
    from builder.portraits.diffusion.loading import require_packages

    require_packages()
    import torch

    there = [f"cuda:{number}" for number in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        there.append("mps")
    there.append("cpu")
    if part.device == "auto":
        return [device for device in there if device != "cpu"] or ["cpu"]
    wanted = "cuda:0" if part.device == "cuda" else part.device
    if wanted not in there:
        raise CallError(f"diffusion.device = '{part.device}' is not there; this machine has {', '.join(there)}.")
    return [wanted]
