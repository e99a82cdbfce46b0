"""Image checks: is what a painter returned a portrait at all?"""

from PIL import Image, ImageStat

from builder.base.errors import BenchError

_DARKEST = 12.0
"""Mean luminance (0 to 255) below which a picture counts as black: what failed or filtered diffusion returns."""

_FLATTEST = 6.0
"""Standard deviation of the luminance below which a picture shows nothing."""


class PortraitRefused(BenchError):
    """A portrait that stayed unusable however often it was painted."""


def fault(picture: Image.Image, size: int) -> str | None:
    """What is wrong with a painted picture, as the end of a sentence that starts with "it"; None when nothing is."""
    if picture.size != (size, size):
        return f"is {picture.width}x{picture.height} pixels instead of {size}x{size}"
    if picture.mode != "RGB":
        return f"has mode {picture.mode} instead of RGB"
    stat = ImageStat.Stat(picture.convert("L"))
    if stat.mean[0] < _DARKEST:
        return f"is black (mean luminance {stat.mean[0]:.1f} of 255)"
    if stat.stddev[0] < _FLATTEST:
        return f"is blank (luminance varies by {stat.stddev[0]:.1f} of 255)"
    return None
