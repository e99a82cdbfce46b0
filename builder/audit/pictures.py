"""Measures of a picture: its outlines, colours and light."""

import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

_SMALL = 32
_ROWS, _COLUMNS = 16, 17
_GRID = 16


class Measures(NamedTuple):
    """One picture. `outline` is a difference hash of 256 bits, `colours` the mean colours of a 16x16 grid, `face` the
    colours of its middle, light taken out."""

    mean: float
    spread: float
    outline: npt.NDArray[np.uint64]
    colours: npt.NDArray[np.uint8]
    face: npt.NDArray[np.float32]


def measure(image: bytes) -> Measures | None:
    """The measures of an encoded image; None when it cannot be decoded."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        return None
    factor = max(1, min(picture.size) // _SMALL)
    small = picture.reduce(factor) if factor > 1 else picture
    small = small.resize((_SMALL, _SMALL), Image.Resampling.BILINEAR)
    luminance = small.convert("L")
    grey = np.asarray(luminance, dtype=np.float32)
    return Measures(
        mean=float(grey.mean()),
        spread=float(grey.std()),
        outline=_outline(luminance),
        colours=np.asarray(small.reduce(_SMALL // _GRID), dtype=np.uint8),
        face=_face(np.asarray(small, dtype=np.float32)),
    )


def _outline(luminance: Image.Image) -> npt.NDArray[np.uint64]:
    """The difference hash: whether each of 16x16 cells is brighter than its left neighbour."""
    cells = np.asarray(luminance.resize((_COLUMNS, _ROWS), Image.Resampling.BOX), dtype=np.int16)
    return np.packbits(cells[:, 1:] > cells[:, :-1]).view(np.uint64)


def _face(small: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Colours of a 4x4 grid over the picture's middle as logarithms of their ratios to the mean colour's brightness.

    Brighter or dimmer light shifts all of them alike and is taken out; its colour is not.
    """
    middle = small[6:26, 8:24].reshape(4, 5, 4, 4, 3).mean(axis=(1, 3)) + 1.0
    logs = np.log(middle)
    return np.asarray((logs - logs.mean()).reshape(-1), dtype=np.float32)
