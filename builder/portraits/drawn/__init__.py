"""The offline painter: faces drawn from a person's appearance, with nothing downloaded."""

from builder.base.recipe import Recipe
from builder.portraits.painter import Painter, PainterSpec


def _open(_: Recipe) -> Painter:
    from builder.portraits.drawn.painter import OfflinePainter

    return OfflinePainter()


OFFLINE = PainterSpec(what="draws faces on the CPU, with no model and no network", open=_open)
