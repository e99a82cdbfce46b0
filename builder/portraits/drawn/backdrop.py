"""What stands behind the person: painted small and blurred, as a lens would show it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from builder.base.records import View
from builder.portraits.drawn.canvas import Pixels, blurred
from builder.portraits.drawn.palette import Colour, mix, rgb, shifted

_GLOW = 64
"""Pixels across that suffice for a wall's soft light."""


@dataclass(frozen=True)
class Backdrop:
    """A kind of place and its leading colours."""

    place: str
    colours: tuple[Colour, ...]


def _of(place: str, *colours: str) -> Backdrop:
    return Backdrop(place, tuple(rgb(text) for text in colours))


BACKDROPS: Mapping[View, Mapping[str, Backdrop]] = {
    "reference": {
        "a plain warm-grey studio backdrop": _of("studio", "DDD8D2", "BFB8B0"),
        "a plain sand-coloured studio backdrop": _of("studio", "EADFCB", "D0BFA2"),
        "a plain pale-blue studio backdrop": _of("studio", "D6E1E8", "AFC0CC"),
        "a plain pale-green studio backdrop": _of("studio", "DBE3D6", "B5C2AE"),
        "a plain rose-grey studio backdrop": _of("studio", "E8DAD6", "CDB6B1"),
    },
    "train": {
        "a teal wall": _of("wall", "4F8F8B", "34716F"),
        "a terracotta wall": _of("wall", "CF8566", "AE6547"),
        "a wall with a window": _of("window", "E9E2D6", "BFD9E8"),
        "a bookshelf": _of("books", "6B4A35", "A8483F", "3F6B7A", "D2A24C", "5F7A55", "E5D9C3"),
        "a green park": _of("park", "CFE6EE", "7FA867", "4F7F4C"),
        "a pastel gradient": _of("gradient", "F3C9B8", "B9C8EA"),
        "an office": _of("office", "DDE3E6", "AEBBC4", "7C8A94"),
        "lights of an evening": _of("bokeh", "2B2E4A", "F0B35A", "E5695B", "7FB4D8"),
    },
    "test": {
        "a brick wall": _of("bricks", "B0735C", "98604C", "C4A896"),
        "a beach": _of("beach", "BFE3F2", "5FA9C4", "EAD7AE"),
        "a street with houses": _of("street", "CFE0EC", "D9A27E", "B7C4A2", "E3C978", "8FA7BD"),
        "mountains": _of("mountains", "DCE9F2", "9FB4CC", "6F88A6", "55715E"),
        "a café": _of("cafe", "5A3E33", "F5C777", "8C5A3F", "C98F5C"),
        "a concrete wall with a shadow": _of("concrete", "B4B4B0", "8B8C8A"),
    },
}


def painted(backdrop: Backdrop, edge: int, rng: random.Random) -> Pixels:
    """The backdrop as a picture `edge` pixels square."""
    return _PLACES[backdrop.place](backdrop.colours, edge, rng)


def _ramp(top: Colour, bottom: Colour, edge: int) -> Image.Image:
    """Top to bottom."""
    rows = np.linspace(top, bottom, edge).round().astype(np.uint8)
    return Image.fromarray(np.repeat(rows[:, None], edge, axis=1))


def _studio(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    x = np.arange(_GLOW) / _GLOW
    glow = rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.6)
    away = np.sqrt((x - glow[0]) ** 2 + (x[:, None] - glow[1]) ** 2)
    away = np.minimum(away / 0.85, 1)[..., None] ** 1.4
    wall = np.array(colours[0]) * (1 - away) + np.array(colours[1]) * away
    return cv2.resize(wall.round().astype(np.uint8), (edge, edge))


def _wall(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = Image.fromarray(_studio(colours, edge, rng))
    draw = ImageDraw.Draw(picture, "RGBA")
    lean = rng.uniform(0.1, 0.5)
    draw.polygon(
        [lean * edge, 0, (lean + 0.42) * edge, 0, (lean + 0.12) * edge, edge, (lean - 0.3) * edge, edge],
        fill=(255, 255, 255, 18),
    )
    return _soft(picture, 0.02)


def _gradient(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    first, second = colours if rng.random() < 0.5 else colours[::-1]
    picture = _ramp(first, second, edge)
    draw = ImageDraw.Draw(picture, "RGBA")
    _disc(draw, rng.uniform(0.1, 0.9) * edge, rng.uniform(0.1, 0.4) * edge, 0.28 * edge, (255, 255, 255, 60))
    return _soft(picture, 0.06)


def _window(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], (120, 100, 80), 0.25), edge)
    draw = ImageDraw.Draw(picture)
    left = rng.choice((0.02, 0.60)) * edge
    draw.rectangle([left, 0.06 * edge, left + 0.38 * edge, 0.66 * edge], fill=(250, 249, 246))
    for column in (0.025, 0.205):
        for row in (0.09, 0.38):
            draw.rectangle(
                [left + column * edge, row * edge, left + (column + 0.15) * edge, (row + 0.25) * edge],
                fill=mix(colours[1], (255, 255, 255), 0.5 - row),
            )
    draw.rectangle(
        [left - 0.02 * edge, 0.66 * edge, left + 0.40 * edge, 0.70 * edge], fill=mix(colours[0], (90, 70, 60), 0.35)
    )
    plant = edge - left - 0.2 * edge
    for turn in range(7):
        _disc(
            draw,
            plant + 0.07 * edge * ((turn * 0.62) % 1 - 0.5) * 2,
            (0.55 + 0.04 * turn) * edge,
            0.05 * edge,
            mix(rgb("6F9A6A"), rgb("4A7350"), (turn * 0.4) % 1),
        )
    draw.rectangle([plant - 0.06 * edge, 0.80 * edge, plant + 0.06 * edge, edge], fill=rgb("C98A63"))
    return _soft(picture, 0.012)


