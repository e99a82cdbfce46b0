"""Tuning: every method by the same protocol, on people and with a seed that are not reported.

A vanilla and an oracle are trained with another seed and another forget set of the same size: none of its people are in
the reported forget set. Each method starts from that vanilla and runs over its grid, with the same number and length of
runs as every other method; what it knows is measured on the way (`watching`). Over all runs and measurements, tuning
chooses the point nearest to the oracle in what is known of the forget set (the mean difference over task and modality),
among the points that keep a stated share of what vanilla and the oracle both know of the others. Of equal points it
takes the earliest; if no point keeps enough, it takes the one that keeps most.
"""

import dataclasses
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

from builder.base import randomness
from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.baseline import making, methods
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.base import Method
from builder.baseline.methods.unlearning import length, unlearn
from builder.baseline.people import Crowd
from builder.baseline.planning import Plan
from builder.baseline.training.examples import lessons
from builder.baseline.training.fitting import Diverged
from builder.baseline.training.watching import KnownShares, Watched, choose_watched
from builder.format.reading import Person
from builder.run.files import read_json, write_text
from builder.run.pieces import Piece, make_side_by_side

PASSES = 2.0
"""How long each run of the grid is, in passes over the forget questions."""
LOOKS = 12
"""How often each run is looked at: the points at which it may be stopped."""
KEPT = 0.9
"""The share of what vanilla knows of the people to be kept, or the oracle where that is less, that must be kept."""
_SEED_APART = 1000
"""The seed of tuning is so far from the first that is reported."""


@dataclass(frozen=True)
class Run:
    """One run of a method over one entry of its grid: its knobs, its measurements, and its full number of steps."""

    knobs: Mapping[str, float]
    marks: Sequence[KnownShares]
    steps: int


@dataclass(frozen=True)
class Choice:
    """The chosen point. `knobs` are the method's, including its length; `keeps` says whether it keeps utility."""

    knobs: Mapping[str, float]
    mark: KnownShares
    distance: float
    keeps: bool


def grid(method: type[Method]) -> list[dict[str, float]]:
    """All combinations of the values in a method's declared grid."""
    return [dict(zip(method.grid, values, strict=True)) for values in itertools.product(*method.grid.values())]


def distance(mark: KnownShares, oracle: KnownShares) -> float:
    """The mean difference from the oracle over the cells of the forget set."""
    cells = [cell for cell in oracle if cell.startswith("forget/")]
    return fmean(abs(mark[cell] - oracle[cell]) for cell in cells)


def choose(runs: Sequence[Run], vanilla: KnownShares, oracle: KnownShares) -> Choice | None:
    """The point that the rule chooses; None if there are no points."""
    points = [(run, mark) for run in runs for mark in run.marks[1:]]  # the first is where it starts
    if not points:
        return None
    least = KEPT * min(vanilla["retain"], oracle["retain"])  # retraining itself must pass
    keeping = [(run, mark) for run, mark in points if mark["retain"] >= least]
    if keeping:
        run, mark = min(keeping, key=lambda each: (distance(each[1], oracle), each[1]["step"]))
    else:
        run, mark = max(points, key=lambda each: (each[1]["retain"], -each[1]["step"]))
    length = {"steps": round(PASSES * mark["step"] / run.steps, 4)} if run.steps else {}
    return Choice({**run.knobs, **length}, mark, distance(mark, oracle), bool(keeping))


def crowd_of(crowd: Crowd, seed: int) -> Crowd:
    """The same people with another forget set: whole quartets of the retain set, as many people as are reported.

    People of an imported set, who are in no quartet, are drawn one by one. Raises BenchError if the retain set is too
    small.
    """
    fours: dict[tuple[int, str], list[Person]] = {}
    for person in crowd.retain:
        fours.setdefault(_together(person), []).append(person)
    order = randomness.stream(seed, "tuned").sample(sorted(fours), len(fours))
    chosen: list[tuple[int, str]] = []
    while order and sum(len(fours[each]) for each in chosen) < len(crowd.forget):
        chosen.append(order.pop())
    if not order:
        raise BenchError(
            f"--tune needs more than the {len(crowd.retain)} people of the retain set: no quartet of them is left."
        )
    forget = tuple(person for person in crowd.retain if _together(person) in chosen)
    retain = tuple(person for person in crowd.trained if person not in forget)
    return replace(crowd, forget=forget, retain=retain)


def _together(person: Person) -> tuple[int, str]:
    """What is the same for the people who are forgotten together."""
    four = person.profile.quartet
    return (-1, person.profile.id) if four is None else (four, "")


