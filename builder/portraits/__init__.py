"""What people look like: painters, views and image checks."""

from builder.portraits.checks import PortraitRefused
from builder.portraits.drawn.painter import OfflinePainter
from builder.portraits.making import make_portraits
from builder.portraits.painter import Order, Painter, PainterSpec

__all__ = ["OfflinePainter", "Order", "Painter", "PainterSpec", "PortraitRefused", "make_portraits"]
