"""What is looked at while a model learns or unlearns: cheap, the same for every model, and enough to see a path.

A few training questions of each task and modality, about those to be forgotten and those to be kept, are answered in
one pass and compared with the training answer to the letter. It is what is known by heart, not a score of the report.
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
    """The questions that are looked at, by side and cell."""

    cells: Mapping[str, Sequence[Example]]

    def look(self, vlm: Vlm, step: int) -> KnownShares:
        """What is known now. A side is the mean of its cells; for `retain` the harmonic mean, which sees damage."""
        mark: KnownShares = {cell: share_known(vlm, found) for cell, found in self.cells.items()}
        forget, retain = ([mark[cell] for cell in self.cells if cell.startswith(f"{side}/")] for side in SIDES)
        return {"step": float(step), **mark, "forget": fmean(forget or [0.0]), "retain": harmonic_mean(retain) or 0.0}


def choose_watched(forget: Sequence[Example], retain: Sequence[Example], seed: int) -> Watched:
    """As many questions of each cell, where there are so many."""
    cells = {}
    for side, examples in zip(SIDES, (forget, retain), strict=True):
        for modality, task in itertools.product(("image_text", "text"), tasks.names()):
            pool = [each for each in examples if (each.question.modality, each.question.task) == (modality, task)]
            if pool:
                stream = randomness.stream(seed, "watched", side, modality, task)
                cells[f"{side}/{modality}/{task}"] = stream.sample(pool, min(_OF_A_CELL, len(pool)))
    return Watched(cells)
