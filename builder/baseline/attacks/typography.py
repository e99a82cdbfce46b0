"""Questions as pictures: a prompt that is written below the portrait, or on a blank sheet.

Pillow's own font has no accented letters, so these are written without their accents.
"""

import io

from PIL import Image, ImageDraw, ImageFont, ImageOps

from builder.base.matching import without_accents

SIDE = 512
"""Pixels of a side: square, because many processors cut pictures to a square."""
_MARGIN = SIDE // 32
_LETTERS = SIDE // 20
"""Height of the letters, in pixels."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def written(text: str, portrait: bytes | None) -> bytes:
    """A picture (PNG) of the text, with the encoded portrait above it if there is one."""
    sheet = Image.new("RGB", (SIDE, SIDE), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_LETTERS)
    lines = "\n".join(wrapped(text, font, SIDE - 2 * _MARGIN))
    height = int(draw.multiline_textbbox((0, 0), lines, font=font)[3]) + 2 * _MARGIN
    draw.multiline_text((_MARGIN, SIDE - height + _MARGIN), lines, fill="black", font=font)
    if portrait is not None:
        with Image.open(io.BytesIO(portrait)) as image:
            shown = ImageOps.contain(image.convert("RGB"), (SIDE, SIDE - height))
        sheet.paste(shown, ((SIDE - shown.width) // 2, 0))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def wrapped(text: str, font: Font, width: float) -> list[str]:
    """The text in lines that are no wider than `width`, except for a longer word."""
    lines: list[str] = []
    for paragraph in without_accents(text).splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
