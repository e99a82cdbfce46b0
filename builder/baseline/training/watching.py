"""Measurements while a model learns or unlearns: cheap, the same for every model, and enough to see a trend.

The model answers a few training questions of each task and modality about the forget set and the retain set, in one
pass; the answers are compared with the training answers to the letter. This shows what is memorised and is not a score
of the report.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from builder import tasks
from builder.base import randomness
from builder.baseline.metrics.groups import harmonic_mean
from builder.baseline.models.vlm import Vlm
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import share_known

KnownShares = dict[str, float]
"""A step and what was known at it: `forget` and `retain`, and each of their cells, such as "forget/text/cloze"."""
_OF_A_CELL = 24
SIDES = ("forget", "retain")


@dataclass(frozen=True)
class Watched:
    """The watched questions, by side and cell."""

    cells: Mapping[str, Sequence[Example]]

    def look(self, vlm: Vlm, step: int) -> KnownShares:
        """What the model knows now. A side is the mean of its cells; `retain` the harmonic mean, which shows damage."""
        mark: KnownShares = {cell: share_known(vlm, found) for cell, found in self.cells.items()}
        forget, retain = ([mark[cell] for cell in self.cells if cell.startswith(f"{side}/")] for side in SIDES)
        return {"step": float(step), **mark, "forget": fmean(forget or [0.0]), "retain": harmonic_mean(retain) or 0.0}


def choose_watched(forget: Sequence[Example], retain: Sequence[Example], seed: int) -> Watched:
    """The same number of questions for each cell, as far as there are enough."""
    cells = {}
    for side, examples in zip(SIDES, (forget, retain), strict=True):
        for modality, task in itertools.product(("image_text", "text"), tasks.names()):
            pool = [each for each in examples if (each.question.modality, each.question.task) == (modality, task)]
            if pool:
                stream = randomness.stream(seed, "watched", side, modality, task)
                cells[f"{side}/{modality}/{task}"] = stream.sample(pool, min(_OF_A_CELL, len(pool)))
    return Watched(cells)