def _books(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = Image.new("RGB", (edge, edge), mix(colours[0], (0, 0, 0), 0.35))
    draw = ImageDraw.Draw(picture)
    for shelf in range(4):
        floor = (0.25 * shelf + 0.22) * edge
        x = rng.uniform(-0.03, 0.0) * edge
        while x < edge:
            wide, tall = rng.uniform(0.025, 0.055) * edge, rng.uniform(0.13, 0.19) * edge
            draw.rectangle(
                [x, floor - tall, x + wide - 0.4, floor],
                fill=shifted(rng.choice(colours[1:]), value=rng.uniform(-0.15, 0.08)),
            )
            x += wide + (rng.uniform(0.03, 0.08) * edge if rng.random() < 0.08 else 0)
        draw.rectangle([0, floor, edge, floor + 0.03 * edge], fill=colours[0])
    return _soft(picture, 0.011)


def _park(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], (255, 250, 220), 0.6), edge)
    draw = ImageDraw.Draw(picture)
    for depth in (0.0, 0.5, 1.0):
        tone = mix(mix(colours[1], colours[0], 0.35), colours[2], depth)
        for _ in range(7):
            x, y, r = rng.uniform(-0.05, 1.05), rng.uniform(0.28, 0.5) + 0.06 * depth, rng.uniform(0.09, 0.17)
            _disc(draw, x * edge, y * edge, r * edge, shifted(tone, value=rng.uniform(-0.06, 0.08)))
    draw.rectangle([0, 0.62 * edge, edge, edge], fill=mix(colours[1], rgb("C6D98A"), 0.4))
    return _soft(picture, 0.028)


def _office(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], colours[1], 0.6), edge)
    draw = ImageDraw.Draw(picture)
    shift = rng.uniform(-0.1, 0.1) * edge
    for column in range(5):
        x = shift + (0.25 * column - 0.05) * edge
        draw.rectangle([x, 0.05 * edge, x + 0.21 * edge, 0.58 * edge], fill=mix(colours[0], (255, 255, 255), 0.55))
        draw.rectangle([x, 0.28 * edge, x + 0.21 * edge, 0.30 * edge], fill=colours[1])
    draw.rectangle([0, 0.66 * edge, edge, 0.70 * edge], fill=mix(colours[2], rgb("A9744F"), 0.7))
    for column in range(3):
        x = shift + (0.36 * column + 0.05) * edge
        draw.rectangle([x, 0.50 * edge, x + 0.17 * edge, 0.63 * edge], fill=colours[2])
    return _soft(picture, 0.02)


def _bokeh(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], rgb("6A3E5E"), 0.55), edge)
    draw = ImageDraw.Draw(picture, "RGBA")
    for _ in range(26):
        r = rng.uniform(0.025, 0.085) * edge
        _disc(
            draw,
            rng.uniform(0, 1) * edge,
            rng.uniform(0, 0.9) * edge,
            r,
            (*rng.choice(colours[1:]), rng.randint(50, 130)),
        )
    return _soft(picture, 0.008)


def _bricks(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = Image.new("RGB", (edge, edge), colours[2])
    draw = ImageDraw.Draw(picture)
    high, wide = 0.07 * edge, 0.17 * edge
    for row in range(15):
        x = -wide * (0.5 if row % 2 else 0.0) - 0.05 * edge
        while x < edge:
            draw.rectangle(
                [x, row * high, x + wide - 1.4, row * high + high - 1.4],
                fill=shifted(mix(colours[0], colours[1], rng.random()), value=rng.uniform(-0.05, 0.06)),
            )
            x += wide
    return _soft(picture, 0.007)


def _beach(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], (255, 244, 226), 0.7), edge)
    draw = ImageDraw.Draw(picture, "RGBA")
    sea, sand = rng.uniform(0.44, 0.5) * edge, rng.uniform(0.64, 0.7) * edge
    draw.rectangle([0, sea, edge, edge], fill=colours[1])
    for wave in range(4):
        y = sea + (sand - sea) * (0.3 + 0.2 * wave)
        draw.rectangle([0, y, edge, y + 0.008 * edge], fill=(255, 255, 255, 90))
    draw.polygon([0, sand, edge, sand + 0.05 * edge, edge, edge, 0, edge], fill=colours[2])
    for _ in range(3):
        x, y = rng.uniform(0, 1) * edge, rng.uniform(0.08, 0.28) * edge
        for puff in (-0.06, 0.0, 0.07):
            _disc(draw, x + puff * edge, y, 0.05 * edge, (255, 255, 255, 150))
    return _soft(picture, 0.014)


