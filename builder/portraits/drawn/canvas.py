"""The picture that is being painted: shapes with smooth edges, and soft tones.

OpenCV draws and blurs in whole numbers, and what is mixed in broken ones is mixed number by number, each operation
rounded by itself: every processor makes the same picture.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from builder.portraits.drawn.curves import Points
from builder.portraits.drawn.palette import Colour, tinted

cv2.setNumThreads(1)  # workers are processes; a pool of threads would not survive their fork

Fill = Colour | tuple[int, int, int, int]
"""A colour, or a colour with an opacity of 0 to 255."""

Pixels = MatLike
"""A picture or a mask: whole numbers of eight bits, (height, width) or with channels."""

Path = npt.NDArray[np.int32]
"""An outline in OpenCV's fixed-point numbers."""

Box = tuple[int, int, int, int]

_SHIFT = 4
"""Bits of a pixel that OpenCV is told of."""

_PEN = 0.67
"""How far OpenCV's smooth edges reach beyond an outline, in pixels."""

_UNTINTED = (1.0, 1.0, 1.0)


class Shape(NamedTuple):
    """A filled outline in pixels."""

    outline: Points
    fill: Fill


def filled(outlines: Iterable[Points], *fills: Fill) -> list[Shape]:
    """A shape for each outline; the fills take turns."""
    return [Shape(outline, fills[index % len(fills)]) for index, outline in enumerate(outlines)]


class Tone(NamedTuple):
    """An outline of a soft mask: how strong the tone is inside it, 0 to 1. Later ones replace earlier ones."""

    outline: Points
    strength: float


@dataclass(frozen=True)
class Wash:
    """Tones blurred together by `blur` pixels."""

    tones: Sequence[Tone]
    blur: float


@dataclass(frozen=True)
class Glaze:
    """A colour that lies over a part of the picture, as strong as the strongest of its washes."""

    colour: Colour
    washes: tuple[Wash, ...]


@dataclass(frozen=True)
class Stencil:
    """Where glazes may go: a mask with smooth edges over a part of the picture."""

    box: Box
    mask: Pixels


