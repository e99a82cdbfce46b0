"""Contact sheets: the thumbnails of a part's people in one image, which a browser loads faster than many."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

THUMBNAIL = 176
"""Pixels of a thumbnail's side: sharp at 132 on most screens."""
COLUMNS = 8
_QUALITY = 80
_NOTHING = (128, 128, 128)


def write_sheet(path: Path, images: Sequence[bytes | None]) -> None:
    """Write a sheet of the encoded `images`, row after row; what cannot be decoded shows grey."""
    rows = -(-len(images) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * THUMBNAIL, max(1, rows) * THUMBNAIL), _NOTHING)
    for cell, image in enumerate(images):
        thumbnail = _thumbnail(image) if image else None
        if thumbnail:
            sheet.paste(thumbnail, (cell % COLUMNS * THUMBNAIL, cell // COLUMNS * THUMBNAIL))
    sheet.save(path, format="WEBP", quality=_QUALITY, method=1)


def _thumbnail(image: bytes) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(image)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        return None
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    box = (left, top, left + side, top + side)
    return picture.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
