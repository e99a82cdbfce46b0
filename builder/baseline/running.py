"""A baseline run: vanilla, oracle and methods of every seed, made, evaluated and reported."""

import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import torch

from builder import tasks
from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.baseline import attacking, making, reading_over
from builder.baseline.evaluation import general, judging
from builder.baseline.evaluation.asking import Examiner, examiner_for
from builder.baseline.metrics.likelihoods import probability
from builder.baseline.metrics.summary import to_be_forgotten
from builder.baseline.models import pretrained, seeing
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes import stored
from builder.baseline.outcomes.records import Item, Outcome
from builder.baseline.planning import BEFORE, ONLY, Plan
from builder.baseline.settings import JudgePart
from builder.baseline.training.curve import Curve
from builder.baseline.training.fitting import Diverged
from builder.baseline.training.watching import choose_watched
from builder.baseline.tuning import protocol as tuning
from builder.llm.remote.access import Sender
from builder.llm.response_cache import ResponseCache
from builder.run.files import full_disk, write_text
from builder.run.pieces import Piece, make_side_by_side


def run(plan: Plan, workers: int = 1) -> None:
    """Make every model that is not finished, up to `workers` of them side by side.

    A failed method is recorded with its reason and stops no other.
    """
    making.settle_process(plan)
    if plan.settings.tune:
        plan = tuning.tune_methods(plan, workers)
    make_side_by_side([_piece(plan, seed, name) for seed, name in unfinished_models(plan)], workers)
    for seed, name in without_general(plan):
        _test_general_ability(plan, seed, name)
    stored_ones = _read_outcomes(plan)
    reading_over.read_over(plan, stored_ones)
    attacking.attack(plan, stored_ones)


def unfinished_models(plan: Plan) -> list[tuple[int, str]]:
    """The models still to make, or to remake with other knobs, each with its seed."""
    return [
        (seed, name)
        for seed in plan.seeds
        for name in plan.names
        if (done := plan.folder.finished(seed, name)) is None
        or done["knobs"] != plan.settings.knobs.get(name, {})
        or done.get("again")
    ]


def without_general(plan: Plan) -> list[tuple[int, str]]:
    """The finished models whose general ability is still to be measured, each with its seed."""
    records = {(seed, name): plan.folder.finished(seed, name) for seed in plan.seeds for name in plan.names}
    return [
        place
        for place, record in records.items()
        if record and not record["failed"] and not set(plan.settings.general) <= set(record.get("general", {}))
    ]


def _test_general_ability(plan: Plan, seed: int, name: str) -> None:
    record = plan.folder.finished(seed, name) or {}
    known = record.get("general", {})
    tasks = [task for task in plan.settings.general if task not in known]
    found = general.ability(making.open_model(plan, seed, name), tasks, plan.settings.evaluate.general_limit)
    plan.folder.finish(seed, name, {**record, "general": {**known, **found}})


def _piece(plan: Plan, seed: int, name: str) -> Piece:
    """The making of one model. A method begins when its vanilla is finished."""
    after = {f"vanilla, seed {seed}"} if name in plan.methods else set[str]()
    return Piece(f"{name}, seed {seed}", partial(_make, plan, seed, name), frozenset(after))


def _make(plan: Plan, seed: int, name: str) -> None:
    making.settle_process(plan)
    started = time.monotonic()
    record: dict[str, Any] = {"failed": None, "knobs": plan.settings.knobs.get(name, {}), "curve": asdict(Curve())}
    if reason := plan.why_not(name):
        plan.folder.finish(seed, name, {**record, "failed": reason})
        return
    try:
        vlm, curve = making.make_model(plan, seed, name)
        record["curve"] = asdict(curve)
        record["notes"] = vlm.chat.notes
        record["training_seconds"] = time.monotonic() - started
        if name in ("vanilla", "oracle"):
            record["mark"] = choose_watched(plan.forget, plan.retain, seed).look(vlm, len(curve.losses))
        if name == "untrained" and plan.settings.tiny:
            record["told_apart"] = seeing.told_apart(vlm, plan.crowd.trained)
        outcomes = _evaluate(plan, vlm, seed, name)
        del vlm  # before the untrained model is opened again: memory may hold only one
        stored.write_outcomes(plan.folder.outcomes(seed, name), _read_over(plan, outcomes, seed, name))
    except Diverged as error:
        if name in BEFORE:
            raise BenchError(f"Training {name} with seed {seed} failed. {error}") from error
        record["failed"] = str(error)
    except BenchError:
        raise
    except Exception as error:  # any user's method on any user's model may raise anything
        reason = _explain_failure(plan, seed, name, error)
        if name not in plan.methods:
            raise BenchError(f"Making {name} with seed {seed} failed. {reason}") from error
        record |= {"failed": reason, "again": True}
    record["seconds"] = time.monotonic() - started
    plan.folder.finish(seed, name, record)


