"""PyTorch's random numbers, tied to what they are drawn for."""

import torch

from builder.base import randomness


def seed_torch(seed: int, *names: str | int) -> None:
    """From here on PyTorch draws what `(seed, *names)` say, on every device, whatever was drawn before."""
    torch.manual_seed(randomness.digest(seed, *names) % 2**63)
