"""Image checks, on their own."""

import numpy as np
import pytest
from PIL import Image

from builder.portraits.checks import fault


def _noise(width: int = 32, height: int = 32, scale: int = 255) -> Image.Image:
    values = np.random.default_rng(0).random((height, width, 3)) * scale
    return Image.fromarray(values.astype(np.uint8))


def test_a_lively_picture_passes() -> None:
    assert fault(_noise(), 32) is None


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (Image.new("RGB", (32, 32), (240, 240, 240)), "blank"),
        (Image.new("RGB", (32, 32)), "black"),
        (_noise(scale=15), "black"),
        (_noise(width=30), "30x32 pixels instead of 32x32"),
        (_noise().convert("RGBA"), "mode RGBA"),
        (_noise().convert("L"), "mode L"),
    ],
)
def test_others_do_not(picture: Image.Image, reason: str) -> None:
    assert reason in (fault(picture, 32) or "")
