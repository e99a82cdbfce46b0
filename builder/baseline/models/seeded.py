"""Seeds PyTorch's random numbers by their purpose."""

import torch

from builder.base import randomness


def seed_torch(seed: int, *names: str | int) -> None:
    """Seed PyTorch from `(seed, *names)` on every device, so that earlier draws do not matter."""
    torch.manual_seed(randomness.digest(seed, *names) % 2**63)
