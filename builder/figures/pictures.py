"""The pictures themselves: downloaded by hash into a folder of references, and decoded with care.

A folder keeps the original files, named by their sha1: whoever has one can check it at any time, and a release of any
size can be made of it. What is decoded was made by strangers, so formats, bytes and pixels are limited.
"""

import hashlib
import io
import re
import urllib.parse
import urllib.request
import warnings
from email.message import Message
from pathlib import Path

from PIL import Image, ImageOps

from builder.base.errors import BenchError
from builder.figures.mediawiki import Site, agent
from builder.figures.references import CommonsPicture
from builder.figures.sending import Rejected, send
from builder.run.files import replacing

PICTURES = "pictures"
"""The folder, inside that of the references, of the original files."""

MOST_BYTES = 64 * 2**20
MOST_PIXELS = Image.MAX_IMAGE_PIXELS or 0
"""Pillow's own limit, 89 million."""
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""The types of files that are taken, as Commons names them, and what Pillow calls each."""

_FILES = "https://upload.wikimedia.org/"
"""Where the files of Wikimedia Commons are."""
_SHA1 = re.compile(r"[0-9a-f]{40}")
_WHITE = (255, 255, 255)


class UnusablePicture(BenchError):
    """A file that is not the picture that it should be, or that cannot be decoded. The message is the reason alone."""


def stored(folder: Path, sha1: str) -> Path:
    """Where a folder of references keeps the file with a sha1. Raises UnusablePicture when it is none."""
    if not _SHA1.fullmatch(sha1):
        raise UnusablePicture(f"'{sha1}' is no sha1")
    return folder / PICTURES / sha1


def original(folder: Path, sha1: str) -> bytes | None:
    """The bytes of the file with a sha1; None when the folder has not got exactly them."""
    try:
        data = stored(folder, sha1).read_bytes()
    except FileNotFoundError:
        return None
    return data if _has(data, sha1) else None


def usable(folder: Path, sha1: str) -> bool:
    """Whether a folder has the file with a sha1. Raises UnusablePicture when it has, and it cannot be decoded."""
    data = original(folder, sha1)
    if data is not None:
        decoded(data, 1)
    return data is not None


def download(folder: Path, picture: CommonsPicture, site: Site) -> None:
    """Store the picture's file in a folder of references, and decode it once to see that it can be used.

    What the folder has is not asked for. Raises UnusablePicture with the reason, and BenchError when the server cannot
    be asked now.
    """
    if usable(folder, picture.sha1):
        return
    data = _fetched(folder, picture.url, site)
    if not _has(data, picture.sha1):
        raise UnusablePicture("its bytes do not have the sha1 that Wikimedia Commons states")
    with replacing(stored(folder, picture.sha1)) as temporary:
        temporary.write_bytes(data)
    decoded(data, 1)


def decoded(data: bytes, size: int) -> Image.Image:
    """The picture in a file: upright, in RGB, on white where it is transparent, no side longer than `size` pixels.

    Raises UnusablePicture with the reason. JPEG files are decoded at a fraction of their size where that is enough.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS.values())) as opened:
                opened.draft("RGB", (size, size))
                return _scaled(ImageOps.exif_transpose(opened), size)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UnusablePicture(f"it has more than {MOST_PIXELS // 10**6} million pixels") from None
    except Exception as error:  # decoders raise whatever a malformed file makes them trip over
        raise UnusablePicture(f"it cannot be decoded ({type(error).__name__})") from None


def _scaled(picture: Image.Image, size: int) -> Image.Image:
    if picture.has_transparency_data:
        above = picture.convert("RGBA")
        picture = Image.new("RGB", picture.size, _WHITE)
        picture.paste(above, mask=above)
    picture = picture.convert("RGB")
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    return picture


def _has(data: bytes, sha1: str) -> bool:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest() == sha1


def _fetched(folder: Path, url: str, site: Site) -> bytes:
    """The bytes at an address, which must be on Wikimedia's servers, or on the one that is asked in their place."""
    asked = urllib.parse.urlsplit(site.url)
    allowed = (_FILES, f"{asked.scheme}://{asked.netloc}/")
    if not url.startswith(allowed):
        raise UnusablePicture("its file is on another server than Wikimedia's")
    try:
        return send(
            urllib.request.Request(url, headers={"User-Agent": agent(site.contact)}),
            _whole,
            kept=f"what was downloaded is kept in {folder / PICTURES}",
            otherwise="run the same command where there is a network",
            allowed=allowed,
            limit=MOST_BYTES,
        )
    except Rejected as error:
        raise UnusablePicture(f"its file cannot be downloaded: {error}") from error


def _whole(body: bytes, _: Message) -> bytes:
    return body
