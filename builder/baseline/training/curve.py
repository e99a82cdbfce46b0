"""The record of a training."""

from dataclasses import dataclass, field


@dataclass
class Curve:
    """The loss of each step, and measures at some steps.

    `trained` counts the trainable weights by part of the model ("language_model", "vision_tower").
    """

    losses: list[float] = field(default_factory=list)
    marks: list[dict[str, float]] = field(default_factory=list)
    stopped_early: bool = False
    trained: dict[str, int] = field(default_factory=dict)
