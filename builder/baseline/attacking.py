"""Attacks on the finished models of a run: each is run once, and its figures are kept in the model's record."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.baseline import attacks, making
from builder.baseline.attacks.base import Bench, Figure, ModelAttack, Target
from builder.baseline.attacks.measuring import Figures, target_of
from builder.baseline.evaluation.asking import examiner_for
from builder.baseline.metrics.summary import Beside
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item, Outcome
from builder.baseline.planning import Plan
from builder.run.files import full_disk

_FIGURES = TypeAdapter(dict[str, Figure])


def attack(plan: Plan, outcomes: Mapping[int, Mapping[str, Sequence[Outcome]]]) -> None:
    """Run every attack that has not yet been run on a model. `outcomes` are the stored ones, by seed and model.

    A failed attack is recorded with its reason, does not stop the others, and is tried again the next time.
    """
    chosen = attacks.applicable(attacks.make_attacks(plan.settings.attacks), plan.crowd.manifest)
    on_models = {label: each for label, each in chosen.items() if isinstance(each, ModelAttack)}
    for seed, models in outcomes.items():
        beside = Beside.among(models, plan.settings.evaluate.gate)
        for name in models if on_models else ():
            _attack(plan, seed, name, on_models, target_of(models[name], beside))


def stored_figures(record: Mapping[str, Any]) -> dict[str, Figures]:
    """The figures in a model's record, by attack."""
    return {label: _FIGURES.validate_python(each["figures"]) for label, each in record.get("attacks", {}).items()}


def failures(record: Mapping[str, Any]) -> list[str]:
    """Which attacks a model's record says failed, and why."""
    return [f"attack {label}: {each['failed']}" for label, each in record.get("attacks", {}).items() if each["failed"]]


def _attack(plan: Plan, seed: int, name: str, chosen: Mapping[str, ModelAttack], target: Target) -> None:
    record = plan.folder.finished(seed, name) or {}
    known = {label: each for label, each in record.get("attacks", {}).items() if not each["failed"]}
    missing = {label: each for label, each in chosen.items() if label not in known}
    if not missing:
        return
    with Progress(f"{name}, seed {seed}: attacked", "attacks", len(missing)) as progress:
        for label, each in missing.items():
            known[label] = _figures(each, target, _bench(plan, seed, name))
            plan.folder.finish(seed, name, {**record, "attacks": known})
            progress.advance(1)


def _figures(attack: ModelAttack, target: Target, bench: Bench) -> dict[str, Any]:
    try:
        figures = dict(attack.figures(target, bench))
    except Exception as error:  # any user's attack on any user's model may raise anything
        if full_disk(error):
            raise
        reason = str(error) if isinstance(error, BenchError) else f"{type(error).__name__}: {error}"
        return {"failed": reason, "figures": {}}
    return {"failed": None, "figures": _FIGURES.dump_python(figures, mode="json")}


def _bench(plan: Plan, seed: int, name: str) -> Bench:
    return Bench(
        open=partial(making.open_model, plan, seed, name),
        ask=partial(_ask, plan),
        items=plan.items,
        forget=plan.forget,
        retain=plan.retain,
        budget=plan.settings.unlearn,
        seed=seed,
        names={person.profile.id: person.profile.name for person in plan.crowd.everybody},
        other=partial(_other, plan, seed),
    )


def _other(plan: Plan, seed: int, name: str) -> Vlm:
    if plan.folder.finished(seed, name) is None:
        raise BenchError(f"it needs the {name} of the run, and there is none.")
    return making.open_model(plan, seed, name)


def _ask(plan: Plan, vlm: Vlm, items: Sequence[Item]) -> list[Outcome]:
    return examiner_for(vlm, plan.items, plan.settings.evaluate).ask(items)
