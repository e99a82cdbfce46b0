"""How the head is held and where it stands in the picture: from head units to pixels.

The head is treated as a solid: what lies on its front moves further than its outline when it turns, and is
foreshortened. Three maps serve most shapes: `surface` for features, `outline` for silhouettes, `body` for what does not
turn along.
"""

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder.base.records import View
from builder.portraits.drawn.curves import Points, paired
from builder.portraits.drawn.face import Face

_DEPTH = 0.64
"""How far the front of the face lies before the head's axis, in head units."""

_PIVOT = 1.15
"""How far below eye level the point lies that the head tilts about: the middle of the neck."""


@dataclass(frozen=True)
class Pose:
    """Angles in degrees: `yaw` to the viewer's right, `pitch` chin up, `roll` clockwise."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True)
class Framing:
    """`unit` is a head unit's share of the picture's width; `x`, `y` is where the eyes' middle stands."""

    unit: float
    x: float = 0.5
    y: float = 0.45


POSES: Mapping[View, Mapping[str, Pose]] = {
    "reference": {"facing the camera": Pose()},
    "train": {
        "turned slightly to the left": Pose(yaw=-13),
        "turned slightly to the right": Pose(yaw=13),
        "head tilted to the left": Pose(yaw=-5, roll=-7),
        "head tilted to the right": Pose(yaw=5, roll=7),
        "chin slightly raised": Pose(yaw=4, pitch=8),
        "turned to the left with the head tilted": Pose(yaw=-17, roll=4),
        "turned to the right with the head tilted": Pose(yaw=17, roll=-4),
    },
    "test": {
        "three-quarter view to the left": Pose(yaw=-25),
        "three-quarter view to the right": Pose(yaw=25),
        "looking over with the chin lowered": Pose(yaw=-9, pitch=-9, roll=5),
        "three-quarter view with the chin raised": Pose(yaw=22, pitch=6, roll=-3),
    },
}

FRAMINGS: Mapping[View, Mapping[str, Framing]] = {
    "reference": {"head and shoulders, centred": Framing(0.262, 0.5, 0.485)},
    "train": {
        "close-up, centred": Framing(0.30, 0.5, 0.50),
        "head and shoulders, left of the centre": Framing(0.22, 0.40, 0.46),
        "head and shoulders, right of the centre": Framing(0.22, 0.60, 0.46),
        "half-length, centred": Framing(0.165, 0.5, 0.36),
        "head and shoulders, a step closer": Framing(0.255, 0.5, 0.48),
    },
    "test": {
        "tight close-up, slightly right of the centre": Framing(0.335, 0.54, 0.52),
        "half-length, left of the centre": Framing(0.175, 0.37, 0.40),
        "half-length, right of the centre": Framing(0.18, 0.63, 0.39),
        "head and shoulders, low in the picture": Framing(0.20, 0.47, 0.56),
    },
}


def varied(pose: Pose, framing: Framing, rng: random.Random) -> tuple[Pose, Framing]:
    """The pose and framing as one picture has them: nobody sits exactly like another."""
    pose = Pose(
        pose.yaw * rng.uniform(0.85, 1.1) + rng.uniform(-3, 3),
        pose.pitch + rng.uniform(-1.5, 1.5),
        pose.roll + rng.uniform(-1.2, 1.2),
    )
    return pose, Framing(
        framing.unit * rng.uniform(0.95, 1.05),
        framing.x + rng.uniform(-0.018, 0.018),
        framing.y + rng.uniform(-0.012, 0.012),
    )


class Rig:
    """Maps a face's head units to picture pixels under one pose and framing."""

    def __init__(self, face: Face, pose: Pose, framing: Framing, size: int) -> None:
        self.face = face
        self.pose = pose
        self.unit = framing.unit * size
        """Pixels of one head unit."""
        self._origin = np.array([framing.x * size, framing.y * size])
        yaw, pitch, roll = (math.radians(angle) for angle in (pose.yaw, pose.pitch, pose.roll))
        self._sin = math.sin(yaw)
        # Where a step across, down and forward leads to on the picture.
        tilt = self.unit * np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
        across, down = tilt[0], math.cos(pitch) * tilt[1]
        forward = -math.sin(pitch) * tilt[1]
        self._steps = np.array([math.cos(yaw) * across - self._sin * forward, down])
        self._forward = self._sin * across + math.cos(yaw) * forward
        self._still = self._origin + _PIVOT * (np.array([0, self.unit]) - tilt[1])
        self._slice_steps = np.array([across, down])
        self._slices = _FORWARD + 1j * np.sqrt(math.cos(yaw) ** 2 + (_DEEPNESS * self._sin) ** 2)

    @property
    def turn(self) -> float:
        """The sine of the yaw: positive when the nose points to the viewer's right."""
        return self._sin

    def surface(self, at: Points, lift: float | npt.NDArray[np.float64] = 0.0) -> Points:
        """What lies on the front of the head, `lift` above it."""
        x, y = at[:, 0], at[:, 1]
        across = np.minimum(1, (x / self.face.head_width) ** 2)
        up = np.minimum(1, np.maximum(0, y * (-1 / 0.95) - 0.25 / 0.95))  # the forehead recedes
        depth = np.sqrt((1 - across) * (1 - 0.8 * up * up))
        depth *= _DEPTH + lift
        depth += lift * across
        return self.solid(at, depth)

    def surfaces(self, outlines: Sequence[Points], lifts: Sequence[float]) -> list[Points]:
        """`surface` for many outlines at once, each with a lift of its own: a call costs more than its points."""
        counts = [len(outline) for outline in outlines]
        placed = self.surface(np.concatenate(outlines), np.repeat(lifts, counts))
        ends = itertools.accumulate(counts)
        return [placed[end - count : end] for count, end in zip(counts, ends, strict=True)]

    def flat(self, at: Points, depth: float) -> Points:
        """What lies in a plane at `depth` before the head's axis."""
        return np.asarray(at @ self._steps + (depth * self._forward + self._still))

    def solid(self, at: Points, depth: npt.NDArray[np.float64]) -> Points:
        """Points that each have a depth of their own before the head's axis."""
        placed = at @ self._steps
        placed += depth[:, None] * self._forward
        placed += self._still
        return np.asarray(placed)

    def outline(self, at: Points) -> Points:
        """What forms the head's silhouette: the widest part of the solid's slice at each height."""
        slices = np.interp(at[:, 1], _LEVELS, self._slices)  # how far forward, and how much wider for the turn
        placed = paired(at[:, 0] * slices.imag, at[:, 1]) @ self._slice_steps
        placed += slices.real[:, None] * self._forward
        placed += self._still
        return np.asarray(placed)

    def hanging(self, at: Points) -> Points:
        """Hair that leaves the head at the jaw and comes to rest on the body."""
        share = np.clip((at[:, 1] - 0.55) / 1.1, 0, 1)[:, None]
        share = share * share * (3 - 2 * share)
        return self.outline(at) * (1 - share) + self.body(at) * share

    def body(self, at: Points) -> Points:
        """What does not turn along: neck base, shoulders, clothes."""
        return np.asarray(at * self.unit + self._origin)


# The solid behind the outline, by height: how far forward each slice's middle lies, and its depth in half-widths.
_LEVELS = np.array([-1.3, -0.4, 0.2, 0.6, 1.0, 1.3])
_FORWARD = np.array([-0.10, -0.06, 0.02, 0.14, 0.30, 0.30])
_DEEPNESS = np.array([1.15, 1.12, 0.92, 0.80, 0.70, 0.70])
