"""Runs a method: steps over forget and retain batches, with clipped gradients and regular measurements."""

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import nn

from builder.base import randomness
from builder.baseline.methods.base import Method, Setup, Step
from builder.baseline.models.encoding import Batch, collate
from builder.baseline.models.reference import ReferenceModel
from builder.baseline.models.seeded import seed_torch
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import UnlearnPart
from builder.baseline.training.batching import endlessly
from builder.baseline.training.curve import Curve
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import Diverged, check_numbers, optimiser_for, scaler_for, take_step
from builder.baseline.training.watching import choose_watched
from builder.format.concepts import Concept
from builder.format.reading import Person

LOOKS = 8
"""How often forgetting and retaining are looked at on the way."""


def unlearn(
    vlm: Vlm,
    method: Method,
    forget: Sequence[Example],
    retain: Sequence[Example],
    people: Sequence[Person],
    part: UnlearnPart,
    seed: int,
    tell: Callable[[int, int], None],
    name: str = "unlearn",
    looks: int = LOOKS,
    concepts: Sequence[Concept] = (),
) -> Curve:
    """Run `method`, labelled `name`, on `vlm` in place, measuring it `looks` times. `people` are the forget set;
    `concepts` describe them where only their faces are to be forgotten.

    Raises Diverged if the loss is not finite; the model is then unusable.
    """
    asked = [each for each in forget if part.modality in ("both", "image" if each.pictures else "text")]
    steps = length(part, method, len(asked))
    reference = ReferenceModel(vlm)
    parameters = method.parameters(vlm)
    optimiser = optimiser_for(parameters, part.lr * method.lr)
    scaler = scaler_for(vlm)
    stream = randomness.stream(seed, "unlearn")
    batches = zip(
        endlessly(asked, min(part.batch, len(asked)), stream),
        endlessly(retain, min(part.batch, len(retain)), randomness.stream(seed, "unlearn", "retain")),
        strict=False,
    )
    looked_at = choose_watched(forget, retain, seed)
    curve = Curve(marks=[looked_at.look(vlm, 0)], trained=vlm.parts_of(parameters))
    vlm.learn()

    def encode(examples: Sequence[Example]) -> Batch:
        return collate(vlm.chat, [example.row(vlm.chat, stream) for example in examples])

    drawn = randomness.stream(seed, "unlearn", "prepare")
    prepared = method.prepare(Setup(vlm, asked, retain, part.batch, encode, drawn))
    for number, (gone, kept) in enumerate(itertools.islice(batches, steps), start=1):
        seed_torch(seed, name, number)
        step = Step(vlm, reference, encode(gone), encode(kept), gone, encode, stream, people, prepared, concepts)
        curve.losses.append(_descend(method, step, optimiser, scaler, parameters, part.clip, number))
        tell(number, steps)
        if number % max(1, steps // looks) == 0 or number == steps:
            curve.marks.append(looked_at.look(vlm, number))
    if steps == 0:
        curve.marks.append(looked_at.look(vlm, 0))
    vlm.learn(False)
    check_numbers(vlm, [*forget, *retain], steps)
    return curve


def length(part: UnlearnPart, method: Method, questions: int) -> int:
    """The number of steps for this many forget questions: at least one, unless the method is training-free."""
    whole = part.steps or part.epochs * math.ceil(questions / part.batch)
    return max(1, round(whole * method.steps)) if method.steps else 0


def _descend(
    method: Method,
    step: Step,
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    parameters: list[nn.Parameter],
    clip: float,
    number: int,
) -> float:
    loss = method.loss(step)
    value = float(loss.detach())
    if not math.isfinite(value):
        raise Diverged(f"The loss became {value} in step {number}; a lower learning rate may help.")
    scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
    take_step(optimiser, scaler, parameters, clip, number)
    step.vlm.model.zero_grad(set_to_none=True)
    return value
