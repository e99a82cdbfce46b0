"""Mosaics: every person has coloured tiles of their own, and every picture its own brightness."""

from collections.abc import Sequence

from PIL import Image, ImageEnhance

from builder.portraits import Order, PainterSpec


class MosaicPainter:
    """Paints the same tiles for each picture of a person."""

    def paint(self, orders: Sequence[Order]) -> list[Image.Image]:
        """One RGB picture for each order, in their order."""
        return [_painted(order) for order in orders]


def _painted(order: Order) -> Image.Image:
    who = order.identity
    tiles = Image.frombytes("RGB", (8, 8), bytes(who.randrange(40, 256) for _ in range(8 * 8 * 3)))
    picture = tiles.resize((order.size, order.size), Image.Resampling.NEAREST)
    return ImageEnhance.Brightness(picture).enhance(order.chance.uniform(0.8, 1.0))


MOSAIC = PainterSpec(what="coloured tiles instead of faces", open=lambda recipe: MosaicPainter())
