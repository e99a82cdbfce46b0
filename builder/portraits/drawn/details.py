"""What is drawn on the front of the head, in head units: placed in the picture all at once, since a call costs most."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from builder.portraits.drawn.canvas import Fill, Shape
from builder.portraits.drawn.curves import Points, ribbons
from builder.portraits.drawn.pose import Rig


class Detail(NamedTuple):
    """A filled outline `lift` above the face or, where there are widths, a stroke along a line as in `ribbon`."""

    line: Points
    fill: Fill
    lift: float = 0.0
    widths: tuple[float, ...] = ()


def placed(rig: Rig, details: Iterable[Shape | Detail]) -> list[Shape]:
    """The shapes of all details in their order; what is a shape already stays as it is."""
    mixed = list(details)
    waiting = [(place, each) for place, each in enumerate(mixed) if isinstance(each, Detail)]
    if not waiting:
        return [each for each in mixed if isinstance(each, Shape)]
    lines = rig.surfaces([each.line for _, each in waiting], [each.lift for _, each in waiting])
    outlines = _outlines(lines, [tuple(rig.unit * width for width in each.widths) for _, each in waiting])
    drawn = {place: Shape(at, each.fill) for (place, each), at in zip(waiting, outlines, strict=True)}
    return [drawn[place] if isinstance(each, Detail) else each for place, each in enumerate(mixed)]


def _outlines(lines: list[Points], widths: Sequence[tuple[float, ...]]) -> list[Points]:
    """The outlines of strokes where there are widths; those of one length and as many widths together."""
    alike: dict[tuple[int, int], list[int]] = {}
    for index, (line, wide) in enumerate(zip(lines, widths, strict=True)):
        if wide:
            alike.setdefault((len(line), len(wide)), []).append(index)
    for chosen in alike.values():
        middles, across = np.array([lines[index] for index in chosen]), np.array([widths[index] for index in chosen])
        strokes = ribbons(middles, *across.T)
        for index, stroke in zip(chosen, strokes, strict=True):
            lines[index] = stroke
    return lines
