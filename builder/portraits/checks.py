"""Image checks: is a painter's picture a portrait at all?"""

import cv2
import numpy as np
from PIL import Image

from builder.base.errors import BenchError

_DARKEST = 12.0
"""Mean luminance (0 to 255) below which a picture counts as black: what failed or filtered diffusion returns."""

_FLATTEST = 6.0
"""Standard deviation of the luminance below which a picture shows nothing."""


class PortraitRefused(BenchError):
    """A portrait failed its checks in every attempt."""


def fault(picture: Image.Image, size: int) -> str | None:
    """The fault of a painted picture, as the end of a sentence that starts with "it"; None if there is none."""
    if picture.size != (size, size):
        return f"is {picture.width}x{picture.height} pixels instead of {size}x{size}"
    if picture.mode != "RGB":
        return f"has mode {picture.mode} instead of RGB"
    [[mean]], [[deviation]] = cv2.meanStdDev(np.asarray(picture.convert("L")))
    if mean < _DARKEST:
        return f"is black (mean luminance {mean:.1f} of 255)"
    if deviation < _FLATTEST:
        return f"is blank (luminance varies by {deviation:.1f} of 255)"
    return None
