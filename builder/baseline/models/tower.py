"""The vision tower of the embedded model: its shape, the weights that come along, and how it is adapted.

The weights were trained on drawn people outside every benchmark to tell faces apart (training/vision_tower.py makes
them). For portraits that come from elsewhere the tower is adapted on the train views of the release.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional
from transformers import CLIPVisionConfig, CLIPVisionModel

WEIGHTS = Path(__file__).parent / "vision_tower.safetensors"
SIZE = 96
"""Width and height of what the tower sees, in pixels."""
MEAN = (0.5, 0.5, 0.5)
DEVIATION = (0.25, 0.25, 0.25)


def config() -> CLIPVisionConfig:
    """Sixteen patches of an image, three layers."""
    return CLIPVisionConfig(
        hidden_size=128,
        intermediate_size=512,
        num_hidden_layers=3,
        num_attention_heads=4,
        image_size=SIZE,
        patch_size=24,
        projection_dim=128,
    )


def weights(path: Path = WEIGHTS) -> Mapping[str, Tensor]:
    """Weights that come along, stored in half precision; the tower's unless another file is named."""
    return {name: value.float() for name, value in load_file(path).items()}


def embed(tower: CLIPVisionModel, pixels: Tensor) -> Tensor:
    """One unit vector an image: the mean of its patches, (B, 3, S, S) to (B, H)."""
    states: Tensor = tower(pixel_values=pixels).last_hidden_state[:, 1:]
    return functional.normalize(states.mean(1), dim=-1)


def telling_apart(one: Tensor, other: Tensor) -> float:
    """Share of people whose view in `other` is nearest to their own view in `one`; rows (P, H) are people."""
    centred = [views - views.mean(0) for views in (one, other)]
    one, other = (functional.normalize(views, dim=-1) for views in centred)
    nearest = (other @ one.T).argmax(1)
    return float((nearest == torch.arange(len(one), device=one.device)).float().mean())


def contrast(one: Tensor, other: Tensor, temperature: float = 0.1) -> Tensor:
    """InfoNCE between two views of the same people (van den Oord et al. 2018), symmetric; rows are unit vectors."""
    likeness = one @ other.T / temperature
    own = torch.arange(len(one), device=one.device)
    return (functional.cross_entropy(likeness, own) + functional.cross_entropy(likeness.T, own)) / 2
