"""Vanilla reads over what the models of a run answered about concepts: once a model, kept in the model's record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from builder.base.progress import Progress
from builder.baseline import making
from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.concepts import NAMING
from builder.baseline.metrics.concepts import Read, ReadAnswer
from builder.baseline.metrics.likelihoods import perplexity
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Outcome, key
from builder.baseline.planning import ONLY, Plan
from builder.baseline.settings import EvaluatePart


def read_over(plan: Plan, outcomes: Mapping[int, Mapping[str, Sequence[Outcome]]]) -> None:
    """Have vanilla read all answers that it has not yet read. `outcomes` are those stored, by seed and model."""
    if not plan.crowd.concepts:
        return
    for seed, models in outcomes.items():
        records = {name: plan.folder.finished(seed, name) or {} for name in models if name != ONLY}
        unread = {name: record for name, record in records.items() if "read" not in record}
        if unread:
            vlm = making.open_model(plan, seed, "vanilla")
            with Progress(f"vanilla, seed {seed}: read over", "models", len(unread)) as progress:
                for name, record in unread.items():
                    found = _read(vlm, models[name], plan.settings.evaluate)
                    plan.folder.finish(seed, name, {**record, "read": found})
                    progress.advance(1)


def stored_reading(record: Mapping[str, Any]) -> Read:
    """What a model's record says that vanilla made of its answers."""
    return {
        (each["set"], each["id"]): ReadAnswer(each["perplexity"], range(*each["name"]))
        for each in record.get("read", ())
    }


def _read(vlm: Vlm, outcomes: Sequence[Outcome], part: EvaluatePart) -> list[dict[str, Any]]:
    """What the model makes of the answers in which a concept is to be named; an empty one comes as a full surprise."""
    chosen = [each for each in outcomes if each.item.set in NAMING]
    written = [each for each in chosen if each.output]
    examiner = Examiner(vlm, part.batch, 1, part.share_prefix, generate=False, score=False)
    with torch.no_grad():
        said = examiner.ask([replace(each.item, truth=each.output) for each in written])
    vocabulary = len(vlm.chat.tokenizer)
    found = {key(each): _perplexity(vlm, each, vocabulary) for each in said}
    return [
        {
            "set": each.item.set,
            "id": each.item.id,
            "perplexity": found.get(key(each), float(vocabulary)),
            "name": vlm.chat.span(each.item.truth, each.item.value),
        }
        for each in chosen
    ]


def _perplexity(vlm: Vlm, said: Outcome, vocabulary: int) -> float:
    answer, name = said.item.truth, said.item.value
    masked = range(*vlm.chat.span(answer, name)) if name in answer else range(0)
    return perplexity(said.truth.log_p, masked, vocabulary)