class Canvas:
    """A square picture that is being painted."""

    def __init__(self, backdrop: Pixels, tint: tuple[float, float, float] = _UNTINTED) -> None:
        """Paint on `backdrop`, (size, size, 3), which this changes. `tint` scales all colours that are painted."""
        self.pixels = backdrop
        self.size = len(backdrop)
        self._tint = tint

    def fill(self, shapes: Sequence[Shape]) -> None:
        """Fill the shapes in their order; neighbours of one translucent fill lie side by side, not on each other."""
        paths, firmness = _paths([shape.outline for shape in shapes])
        start = 0
        for fill, group in groupby(shape.fill for shape in shapes):
            end = start + len(list(group))
            if len(fill) == 3:
                _draw(self.pixels, paths[start:end], tinted(fill, self._tint))
            else:
                opacity = fill[3] / 255 * sum(firmness[start:end]) / (end - start)
                self._blend(paths[start:end], tinted(fill[:3], self._tint), opacity)
            start = end

    def stencil(self, inside: Sequence[Points], outside: Sequence[Points] = ()) -> Stencil:
        """The mask of what the first outlines cover and the second do not."""
        paths, _ = _paths([*inside, *outside])
        box, moved = self._cut(paths, len(inside))
        mask = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
        _draw(mask, moved[: len(inside)], (255,))
        _draw(mask, moved[len(inside) :], (0,))
        return Stencil(box, mask)

    def glaze(self, stencil: Stencil, *glazes: Glaze) -> None:
        """Lay the glazes over the stencil, in their order."""
        box = _reached(stencil.box, [wash for glaze in glazes for wash in glaze.washes])
        (left, top, right, bottom), (over, below) = box, stencil.box[:2]
        if left >= right or top >= bottom:
            return
        mask = stencil.mask[top - below : bottom - below, left - over : right - over]
        layer = cv2.multiply(self._layer(box, glazes), cv2.merge([mask] * 4), scale=1 / 255)
        kept = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(layer, 3)), cv2.COLOR_GRAY2RGB)
        part = self.pixels[top:bottom, left:right]
        cv2.add(cv2.multiply(part, kept, scale=1 / 255), cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB), dst=part)

    def _blend(self, paths: Sequence[Path], colour: Colour, opacity: float) -> None:
        """Draw the paths as one translucent shape."""
        (left, top, right, bottom), moved = self._cut(paths, len(paths))
        part = self.pixels[top:bottom, left:right]
        drawn = part.copy()
        _draw(drawn, moved, colour)
        cv2.addWeighted(drawn, opacity, part, 1 - opacity, 0, dst=part)

    def _cut(self, paths: Sequence[Path], count: int) -> tuple[Box, list[Path]]:
        """The smallest box of whole pixels that holds the first `count` of the paths, and all paths seen from it."""
        x, y, width, height = cv2.boundingRect(np.concatenate(paths[:count]))
        last = self.size - 1
        left, top = (min(max(0, (edge >> _SHIFT) - 1), last) for edge in (x, y))
        right, bottom = (max(1, min(self.size, (edge >> _SHIFT) + 3)) for edge in (x + width, y + height))
        corner = np.array((left << _SHIFT, top << _SHIFT), np.int32)
        return (left, top, max(right, left + 1), max(bottom, top + 1)), [path - corner for path in paths]

    def _layer(self, box: Box, glazes: Sequence[Glaze]) -> Pixels:
        """The glazes on top of each other: red, green and blue times their opacity, and that."""
        grain = max(1, int(min(wash.blur for glaze in glazes for wash in glaze.washes)))
        width, height = box[2] - box[0], box[3] - box[1]
        size = -(-width // grain), -(-height // grain)
        layers = np.zeros((4, size[1], size[0]), np.float32)
        for glaze in glazes:
            washed = [_washed(wash, box, size, grain) for wash in glaze.washes]
            opacity = np.maximum.reduce(washed) * np.float32(1 / 255)
            layers *= 1 - opacity
            layers += opacity * np.array([[(*tinted(glaze.colour, self._tint), 255)]], np.float32).T
        layers += np.float32(0.5)
        return cv2.resize(cv2.merge(list(layers.astype(np.uint8))), (size[0] * grain, size[1] * grain))[:height, :width]


def _reached(box: Box, washes: Iterable[Wash]) -> Box:
    """The part of the box that the washes can reach."""
    seen = [(tone.outline, wash.blur) for wash in washes for tone in wash.tones if tone.strength > 0]
    margin = 2.5 * max(blur for _, blur in seen) + 2
    every = np.concatenate([outline for outline, _ in seen])
    (left, top), (right, bottom) = (every.min(axis=0) - margin).tolist(), (every.max(axis=0) + margin).tolist()
    return max(box[0], int(left)), max(box[1], int(top)), min(box[2], int(right) + 1), min(box[3], int(bottom) + 1)


def blurred(pixels: Pixels, deviation: float) -> Pixels:
    """The pixels blurred by nearly a Gaussian, whole numbers all the way."""
    radius = round(math.sqrt(6) * deviation - 1)  # a stack of boxes of this radius deviates as much
    return cv2.stackBlur(pixels, (2 * radius + 1, 2 * radius + 1)) if radius > 0 else pixels


def _washed(wash: Wash, box: Box, size: tuple[int, int], grain: int) -> Pixels:
    """The mask of a wash over the box, each of its `size` pixels `grain` of the picture's wide."""
    coarser = max(1, min(4, int(wash.blur)) // grain)
    width, height = -(-size[0] // coarser), -(-size[1] // coarser)
    mask = np.zeros((height, width), np.uint8)
    scale = (1 << _SHIFT) / (grain * coarser)
    every = np.concatenate([tone.outline for tone in wash.tones]) * scale
    paths, end = np.rint(every - (scale * np.array(box[:2]) + (1 << _SHIFT - 1))).astype(np.int32), 0
    for tone in wash.tones:
        start, end = end, end + len(tone.outline)
        cv2.fillPoly(mask, [paths[start:end]], (round(255 * tone.strength),), cv2.LINE_AA, _SHIFT)
    soft = blurred(mask, wash.blur / (grain * coarser))
    return soft if coarser == 1 else cv2.resize(soft, (width * coarser, height * coarser))[: size[1], : size[0]]


def _draw(pixels: Pixels, paths: Iterable[Path], colour: Sequence[int]) -> None:
    for path in paths:  # one by one: paths that cross would cancel each other
        cv2.fillPoly(pixels, [path], colour, cv2.LINE_AA, _SHIFT)


def _paths(outlines: Sequence[Points]) -> tuple[list[Path], list[float]]:
    """Outlines as OpenCV draws them, drawn in by what its edges add; all of them at once, since a call costs most.

    With each comes the share of what is drawn that it fills: less than 1 for a stroke that is finer than the edges.
    """
    counts = np.array([len(outline) for outline in outlines])
    ends = np.cumsum(counts)
    starts, lasts = ends - counts, ends - 1
    x, y = np.concatenate(outlines).T.copy()
    ahead_x, ahead_y = (_ahead(line, starts, lasts) for line in (x, y))
    clockwise = np.sign(np.add.reduceat(x * ahead_y - y * ahead_x, starts))
    opposite = np.repeat(starts + lasts, counts) - np.arange(len(x))  # beyond the middle, if it is a stroke's outline
    half = 0.5 * _length(x[opposite] - x, y[opposite] - y)
    firmness = np.add.reduceat(half, starts) / np.add.reduceat(np.maximum(half, _PEN), starts)
    reach = np.minimum(_PEN, half)
    reach *= np.repeat(clockwise, counts) / (_length(ahead_x, ahead_y) + 1e-9)
    paths = np.empty((len(x), 2), np.int32)
    for axis, inset in enumerate((x - reach * ahead_y, y + reach * ahead_x)):
        paths[:, axis] = np.rint(inset * (1 << _SHIFT) - (1 << _SHIFT - 1))  # OpenCV counts from a pixel's middle
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return [paths[start:end] for start, end in spans], firmness.tolist()


def _ahead(
    line: npt.NDArray[np.float64], starts: npt.NDArray[np.intp], lasts: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """From each point's predecessor to its successor, for closed outlines that lie one after the other."""
    steps = np.empty_like(line)
    np.subtract(line[2:], line[:-2], out=steps[1:-1])
    steps[starts] = line[np.minimum(starts + 1, lasts)] - line[lasts]
    steps[lasts] = line[starts] - line[np.maximum(lasts - 1, starts)]
    return steps


def _length(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.sqrt(x * x + y * y))
