"""Contact sheets: the thumbnails of a part's people in one image, which a browser loads faster than many."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from builder.pages.thumbnails import square

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
        thumbnail = square(image, THUMBNAIL) if image else None
        if thumbnail:
            sheet.paste(thumbnail, (cell % COLUMNS * THUMBNAIL, cell // COLUMNS * THUMBNAIL))
    sheet.save(path, format="WEBP", quality=_QUALITY, method=1)
