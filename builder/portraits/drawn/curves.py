"""Smooth shapes from a few control points: splines, ribbons (tapered strokes), ellipses.

Every function takes and returns arrays of shape (n, 2). Splines are linear in their control points, so a curve is one
product with a matrix that depends only on how many points there are.
"""

import functools

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


def points(*pairs: tuple[float, float]) -> Points:
    """Control points written as pairs."""
    return np.array(pairs, dtype=np.float64)


@functools.cache
def _blend(steps: int) -> Points:
    """Catmull-Rom weights of four neighbouring control points at `steps` places between the middle two."""
    t = np.arange(steps) / steps
    return (
        np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1) / 2
    )


@functools.cache
def _closed_basis(count: int, steps: int) -> Points:
    basis = np.zeros((count * steps, count))
    for start in range(count):
        for offset in range(4):
            basis[start * steps : (start + 1) * steps, (start + offset - 1) % count] += _blend(steps)[:, offset]
    return basis


@functools.cache
def _open_basis(count: int, steps: int) -> Points:
    basis = np.zeros(((count - 1) * steps + 1, count))
    for start in range(count - 1):
        rows = slice(start * steps, (start + 1) * steps)
        for offset in range(4):
            index, weights = start + offset - 1, _blend(steps)[:, offset]
            if index < 0:  # the missing neighbour is the mirror image of the next one: 2 * first - second
                basis[rows, 0] += 2 * weights
                basis[rows, 1] -= weights
            elif index >= count:
                basis[rows, count - 1] += 2 * weights
                basis[rows, count - 2] -= weights
            else:
                basis[rows, index] += weights
    basis[-1, count - 1] = 1
    return basis


def closed(control: Points, steps: int = 8) -> Points:
    """The closed Catmull-Rom spline through the control points."""
    return np.asarray(_closed_basis(len(control), steps) @ control)


def smooth(control: Points, steps: int = 8) -> Points:
    """The open Catmull-Rom spline through the control points, ends included."""
    return np.asarray(_open_basis(len(control), steps) @ control)


def ellipse(x: float, y: float, rx: float, ry: float, count: int = 28) -> Points:
    """An ellipse as a polygon."""
    return moved(_circle(count) * (rx, ry), x, y)


@functools.cache
def _circle(count: int) -> Points:
    angle = np.arange(count) * (2 * np.pi / count)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def ribbon(line: Points, *widths: float) -> Points:
    """The outline of a stroke along `line` whose full width runs through `widths`, spread evenly."""
    return np.asarray(ribbons(line[None], *widths)[0])


def ribbons(lines: npt.NDArray[np.float64], *widths: float | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """`ribbon` for many lines at once: (k, n, 2) to (k, 2n, 2). A width is one for all lines, or one for each."""
    along = _spread(lines.shape[1], len(widths)) @ np.array(widths)
    side = normals(lines) * along.T[..., None]
    return np.concatenate([lines + side, (lines - side)[:, ::-1]], axis=1)


@functools.cache
def _spread(count: int, stops: int) -> Points:
    """The weights with which values at even stops make half of the values at even places between them."""
    return np.stack([np.interp(even(count), even(stops), stop) for stop in np.eye(stops)], axis=1) / 2


@functools.cache
def even(count: int) -> npt.NDArray[np.float64]:
    """Numbers from 0 to 1 that lie evenly."""
    return spaced(0, 1, count)


@functools.cache
def spaced(start: float, stop: float, count: int) -> npt.NDArray[np.float64]:
    """`numpy.linspace` for constants: made once, and not to be changed."""
    numbers = np.linspace(start, stop, count)
    numbers.flags.writeable = False
    return numbers


def paired(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64]:
    """Points from their coordinates."""
    at = np.empty((*x.shape, 2))
    at[..., 0] = x
    at[..., 1] = y
    return at


def normals(lines: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Unit normals along lines of shape (…, n, 2)."""
    at = _complex(lines)
    ahead = np.empty_like(at)
    np.subtract(at[..., 2:], at[..., :-2], out=ahead[..., 1:-1])
    ahead[..., 0] = at[..., 1] - at[..., 0]
    ahead[..., -1] = at[..., -1] - at[..., -2]
    ahead *= 1j / (np.abs(ahead) + 1e-9)
    return ahead.view(np.float64).reshape(lines.shape)


def _complex(lines: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
    """Points as complex numbers: half as many operations."""
    return np.ascontiguousarray(lines).view(np.complex128)[..., 0]


def between(first: Points, second: Points, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lines that lie between two guide lines of equal length: (len(shares), n, 2)."""
    return first[None] * (1 - shares)[:, None, None] + second[None] * shares[:, None, None]


def moved(outline: Points, right: float, down: float) -> Points:
    """The outline shifted."""
    return np.asarray(outline + np.array((right, down)))


def arched(half: Points) -> Points:
    """An open path from the mirror image of the half's end over its start, on or near the middle, to its end."""
    return np.concatenate([half[::-1] * (-1, 1), half[1:]])


def mirrored(half: Points) -> Points:
    """`half` and its mirror image in x = 0, as one path; points on the axis are not doubled."""
    back = half[::-1] * (-1, 1)
    keep = np.abs(back[:, 0]) > 1e-9
    return np.concatenate([half, back[keep]])


def waved(line: Points, height: float, waves: float, phase: float = 0.0) -> Points:
    """`line` swung to and fro across its course; the swing grows from nothing at its start."""
    t = even(len(line))
    swing = height * np.sin(2 * np.pi * waves * t + phase) * np.minimum(1, 2.5 * t)
    return line + normals(line) * swing[:, None]
