"""How much faster asking and training are than the plain loops of published code, on one model and one release.

    python benchmarks/baseline_speed.py outputs/quick

Asking against one question at a time by transformers' `generate`, the processor given the image every time, as
MLLMU-Bench's eval.py does it: once for the answers alone, which must be the same, and once with everything that is
scored beside them, which eval.py does not do. All questions, and the open ones alone, to a model that knows its people
and to one that has hardly begun. Training against a loop at batch 4 that gives the processor every image again with
every question, pads in the order in which questions come, and runs the output head on every token.
"""

import argparse
import io
import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import torch
from PIL import Image
from torch.nn import functional

from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.item_sets import items
from builder.baseline.models.allocation import keep_freed_memory
from builder.baseline.models.source import ModelOpener
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.baseline.people import Crowd, pictures_of, read_crowd
from builder.baseline.settings import Settings, resolve
from builder.baseline.training.examples import Example, examples
from builder.baseline.training.fitting import fit


def main() -> None:
    """Train a little, then measure both sides by turns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("release", type=Path)
    parser.add_argument("--rounds", type=int, default=5, help="turns that each side has; the median counts")
    parser.add_argument("--questions", type=int, default=60, help="questions that the plain loop answers in a turn")
    parser.add_argument("--steps", type=int, default=40, help="steps of ours; the plain loop sees a quarter of them")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    settings = resolve({}, {"train.monitor": 0}, {})
    crowd = read_crowd(options.release, 10)
    learned = examples(crowd.trained)
    _training(crowd, learned, settings, options.steps, options.rounds)
    _asking(crowd, learned, settings, options.questions, options.rounds)


def _by_turns(what: str, sides: Mapping[str, Callable[[], int]], rounds: int) -> None:
    """Run the sides by turns, each of which returns how many questions it did; print the medians, the last one's ratio.

    By turns, so that whatever else the machine does falls on all of them.
    """
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            started = time.perf_counter()
            count = side()
            rates[name].append(count / (time.perf_counter() - started))
    *ours, plain = sides
    for name in ours:
        ratios = sorted(one / other for one, other in zip(rates[name], rates[plain], strict=True))
        print(
            f"{what}, {name}: {median(rates[name]):.0f} questions/s, {plain}: {median(rates[plain]):.0f}; "
            f"{median(ratios):.1f} times (between {ratios[0]:.1f} and {ratios[-1]:.1f})",
            flush=True,
        )


def _model(crowd: Crowd, settings: Settings) -> Vlm:
    pictures = pictures_of(crowd.everybody)
    return ModelOpener(settings, pictures).trainable(0, "vanilla")


def _training(crowd: Crowd, learned: Sequence[Example], settings: Settings, steps: int, rounds: int) -> None:
    some = random.Random(0).sample(list(learned), steps * settings.train.batch)
    few = some[: len(some) // 4]
    ours, plain = _model(crowd, settings), _model(crowd, settings)
    part = settings.train.model_copy(update={"epochs": 1.0})

    def fitted() -> int:
        fit(ours, some, part, 0, lambda step, steps: None)
        return len(some)

    def trained_plainly() -> int:
        _train_plainly(plain, few)
        return len(few)

    fitted()  # warm, and every image encoded
    _by_turns("training", {"ours": fitted, "plain loop": trained_plainly}, rounds)


def _train_plainly(vlm: Vlm, some: Sequence[Example], batch: int = 4) -> None:
    vlm.memo.detach() if vlm.memo else None
    vlm.memo = None
    chat, processor = vlm.chat, vlm.chat.processor
    optimiser = torch.optim.AdamW(vlm.trainable(), lr=1e-3)
    for start in range(0, len(some), batch):
        for inputs, labels in _plain_batches(chat, processor, some[start : start + batch]):
            logits = vlm.model(**inputs).logits
            loss = functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
            loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad()


def _plain_batches(chat: Any, processor: Any, piece: Sequence[Example]) -> list[tuple[Any, Any]]:
    """Image and text rows apart, as a processor takes them; labels mask padding alone."""
    found = []
    for kind in (True, False):
        rows = [each for each in piece if bool(each.pictures) is kind]
        if not rows:
            continue
        turns = [
            [
                {"role": "user", "content": [*([{"type": "image"}] * kind), {"type": "text", "text": each.prompt}]},
                {"role": "assistant", "content": [{"type": "text", "text": each.answer}]},
            ]
            for each in rows
        ]
        said = [processor.apply_chat_template(each, tokenize=False) for each in turns]
        images = (
            [Image.open(io.BytesIO(chat.pictures[each.pictures[0]])).convert("RGB") for each in rows] if kind else None
        )
        inputs = processor(images=images, text=said, padding=True, return_tensors="pt", add_special_tokens=False)
        labels = inputs["input_ids"].masked_fill(inputs["attention_mask"] == 0, -100)
        found.append((inputs, labels))
    return found


def _asking(crowd: Crowd, learned: Sequence[Example], settings: Settings, count: int, rounds: int) -> None:
    asked = items(crowd, settings.evaluate)
    opened = [each for each in asked if each.task != "classification"]
    for name, epochs in (("has hardly begun", 0.3), ("knows its people", settings.train.epochs)):
        vlm = _model(crowd, settings)
        fit(vlm, learned, settings.train.model_copy(update={"epochs": epochs}), 0, lambda step, steps: None)
        _ask(f"asking a model that {name}", vlm, asked, settings, count, rounds)
        _ask(f"open questions to a model that {name}", vlm, opened, settings, count, rounds)


def _ask(what: str, vlm: Vlm, asked: Sequence[Item], settings: Settings, count: int, rounds: int) -> None:
    some = random.Random(0).sample(asked, min(count, len(asked)))
    limit, batch = settings.evaluate.max_new_tokens, settings.evaluate.batch
    said: dict[str, dict[Item, str]] = {}

    def answered() -> int:
        said["answers"] = _outputs(Examiner(vlm, batch, limit, score=False), asked)
        return len(asked)

    def scored() -> int:
        said["scores"] = _outputs(Examiner(vlm, batch, limit), asked)
        return len(asked)

    def answered_plainly() -> int:
        said["plain"] = {item: _plain_answer(vlm, item, limit) for item in some}
        return len(some)

    answered()  # warm
    sides = {"answers alone": answered, "with all scores": scored, "one at a time": answered_plainly}
    _by_turns(what, sides, rounds)
    same = [said["answers"][item] == said["scores"][item] == answer for item, answer in said["plain"].items()]
    print(f"the same answers: {sum(same)} of {len(same)}")


def _plain_answer(vlm: Vlm, item: Item, limit: int) -> str:
    """One answer; the prompt and the image go through the processor anew."""
    chat, processor = vlm.chat, vlm.chat.processor
    images = [{"type": "image"}] if item.picture else []
    turn = [{"role": "user", "content": [*images, {"type": "text", "text": item.prompt}]}]
    said = processor.apply_chat_template(turn, add_generation_prompt=True, tokenize=False)
    picture = Image.open(io.BytesIO(chat.pictures[item.picture])).convert("RGB") if item.picture else None
    inputs = processor(images=picture, text=said, return_tensors="pt", add_special_tokens=False)
    with torch.no_grad():
        ids = vlm.model.generate(
            **inputs, max_new_tokens=limit, do_sample=False, eos_token_id=chat.end, pad_token_id=chat.padding
        )
    return chat.text(ids[0, inputs["input_ids"].shape[1] :].tolist())


def _outputs(examiner: Examiner, asked: Sequence[Item]) -> dict[Item, str]:
    return {outcome.item: outcome.output for outcome in examiner.ask(asked)}


if __name__ == "__main__":
    main()
