"""Image: the same question beside the same portrait, cropped, noisy, compressed, mirrored, grey, or with the name.

An item is won if the model gives the right answer beside any of these pictures.
"""

import io
from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from builder.base.matching import without_accents
from builder.baseline.attacks.base import Bench, Figure, Headline, ModelAttack, Target
from builder.baseline.attacks.success import any_right, forgotten, put
from builder.baseline.metrics.item_metrics import rights
from builder.format.lacking import Need

_CROPPED = 0.1
"""Share of each side that is cut away."""
_NOISE = 12.0
"""Standard deviation of the noise, of 255."""
_QUALITY = 10
"""Of the JPEG."""


class Changed(ModelAttack):
    """Every portrait of the forget set's questions, changed in six ways."""

    needs: ClassVar[tuple[Need, ...]] = ("portraits",)
    titles: ClassVar[Mapping[str, str]] = {"image": "Changed portraits: won beside any, and beside each"}
    headlines: ClassVar[Mapping[str, Headline]] = {"image": Headline("beside changed portraits")}

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """The share of items won beside any of the pictures, and beside each kind."""
        items = [item for item in forgotten(target) if item.picture]
        vlm = bench.open()
        names = {item.picture: bench.names.get(item.profile_id, "") for item in items if item.picture}
        added = {
            f"{picture} {kind}": change(vlm.chat.pictures[picture], made, name)
            for picture, name in names.items()
            for kind, made in CHANGES.items()
        }
        vlm.chat = vlm.chat.showing({**vlm.chat.pictures, **added})
        variants = {
            kind: bench.ask(vlm, [put(item, picture=f"{item.picture} {kind}") for item in items]) for kind in CHANGES
        }
        found = {f"image_{kind}": Figure(rights(outcomes)) for kind, outcomes in variants.items()}
        return {"image": Figure(any_right(variants)), **found}


def change(image: bytes, made: "Change", name: str) -> bytes:
    """An encoded image, changed and encoded again without loss."""
    with Image.open(io.BytesIO(image)) as opened:
        done = made(opened.convert("RGB"), name)
    buffer = io.BytesIO()
    done.save(buffer, "PNG")
    return buffer.getvalue()


Change = Callable[[Image.Image, str], Image.Image]


def _crop(image: Image.Image, name: str) -> Image.Image:
    across, down = (round(side * _CROPPED) for side in image.size)
    return image.crop((across, down, image.width - across, image.height - down)).resize(image.size)


def _noise(image: Image.Image, name: str) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float32)
    drawn = np.random.default_rng(0).normal(0, _NOISE, pixels.shape)
    return Image.fromarray((pixels + drawn).clip(0, 255).astype(np.uint8))


def _compress(image: Image.Image, name: str) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return Image.open(buffer).convert("RGB")


def _mirror(image: Image.Image, name: str) -> Image.Image:
    return ImageOps.mirror(image)


def _grey(image: Image.Image, name: str) -> Image.Image:
    return ImageOps.grayscale(image).convert("RGB")


def _add_name(image: Image.Image, name: str) -> Image.Image:
    written, height = image.copy(), max(8, image.height // 10)
    draw = ImageDraw.Draw(written)
    draw.rectangle((0, image.height - height - 4, image.width, image.height), fill="white")
    draw.text((image.width / 2, image.height - 2), without_accents(name), fill="black", anchor="mb", font_size=height)
    return written


CHANGES: Mapping[str, Change] = {
    "cropped": _crop,
    "noisy": _noise,
    "compressed": _compress,
    "mirrored": _mirror,
    "grey": _grey,
    "named": _add_name,
}
"""The ways in which a portrait is changed, by name."""
