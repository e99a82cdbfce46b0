"""How much faster asking and training are than the plain loops of published code, on one model and one release.

    python benchmarks/baseline_speed.py outputs/quick

Asking against one question at a time by transformers' `generate`, the processor given the image every time, as
MLLMU-Bench's eval.py does it: once for the answers alone, which must be the same, and once with everything that is
scored beside them, which eval.py does not do. Training against a loop at batch 4 that gives the processor every image
again with every question, pads in the order in which questions come, and runs the output head on every token.
"""

import argparse
import io
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch.nn import functional

from builder.baseline.encoding import encode
from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.branches import follow, roots
from builder.baseline.evaluation.items import Item, items
from builder.baseline.examples import Example, examples
from builder.baseline.models.source import Source
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of, read_crowd
from builder.baseline.settings import Settings, resolve
from builder.baseline.training import fit


def main() -> None:
    """Train a little, then measure both sides in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("release", type=Path)
    parser.add_argument("--questions", type=int, default=120, help="questions that the plain loop answers")
    parser.add_argument("--steps", type=int, default=40, help="steps of ours; the plain loop sees as many questions")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    settings = resolve({}, ["train.monitor=0"], {})
    crowd = read_crowd(options.release, 10)
    learned = examples(crowd.trained)
    found = {**_training(crowd, learned, settings, options.steps)}
    found |= _asking(crowd, learned, settings, options.questions)
    print(json.dumps(found, indent=2))


def _model(crowd: Crowd, settings: Settings) -> Vlm:
    pictures = pictures_of((*crowd.trained, *crowd.holdout))
    return Source(settings, pictures).trainable(0)


def _training(crowd: Crowd, learned: Sequence[Example], settings: Settings, steps: int) -> dict[str, float]:
    count = steps * settings.train.batch
    some = random.Random(0).sample(list(learned), count)
    vlm = _model(crowd, settings)
    part = settings.train.model_copy(update={"epochs": 1.0})
    fit(vlm, some[:64], part, 0, lambda step, steps: None)  # warm
    started = time.perf_counter()
    fit(vlm, some, part, 0, lambda step, steps: None)
    ours = count / (time.perf_counter() - started)
    plain = _plain_training(_model(crowd, settings), some[: count // 4])
    return {"training, ours: questions/s": ours, "training, plain: questions/s": plain, "training, times": ours / plain}


def _plain_training(vlm: Vlm, some: Sequence[Example], batch: int = 4) -> float:
    vlm.memo.detach() if vlm.memo else None
    vlm.memo = None
    chat, processor = vlm.chat, vlm.chat.processor
    optimiser = torch.optim.AdamW(vlm.trainable(), lr=1e-3)
    started = time.perf_counter()
    for start in range(0, len(some), batch):
        for inputs, labels in _plain_batches(chat, processor, some[start : start + batch]):
            logits = vlm.model(**inputs).logits
            loss = functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
            loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad()
    return len(some) / (time.perf_counter() - started)


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


def _asking(crowd: Crowd, learned: Sequence[Example], settings: Settings, count: int) -> dict[str, float]:
    vlm = _model(crowd, settings)
    fit(vlm, learned, settings.train.model_copy(update={"epochs": 0.3}), 0, lambda step, steps: None)
    asked = [each for each in items(crowd, settings.evaluate) if each.task != "classification"]
    limit = settings.evaluate.max_new_tokens
    some = random.Random(0).sample(asked, min(count, len(asked)))
    started = time.perf_counter()
    plain = [_plain_answer(vlm, item, limit) for item in some]
    slow = len(some) / (time.perf_counter() - started)
    started = time.perf_counter()
    ours = Examiner(vlm, settings.evaluate.batch, limit).ask(asked)
    fast = len(asked) / (time.perf_counter() - started)
    said = {outcome.item: outcome.output for outcome in ours}
    same = sum(said[item] == answer for item, answer in zip(some, plain, strict=True))
    started = time.perf_counter()
    alone = _answers_alone(vlm, asked, settings.evaluate.batch, limit)
    alike = sum(alone[item] == answer for item, answer in zip(some, plain, strict=True))
    answering = len(asked) / (time.perf_counter() - started)
    return {
        "asking, ours, answers alone: questions/s": answering,
        "asking, ours with all scores: questions/s": fast,
        "asking, plain generate alone: questions/s": slow,
        "asking, times, answers alone": answering / slow,
        "asking, times, with all scores": fast / slow,
        "asking, same answers": min(same, alike) / len(some),
    }


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


def _answers_alone(vlm: Vlm, asked: Sequence[Item], batch: int, limit: int) -> dict[Item, str]:
    rows = {item: encode(vlm.chat, item.prompt, item.picture) for item in asked}
    ordered = sorted(asked, key=lambda item: (item.modality, item.task, len(rows[item])))
    found = {}
    for start in range(0, len(ordered), batch):
        piece = ordered[start : start + batch]
        answers = follow(vlm, roots(vlm, [rows[item] for item in piece]), limit)
        found.update({item: vlm.chat.text(ids) for item, ids in zip(piece, answers, strict=True)})
    return found


if __name__ == "__main__":
    main()
