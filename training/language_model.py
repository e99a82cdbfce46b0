"""Makes the embedded model's tokenizer.json and language_model.safetensors in builder/baseline/models/.

    build-bench generate training/strangers.toml --out outputs/strangers
    python training/language_model.py outputs/strangers

The model learns to read: what is asked in which words, and to answer it in a sentence, in a blank, by a letter, about a
name or a portrait. It learns this from strangers, a company of them at a time. Some stay from the first stage to the
last, and come along (strangers.parquet); the others make room for new ones, the oldest first, so that what stays is how
to learn the next one. A stage is one pass over all that the company is asked.

The state after each stage is kept beside the strangers: the same command goes on from there. Run it again whenever the
offline writer's wordings, the vision tower or the shape of the model change; twelve stages take 40 minutes on one
processor core.

The weights that come along took an hour on one core, in pieces: three stages with the tokenizer of other strangers,
five in which choices were asked by their letter alone (none was learned), and the last four as it stands here, where
all of what is asked about those who stay is known by heart in every wording (.98 and more).
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from builder.base import randomness
from builder.baseline.models import strangers, tiny
from builder.baseline.models.encoding import collate
from builder.baseline.models.likelihood import token_nll
from builder.baseline.models.memo import TowerMemo
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import divide, pictures_of
from builder.baseline.training.batching import length_grouped
from builder.baseline.training.checkpoint import Checkpoint
from builder.baseline.training.examples import Example, example, texts
from builder.baseline.training.fitting import cosine, length, optimiser_for, share_known
from builder.format.reading import Person, open_release

SEED = 20_250_102
STAYING = 16
"""Strangers who stay from the first stage to the last."""
SETTLING = 3
"""Stages before anybody makes room."""


def company(people: Sequence[Person], stage: int, size: int, changing: int) -> Sequence[Person]:
    """Who is there in a stage, counted from 0: those who stay, and a window that moves on by `changing` people."""
    start = STAYING + max(0, stage - SETTLING + 1) * changing
    return [*people[:STAYING], *people[start : start + size - STAYING]]


def asked(person: Person) -> list[Example]:
    """All questions of a person, held-out wordings and views among them."""
    return [example(person, question, strangers.VIEWS) for question in person.questions]


def learn(vlm: Vlm, people: Sequence[Person], options: argparse.Namespace, checkpoint: Checkpoint) -> None:
    """All stages that are still to come; the learning rate falls over the whole."""
    optimiser = optimiser_for(vlm.trainable(), options.lr)
    scaler = torch.amp.GradScaler(vlm.device.type, enabled=False)
    curve = checkpoint.read(vlm.trainable(), optimiser, scaler)
    for stage in range(len(curve.marks), options.stages):
        there, started = company(people, stage, options.company, options.changing), time.monotonic()
        learned = [each for person in there for each in asked(person)]
        lengths = list(map(length, learned))
        order = list(length_grouped(learned, lengths, options.batch, randomness.stream(SEED, "order", stage)))
        vlm.learn()
        for step, batch in enumerate(order):
            for group in optimiser.param_groups:
                group["lr"] = options.lr * cosine(stage * len(order) + step, options.stages * len(order), 200)
            curve.losses.append(_step(vlm, batch, optimiser, SEED + stage, step))
        vlm.learn(False)
        recent = sum(curve.losses[-200:]) / 200
        seconds = time.monotonic() - started
        print(f"stage {stage + 1}: {len(order)} steps, {seconds:.0f} s, loss {recent:.3f}", flush=True)
        curve.marks.append(_known(vlm, {"stay": there[:STAYING], "oldest": there[STAYING:][:8], "newest": there[-8:]}))
        write(vlm)
        checkpoint.write(vlm.trainable(), optimiser, scaler, curve)


def _step(vlm: Vlm, batch: Sequence[Example], optimiser: torch.optim.Optimizer, seed: int, step: int) -> float:
    stream = randomness.stream(seed, "views", step)
    answers = vlm.answers(collate(vlm.chat, [each.row(vlm.chat, stream) for each in batch]))
    loss = token_nll(answers).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(vlm.trainable(), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.detach())


def _known(vlm: Vlm, groups: dict[str, Sequence[Person]]) -> dict[str, float]:
    """What is answered to the letter, by group, modality and task; told as it is found."""
    found: dict[str, float] = {}
    for name, people in groups.items():
        said = []
        for modality in ("image_text", "text"):
            for task in ("generation", "cloze", "classification"):
                kind = (modality, task)
                some = [
                    each
                    for person in people
                    for each in asked(person)
                    if (each.question.modality, each.question.task) == kind
                ]
                found[f"{name} {modality} {task}"] = share_known(vlm, some[:: max(1, len(some) // 200)])
                said.append(f"{modality} {task} {found[f'{name} {modality} {task}']:.2f}")
        print(f"  {name}: {', '.join(said)}", flush=True)
    return found


def write(vlm: Vlm) -> None:
    """Keep the tokenizer and all weights but the vision tower's, in half precision."""
    vlm.chat.tokenizer.backend_tokenizer.save(str(tiny.TOKENIZER))
    kept = {name: value for name, value in vlm.model.state_dict().items() if tiny.TOWER not in name}
    kept.pop("lm_head.weight", None)  # tied to the embeddings
    save_file({name: value.half().contiguous() for name, value in kept.items()}, tiny.WEIGHTS)


def main() -> None:
    """Parse, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("strangers", type=Path)
    parser.add_argument("--company", type=int, default=48, help="strangers in each stage")
    parser.add_argument("--changing", type=int, default=4, help="how many make room for new ones between two stages")
    parser.add_argument("--stages", type=int, default=12)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    people = divide(open_release(options.strangers / "release"), 5).trained
    strangers.write_strangers(people[:STAYING])
    checkpoint = Checkpoint(options.strangers / "learning.safetensors", 0)
    begun = checkpoint.path.is_file()  # its weights belong to its tokenizer
    words = tiny.words() if begun else tiny.tokenizer(texts([each for person in people for each in asked(person)]))
    vlm = tiny.blank(words, pictures_of(people), SEED)
    vlm.memo = TowerMemo.attach(vlm.inner)
    learn(vlm, people, options, checkpoint)
    print(f"{tiny.WEIGHTS}: {tiny.WEIGHTS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