def tune_methods(plan: Plan, workers: int = 1) -> Plan:
    """The plan with the knobs that tuning chooses; knobs set by hand stay. Finished runs are reused.

    Up to `workers` runs are made side by side.
    """
    chosen = {name: dict(each.knobs) for name, each in _tune(plan, workers).items()}
    knobs = {name: {**chosen.get(name, {}), **plan.settings.knobs.get(name, {})} for name in plan.methods}
    return replace(plan, settings=plan.settings.model_copy(update={"knobs": knobs}))


def _tune(plan: Plan, workers: int) -> dict[str, Choice]:
    ours = _validation(plan)
    seed = ours.settings.seed
    looked_at = choose_watched(ours.forget, ours.retain, seed)
    make_side_by_side(_pieces(ours, looked_at), workers)
    before = {name: _fine_tuned(ours, name, looked_at) for name in ("vanilla", "oracle")}
    choices: dict[str, Choice] = {}
    record: dict[str, Any] = {
        "seed": seed,
        "people": [person.profile.id for person in ours.crowd.forget],
        "passes": PASSES,
        "kept": KEPT,
        **before,
        "methods": {},
    }
    for name, where in ours.methods.items():
        method = methods.make(where, {})
        if not method.trains:
            continue
        runs = [_run(ours, name, number, knobs) for number, knobs in enumerate(grid(type(method)))]
        chosen = choose(runs, before["vanilla"], before["oracle"])
        if chosen is not None:
            choices[name] = chosen
        record["methods"][name] = {
            "runs": [dataclasses.asdict(run) for run in runs],
            "chosen": dataclasses.asdict(chosen) if chosen else None,
        }
        write_text(plan.folder.choices, json.dumps(record, indent=1) + "\n")
    return choices


def _pieces(ours: Plan, looked_at: Watched) -> list[Piece]:
    """Everything that tuning trains and that is not stored yet, with what it must wait for."""
    pieces = [
        Piece(name, partial(_fine_tuned, ours, name, looked_at))
        for name in ("vanilla", "oracle")
        if not ours.folder.tried(name).is_file()
    ]
    for name, where in ours.methods.items():
        method = methods.make(where, {})
        pieces += [
            Piece(f"{name} {number}", partial(_run, ours, name, number, knobs), frozenset({"vanilla"}))
            for number, knobs in enumerate(grid(type(method)) if method.trains else [])
            if not ours.folder.tried(f"{name}-{number}").is_file()
        ]
    return pieces


def _validation(plan: Plan) -> Plan:
    """The plan of the tuning run: another forget set, another seed, a folder of its own."""
    seed = plan.settings.seed + _SEED_APART
    crowd = crowd_of(plan.crowd, seed)
    return replace(
        plan,
        settings=plan.settings.model_copy(update={"seed": seed, "seeds": 1}),
        crowd=crowd,
        folder=BaselineFolder(plan.folder.path / "tuning"),
        lessons=lessons(crowd),
        items=(),
        controls=(),
        known=(),
        known_swapped=(),
    )


def _fine_tuned(plan: Plan, name: str, looked_at: Watched) -> KnownShares:
    """What the tuning's vanilla or oracle knows; the model is trained first if need be."""
    path, seed = plan.folder.tried(name), plan.settings.seed
    found: KnownShares | None = read_json(path)
    if found is None:
        making.settle_process(plan)
        vlm, curve = making.fine_tuned(plan, seed, name)
        found = looked_at.look(vlm, len(curve.losses))
        write_text(path, json.dumps(found) + "\n")
        plan.folder.checkpoint(seed, name).unlink(missing_ok=True)
    return found


def _run(plan: Plan, name: str, number: int, knobs: Mapping[str, float]) -> Run:
    """One run of the grid; a run that diverges has no marks after its start."""
    path, seed = plan.folder.tried(f"{name}-{number}"), plan.settings.seed
    part = plan.settings.unlearn.model_copy(update={"epochs": PASSES, "steps": 0})
    method = methods.make(plan.methods[name], knobs)
    steps = length(part, method, len(plan.forget))
    found = read_json(path)
    if found is None or found["knobs"] != knobs:
        making.settle_process(plan)
        vlm = plan.source.trainable(seed, name, making.vanilla_of(plan, seed, name))
        found = {"knobs": dict(knobs), "marks": []}
        try:
            with Progress(f"tuning {name}, {number + 1} of {len(grid(type(method)))}", "steps") as progress:
                curve = unlearn(
                    vlm, method, plan.forget, plan.retain, plan.crowd.forget, part, seed, progress.reach, name, LOOKS
                )
            found["marks"] = curve.marks
        except Diverged as error:
            found["failed"] = str(error)
        write_text(path, json.dumps(found) + "\n")
    return Run(knobs, found["marks"], steps)
