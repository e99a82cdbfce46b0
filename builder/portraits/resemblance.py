"""A perceptual hash of the face, by which two people's references, and a view and its reference, are compared.

The low frequencies of the brightness, each as one bit: above or below their median (the DCT hash of Zauner,
"Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, with 256 bits instead of 64). Light,
backdrop and encoding change few bits; another face changes about a hundred.
"""

import functools
import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from builder.base.records import Portrait
from builder.run.near_duplicates import PerceptualHash

_FACE = (0.20, 0.10, 0.80, 0.85)
"""Where the face is in a reference, as shares of the picture: left, top, right, bottom."""

_SIDE = 64
_BITS = 256


def hash_portrait(portrait: Portrait) -> PerceptualHash:
    """The perceptual hash of a reference."""
    return perceptual_hash(Image.open(io.BytesIO(portrait.image)))


def perceptual_hash(picture: Image.Image) -> PerceptualHash:
    """The perceptual hash of a picture framed like a reference: 256 bits in hexadecimal."""
    box = tuple(round(share * picture.size[side % 2]) for side, share in enumerate(_FACE))
    face = picture.convert("L").crop((box[0], box[1], box[2], box[3])).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    cosines, order = _basis()
    # Rounded, so that no bit depends on the last digits of a processor's arithmetic.
    frequencies = (cosines @ np.asarray(face, np.float64) @ cosines.T).round(3).ravel()[order]
    bits = frequencies > np.median(frequencies)
    return np.packbits(bits).tobytes().hex()


def differing_bits(one: PerceptualHash, other: PerceptualHash) -> int:
    """In how many of their 256 bits two perceptual hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


@functools.cache
def _basis() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The cosines of the transform, and the places of its lowest frequencies without the mean, lowest first."""
    places = np.arange(_SIDE)
    cosines = np.cos(np.pi * (2 * places[None] + 1) * places[:, None] / (2 * _SIDE))
    by_frequency = np.argsort(places[:, None] + places[None], axis=None, kind="stable")
    return cosines, by_frequency[1 : _BITS + 1]
