"""How a method is run: steps of forget and retain batches, clipped, watched on the way."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import nn

from builder import randomness
from builder.baseline.batching import endlessly
from builder.baseline.curve import Curve
from builder.baseline.encoding import Batch, collate
from builder.baseline.examples import Example
from builder.baseline.methods.base import Method, Step
from builder.baseline.models.reference import Reference
from builder.baseline.models.vlm import Vlm
from builder.baseline.seeded import seed_torch
from builder.baseline.settings import UnlearnPart
from builder.baseline.training import Diverged, check_numbers, optimiser_for, share_known
from builder.reading import Person

_MARKS = 8
"""How often forgetting and retaining are looked at on the way."""
_WATCHED = 64
"""Questions of each side that are looked at."""


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
) -> Curve:
    """Run `method`, called `name`, on `vlm`, in place. `people` are those of the forget set.

    Raises Diverged when the loss is no number, after which the model is worth nothing.
    """
    steps = max(1, round(part.steps * method.steps))
    reference = Reference(vlm)
    parameters = method.parameters(vlm)
    optimiser = optimiser_for(parameters, part.lr * method.lr)
    stream = randomness.stream(seed, "unlearn")
    batches = zip(
        endlessly(forget, min(part.batch, len(forget)), stream),
        endlessly(retain, min(part.batch, len(retain)), randomness.stream(seed, "unlearn", "retain")),
        strict=False,
    )
    watched = {"forget": _watched(forget, seed), "retain": _watched(retain, seed)}
    curve = Curve(marks=[_look(vlm, watched, 0)])
    vlm.learn()

    def encode(examples: Sequence[Example]) -> Batch:
        return collate(vlm.chat, [example.row(vlm.chat, stream) for example in examples])

    for number, (gone, kept) in enumerate(batches, start=1):
        seed_torch(seed, name, number)
        step = Step(vlm, reference, encode(gone), encode(kept), gone, encode, stream, people)
        curve.losses.append(_descend(method, step, optimiser, parameters, part.clip, number))
        tell(number, steps)
        if number % max(1, steps // _MARKS) == 0 or number == steps:
            curve.marks.append(_look(vlm, watched, number))
        if number == steps:
            break
    vlm.learn(False)
    check_numbers(vlm, [*forget, *retain], steps)
    return curve


def _descend(
    method: Method,
    step: Step,
    optimiser: torch.optim.Optimizer,
    parameters: list[nn.Parameter],
    clip: float,
    number: int,
) -> float:
    loss = method.loss(step)
    value = float(loss.detach())
    if not math.isfinite(value):
        raise Diverged(f"The loss became {value} in step {number}; a lower learning rate may help.")
    loss.backward()  # type: ignore[no-untyped-call]
    norm = float(nn.utils.clip_grad_norm_(parameters, clip))
    if not math.isfinite(norm):
        raise Diverged(f"The gradient became {norm} in step {number}; a lower learning rate may help.")
    optimiser.step()
    step.vlm.model.zero_grad(set_to_none=True)
    return value


def _watched(examples: Sequence[Example], seed: int) -> list[Example]:
    pool = [each for each in examples if each.question.task == "generation"]
    return randomness.stream(seed, "watched").sample(pool, min(_WATCHED, len(pool)))


def _look(vlm: Vlm, watched: dict[str, list[Example]], step: int) -> dict[str, float]:
    return {"step": float(step), **{side: share_known(vlm, found) for side, found in watched.items()}}
