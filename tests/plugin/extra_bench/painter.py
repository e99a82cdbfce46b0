"""Mosaics: every person has coloured tiles of their own, and every picture others over them."""

from collections.abc import Sequence
from random import Random

from PIL import Image

from builder.portraits import Order, PainterSpec


class MosaicPainter:
    """Paints the same tiles for each picture of a person, and others over them for each scene."""

    def paint(self, orders: Sequence[Order]) -> list[Image.Image]:
        """One RGB picture for each order, in their order."""
        return [_painted(order) for order in orders]


def _painted(order: Order) -> Image.Image:
    person, scene = _tiles(order.identity), _tiles(order.chance)
    return Image.blend(person, scene, 0.5).resize((order.size, order.size), Image.Resampling.NEAREST)


def _tiles(stream: Random) -> Image.Image:
    return Image.frombytes("RGB", (8, 8), bytes(stream.randrange(40, 256) for _ in range(8 * 8 * 3)))


MOSAIC = PainterSpec(what="coloured tiles instead of faces", open=lambda recipe: MosaicPainter())
