"""Makes the embedded model's tokenizer.json and language_model.safetensors in builder/baseline/models/.

    build-bench generate training/strangers.toml --out outputs/strangers
    python training/language_model.py outputs/strangers

The model learns to read: what is asked in which words, and to answer it in a sentence, in a blank, by a letter, about a
name or a portrait. It learns this from strangers, one small world of them after the other; the worlds before may be
forgotten, what stays is how to learn the next one. To choose by letter is learned in three steps: which option is the
given value, which one is stated by a given sentence, and which one is right with nothing given. Run it again
whenever the offline writer's wordings, the vision tower or the shape of the model change.

The weights that come along took about an hour on two busy processor cores, in three goes: two worlds (six epochs and
two) before the steps towards a letter stood here; then `--go-on --first 80`, where multiple choice came once in a pass;
then `--go-on --first 160 --epochs 2`, stopped after four worlds. Only the last can be made again from what stands here.
Started at random, two passes over each world are too few.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from builder.baseline.examples import Example, example, texts
from builder.baseline.models import tiny
from builder.baseline.models.memo import TowerMemo
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import TRAINED_VIEWS, divide, pictures_of
from builder.baseline.settings import TrainPart
from builder.baseline.training import fit, share_known
from builder.reading import Person, open_release

SEED = 20_250_102
ALL_VIEWS = (*TRAINED_VIEWS, "test")


def asked(person: Person) -> list[Example]:
    """All questions of a person, held-out wordings and views among them."""
    return [example(person, question, ALL_VIEWS) for question in person.questions]


def steps_to_a_letter(person: Person) -> list[Example]:
    """Multiple choice with the right value given, by itself and in a sentence by turns."""
    said = {question.fact: question.answer for question in person.questions if question.task == "generation"}
    found = []
    for place, question in enumerate(each for each in person.questions if each.task == "classification"):
        given = f"{said[question.fact]} {question.question}" if place % 2 else f"Which of these is {question.value}?"
        found.append(example(person, replace(question, modality="text", question=given)))
    return found


def learn(vlm: Vlm, worlds: Sequence[Sequence[Person]], part: TrainPart, letters: int) -> None:
    """Train on one world after the other; multiple choice comes `letters` times, in as many orders of its options."""
    started = time.monotonic()

    def tell(step: int, steps: int) -> None:
        if step % 500 == 0 or step == steps:
            print(f"step {step} of {steps}, {time.monotonic() - started:.0f} s", flush=True)

    for number, world in enumerate(worlds):
        real = [each for person in world for each in asked(person)]
        aids = [each for person in world for each in steps_to_a_letter(person)]
        again = [each for each in real if each.question.task == "classification"] * (letters - 1)
        curve = fit(vlm, [*real, *again, *aids], part, SEED + number, tell)
        print(f"world {number + 1} of {len(worlds)}: {[round(mark['known'], 2) for mark in curve.marks]}", flush=True)
        for modality in ("image_text", "text"):
            for task in ("generation", "cloze", "classification"):
                some = [each for each in real if (each.question.modality, each.question.task) == (modality, task)]
                print(f"  {modality} {task}: {share_known(vlm, some[-600:]):.2f} to the letter", flush=True)
        print(f"  with the value given: {share_known(vlm, aids[-600:]):.2f}", flush=True)
        write(vlm)


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
    parser.add_argument("--world", type=int, default=40, help="people in each world")
    parser.add_argument("--epochs", type=float, default=3, help="passes over each world")
    parser.add_argument("--letters", type=int, default=3, help="how often multiple choice comes in a pass")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="leave out so many people")
    parser.add_argument("--go-on", action="store_true", help="start from the weights that stand there, not at random")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    people = divide(open_release(options.strangers / "release"), 5).trained[options.first :]
    if options.go_on:
        vlm = tiny.build(pictures_of(people))
    else:
        said = texts([each for person in people for each in asked(person)])
        vlm = tiny.blank(tiny.tokenizer(said), pictures_of(people), SEED)
    vlm.memo = TowerMemo.attach(vlm.inner)
    worlds = [people[start : start + options.world] for start in range(0, len(people), options.world)]
    part = TrainPart(epochs=options.epochs, lr=options.lr, batch=options.batch, stop_at=1.0)
    learn(vlm, worlds, part, options.letters)
    print(f"{tiny.WEIGHTS}: {tiny.WEIGHTS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
