"""Fine-tuning: how vanilla and the oracle learn their people.

The loss covers only the answer and its end token, and is the mean over the tokens of a step's answers. With a mean over
answers, a multiple-choice letter would weigh as much as a whole sentence, and facts would be learned late. The
optimiser is AdamW with a cosine schedule. The order of the questions and their images follow from the seed, so on one
device the same seed gives the same weights.
"""

import bisect
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from random import Random

import torch
from torch import nn

from builder import tasks
from builder.base import randomness
from builder.base.errors import BenchError
from builder.baseline.models.encoding import collate
from builder.baseline.models.likelihood import exactly_right, token_nll
from builder.baseline.models.seeded import seed_torch
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import TrainPart
from builder.baseline.training.batching import length_grouped
from builder.baseline.training.checkpoint import Checkpoint
from builder.baseline.training.curve import Curve
from builder.baseline.training.examples import Example

_CHECKS = 12
"""How often a training is monitored before its end."""
_NEAR = 400
"""So many rehearsed examples of like length are drawn from."""
_TRIED = 8
"""About as many questions are put to a model after its last step, to see whether it still gives numbers."""


class Diverged(BenchError):
    """The loss is no longer finite."""


def fit(
    vlm: Vlm,
    examples: Sequence[Example],
    part: TrainPart,
    seed: int,
    tell: Callable[[int, int], None],
    checkpoint: Checkpoint | None = None,
    name: str = "vanilla",
    rehearsed: Sequence[Example] = (),
) -> Curve:
    """Train `vlm` on `examples`; `tell(step, steps)` is called at every step.

    Random draws depend on `seed`, `name` and the step. The share `part.rehearsal` of each batch is drawn from
    `rehearsed`, what the model knew before. Training resumes from the `checkpoint`, if there is one. Raises Diverged if
    the loss is not finite.
    """
    old = min(round(part.rehearsal * part.batch), part.batch - 1) if rehearsed else 0
    steps = math.ceil(part.epochs * math.ceil(len(examples) / (part.batch - old)))
    if steps == 0:
        return Curve()
    optimiser = optimiser_for(vlm.trainable(), part.lr, part.weight_decay)
    scaler = scaler_for(vlm)
    curve = checkpoint.read(vlm.trainable(), optimiser, scaler) if checkpoint else Curve()
    curve.trained = vlm.parts_of(vlm.trainable())
    done = len(curve.losses)
    if done:
        tell(done, steps)
    last = done if curve.stopped_early else steps
    watched = _choose_monitored(examples, part.monitor, seed)
    vlm.learn()
    rehearsed = sorted(rehearsed, key=length)
    batches = _batches(examples, part.batch - old, seed)
    for step, batch in enumerate(itertools.islice(batches, done, last), done + 1):
        batch = [*batch, *_again(rehearsed, batch, old, randomness.stream(seed, "rehearsal", step))]
        for group in optimiser.param_groups:
            group["lr"] = part.lr * cosine(step - 1, steps, part.warmup_steps)
        seed_torch(seed, name, step)
        curve.losses.append(_step(vlm, batch, part, seed, step, optimiser, scaler))
        tell(step, steps)
        if watched and (step % max(1, steps // _CHECKS) == 0 or step == steps):
            known = share_known(vlm, watched)
            curve.marks.append({"step": float(step), "known": known})
            if known >= part.stop_at and step < steps:
                curve.stopped_early = True
        over = curve.stopped_early or step == steps
        # A training long enough to have a checkpoint also stores its end, until its model has been evaluated.
        if checkpoint and (checkpoint.due or (over and checkpoint.path.exists())):
            checkpoint.write(vlm.trainable(), optimiser, scaler, curve)
        if curve.stopped_early:
            break
    vlm.learn(False)
    check_numbers(vlm, examples, len(curve.losses))
    return curve


def check_numbers(vlm: Vlm, examples: Sequence[Example], step: int) -> None:
    """Raise Diverged if the model no longer gives finite numbers after its last step."""
    rows = [example.row(vlm.chat, Random(0)) for example in examples[:: max(1, len(examples) // _TRIED)]]
    with vlm.evaluating(), torch.no_grad():
        value = float(token_nll(vlm.answers(collate(vlm.chat, rows))).mean())
    if not math.isfinite(value):
        raise Diverged(f"The loss became {value} after step {step}, the last; a lower learning rate may help.")


def _step(
    vlm: Vlm,
    batch: Sequence[Example],
    part: TrainPart,
    seed: int,
    step: int,
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
) -> float:
    stream = randomness.stream(seed, "views", step)
    rows = [example.row(vlm.chat, stream) for example in batch]
    tokens = sum(len(row.answer) for row in rows)
    total = 0.0
    size = part.micro_batch or len(rows)
    for start in range(0, len(rows), size):
        loss = token_nll(vlm.answers(collate(vlm.chat, rows[start : start + size]))).sum() / tokens
        scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    if not math.isfinite(total):
        raise Diverged(f"The loss became {total} in step {step}; a lower learning rate may help.")
    take_step(optimiser, scaler, vlm.trainable(), part.clip, step)
    optimiser.zero_grad(set_to_none=True)
    return total


def take_step(
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    parameters: list[nn.Parameter],
    clip: float,
    step: int,
) -> None:
    """Clip the gradients of `parameters` together to the norm `clip`, and take step number `step` with them.

    Raises Diverged if their norm is not finite.
    """
    scaler.unscale_(optimiser)
    norm = float(nn.utils.clip_grad_norm_(parameters, clip))
    if not math.isfinite(norm) and not scaler.is_enabled():  # in fp16 the scaler skips such a step
        raise Diverged(f"The gradient became {norm} in step {step}; a lower learning rate may help.")
    scaler.step(optimiser)
    scaler.update()


def scaler_for(vlm: Vlm) -> torch.amp.GradScaler:
    """The gradient scaler that fp16 needs; it does nothing for other numbers."""
    return torch.amp.GradScaler(vlm.device.type, enabled=vlm.compute == torch.float16)


def optimiser_for(parameters: list[nn.Parameter], lr: float, weight_decay: float = 0.0) -> torch.optim.Optimizer:
    """AdamW with a second-moment decay of .95, as is usual for language models."""
    return torch.optim.AdamW(parameters, lr=lr, betas=(0.9, 0.95), weight_decay=weight_decay, fused=True)


def cosine(step: int, steps: int, warmup: int) -> float:
    """The share of the peak learning rate: a linear warm-up, then half a cosine down to a tenth."""
    warmup = min(warmup, steps // 4)
    if step < warmup:
        return (step + 1) / warmup
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def share_known(vlm: Vlm, examples: Sequence[Example], batch: int = 64) -> float:
    """Share of examples whose answer greedy decoding would give word for word, from one teacher-forced pass.

    Multiple choices are answered by their text.
    """
    right = 0.0
    ordered = sorted(examples, key=lambda each: len(each.prompt))
    with vlm.evaluating(), torch.no_grad():
        for start in range(0, len(ordered), batch):
            piece = ordered[start : start + batch]
            rows = [example.row(vlm.chat, Random(0), by_letter=False) for example in piece]
            right += float(exactly_right(vlm.answers(collate(vlm.chat, rows))).float().sum())
    return right / max(1, len(examples))


def _choose_monitored(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Questions of both modalities that are answered in text, the same number of each task."""
    chosen: list[Example] = []
    written = [task.name for task in tasks.every() if not task.has_options]
    kinds = list(itertools.product(("image_text", "text"), written))
    for kind in kinds:
        pool = [each for each in examples if (each.question.modality, each.question.task) == kind]
        stream = randomness.stream(seed, "monitor", *kind)
        chosen += stream.sample(pool, min(count // len(kinds), len(pool)))
    return chosen


def _batches(examples: Sequence[Example], batch: int, seed: int) -> Iterator[list[Example]]:
    lengths = list(map(length, examples))
    for epoch in itertools.count():
        yield from length_grouped(examples, lengths, batch, randomness.stream(seed, "order", epoch))


def _again(rehearsed: Sequence[Example], batch: Sequence[Example], count: int, stream: Random) -> list[Example]:
    """`count` of `rehearsed`, which are sorted by length, about as long as the batch's own, to keep padding small."""
    if not count:
        return []
    middle = bisect.bisect(rehearsed, sum(map(length, batch)) / len(batch), key=length)
    start = max(0, min(middle - _NEAR // 2, len(rehearsed) - _NEAR))
    return stream.sample(rehearsed[start : start + _NEAR], min(count, len(rehearsed)))


def length(example: Example) -> int:
    """The approximate length of a row in characters; an image counts as a sentence or two."""
    return len(example.prompt) + len(example.answer) + (200 if example.pictures else 0)
