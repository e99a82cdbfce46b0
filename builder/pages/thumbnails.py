"""Small pictures for pages."""

import base64
import io

from PIL import Image, UnidentifiedImageError


def square(image: bytes, side: int) -> Image.Image | None:
    """The middle square of an encoded image, `side` pixels wide; None for what cannot be decoded."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        return None
    shorter = min(picture.size)
    left, top = (picture.width - shorter) // 2, (picture.height - shorter) // 2
    box = (left, top, left + shorter, top + shorter)
    return picture.resize((side, side), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)


def webp(image: bytes, side: int, quality: int) -> str:
    """The middle square of an encoded image as WebP in base64; empty for what cannot be decoded."""
    picture = square(image, side)
    if picture is None:
        return ""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=4)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