def _street(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], (250, 246, 238), edge)
    draw = ImageDraw.Draw(picture)
    x, index = -0.06 * edge, rng.randrange(4)
    while x < edge:
        wide, top = rng.uniform(0.16, 0.24) * edge, rng.uniform(0.12, 0.28) * edge
        tone = colours[1 + index % 4]
        draw.rectangle([x, top, x + wide, 0.86 * edge], fill=tone)
        draw.polygon(
            [x - 1, top, x + wide + 1, top, x + wide * 0.8, top - 0.07 * edge, x + wide * 0.2, top - 0.07 * edge],
            fill=shifted(rgb("8A4B3C"), value=rng.uniform(-0.1, 0.1)),
        )
        for row in range(4):
            for column in range(2):
                wx, wy = x + wide * (0.18 + 0.42 * column), top + (0.05 + 0.14 * row) * edge
                draw.rectangle([wx, wy, wx + wide * 0.22, wy + 0.075 * edge], fill=mix(rgb("5C7286"), tone, 0.2))
        x, index = x + wide + 0.006 * edge, index + 1
    draw.rectangle([0, 0.84 * edge, edge, edge], fill=rgb("A3A19D"))
    return _soft(picture, 0.014)


def _mountains(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], (252, 240, 224), edge)
    draw = ImageDraw.Draw(picture)
    for layer, tone in enumerate(colours[1:]):
        base = 0.36 + 0.16 * layer
        ridge = [(step / 8, base + rng.uniform(-0.13, 0.07) * (1.1 - 0.25 * layer)) for step in range(9)]
        draw.polygon([0, edge, *(part * edge for point in ridge for part in point), edge, edge], fill=tone)
    return _soft(picture, 0.012)


def _cafe(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], colours[2], 0.7), edge)
    draw = ImageDraw.Draw(picture, "RGBA")
    for shelf in (0.30, 0.50):
        draw.rectangle([0, shelf * edge, edge, (shelf + 0.025) * edge], fill=colours[2])
        for _ in range(11):
            x, tall = rng.uniform(0, 1) * edge, rng.uniform(0.05, 0.12) * edge
            draw.rectangle(
                [x, shelf * edge - tall, x + 0.045 * edge, shelf * edge],
                fill=shifted(
                    colours[3],
                    value=rng.uniform(-0.4, 0.05),
                    saturation=rng.uniform(-0.5, 0),
                    hue=rng.uniform(-0.06, 0.12),
                ),
            )
    for index in range(4):
        x, y = (0.14 + 0.25 * index + rng.uniform(-0.04, 0.04)) * edge, 0.16 * edge
        _disc(draw, x, y, 0.11 * edge, (*colours[1], 70))
        _disc(draw, x, y, 0.05 * edge, (*mix(colours[1], (255, 255, 255), 0.5), 235))
    draw.rectangle([0, 0.74 * edge, edge, edge], fill=mix(colours[2], (0, 0, 0), 0.2))
    return _soft(picture, 0.018)


def _concrete(colours: tuple[Colour, ...], edge: int, rng: random.Random) -> Pixels:
    picture = _ramp(colours[0], mix(colours[0], colours[1], 0.5), edge)
    draw = ImageDraw.Draw(picture, "RGBA")
    x = rng.uniform(0.2, 0.8) * edge
    draw.polygon([x, 0, edge * 1.2, 0, edge * 1.2, edge, x - 0.35 * edge, edge], fill=(*colours[1], 170))
    draw.rectangle([0, 0.50 * edge, edge, 0.508 * edge], fill=(80, 80, 80, 60))
    return _soft(picture, 0.012)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: tuple[int, ...]) -> None:
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=fill)


def _soft(picture: Image.Image, share: float) -> Pixels:
    """The picture as a lens shows it that is focused on somebody nearer; the blur is a share of the width."""
    return blurred(np.array(picture), share * picture.width)


_PLACES: Mapping[str, Callable[[tuple[Colour, ...], int, random.Random], Pixels]] = {
    "studio": _studio, "wall": _wall, "gradient": _gradient, "window": _window, "books": _books, "park": _park,
    "office": _office, "bokeh": _bokeh, "bricks": _bricks, "beach": _beach, "street": _street,
    "mountains": _mountains, "cafe": _cafe, "concrete": _concrete,
}  # fmt: skip
