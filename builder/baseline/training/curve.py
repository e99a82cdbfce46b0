"""How a training went."""

from dataclasses import dataclass, field


@dataclass
class Curve:
    """What was seen on the way: the loss of each step, and measures at some steps.

    `trained` counts the weights that were free to change, by part of the model ("language_model", "vision_tower").
    """

    losses: list[float] = field(default_factory=list)
    marks: list[dict[str, float]] = field(default_factory=list)
    stopped_early: bool = False
    trained: dict[str, int] = field(default_factory=dict)