def _explain_failure(plan: Plan, seed: int, name: str, error: Exception) -> str:
    """What went wrong, and where the whole of it can be read. Raises BenchError when it is the disk that is full."""
    if full_disk(error):
        raise BenchError(
            f"The disk is full ({error}). What was finished is kept; free some space and run the same command again."
        ) from error
    write_text(plan.folder.trace(seed, name), "".join(traceback.format_exception(error)))
    return (
        f"{type(error).__name__}: {pretrained.first_line(error)} The traceback is in "
        f"{plan.folder.trace(seed, name)}; run the same command to try again."
    )


def _evaluate(plan: Plan, vlm: Vlm, seed: int, name: str) -> list[Outcome]:
    full = examiner_for(vlm, plan.items, plan.settings.evaluate)
    # Of controls only what is right or wrong is wanted: the letter, or the answer. And what vanilla knows is read from
    # its probabilities: its answers to training questions need not be written out.
    brief, silent = replace(full, score=False), replace(full, generate=False)
    mute = replace(brief, generate=False)
    chosen = [each for each in plan.controls if tasks.of(each).has_options]
    opened = [each for each in plan.controls if not tasks.of(each).has_options]
    rounds: list[tuple[Examiner, Sequence[Item]]] = [(full, plan.items), (mute, chosen), (brief, opened)]
    if name == "vanilla":
        rounds += [(silent, plan.known), (mute, plan.known_swapped)]
    total = sum(len(asked) for _, asked in rounds)
    with Progress(f"{name}, seed {seed}: asked", "questions", total) as progress, torch.no_grad():
        return [each for examiner, asked in rounds if asked for each in examiner.ask(asked, progress.advance)]


def _read_over(plan: Plan, outcomes: Sequence[Outcome], seed: int, name: str) -> list[Outcome]:
    """The outcomes, with what the untrained model makes of the open answers about those to be forgotten."""
    part = plan.settings.evaluate
    if not part.fluency or name == ONLY:
        return list(outcomes)
    opened = [
        place for place, each in enumerate(outcomes) if tasks.of(each.item).in_sentences and to_be_forgotten(each)
    ]
    places = [place for place in opened if outcomes[place].output]
    found = list(outcomes)
    for place in opened:
        found[place] = replace(outcomes[place], fluency=0.0)  # stays 0 if the model wrote nothing
    vlm = plan.source.untrained(seed)
    examiner = Examiner(vlm, part.batch, 1, part.share_prefix, generate=False, score=False)
    with Progress(f"{name}, seed {seed}: read over", "answers", len(places)) as progress, torch.no_grad():
        said = [replace(outcomes[place].item, truth=outcomes[place].output) for place in places]
        for place, each in zip(places, examiner.ask(said, progress.advance), strict=True):
            found[place] = replace(outcomes[place], fluency=probability(each.truth.log_p))
    return found


Outcomes = dict[int, dict[str, list[Outcome]]]
"""The outcomes of each seed's finished models, by name."""


def outcomes_of(plan: Plan) -> Outcomes:
    """What is stored of all finished models, marked when there is a judge."""
    part, found = plan.settings.judge, _read_outcomes(plan)
    if part is None:
        return found
    answers = ResponseCache(plan.folder.path)
    return {
        seed: {name: judging.add_ratings(outcomes, part, answers) for name, outcomes in models.items()}
        for seed, models in found.items()
    }


def have_judged(plan: Plan, part: JudgePart, sender: Sender) -> None:
    """Have the open answers of every finished model marked. Raises BenchError when the judge cannot be reached."""
    outcomes = (each for models in _read_outcomes(plan).values() for found in models.values() for each in found)
    judging.judge(outcomes, part, ResponseCache(plan.folder.path), sender)


def _read_outcomes(plan: Plan) -> Outcomes:
    found: Outcomes = {seed: {} for seed in plan.seeds}
    for seed, models in found.items():
        for name in plan.names:
            done = plan.folder.finished(seed, name)
            if done is not None and not done["failed"]:
                models[name] = stored.read_outcomes(plan.folder.outcomes(seed, name))
    return found
