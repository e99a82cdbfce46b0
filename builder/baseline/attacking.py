"""Attacks on the finished models of a run: each is run once, and its figures are kept in the model's record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.baseline import attacks, making
from builder.baseline.attacks.base import Bench, Figure, ModelAttack, Once, Target
from builder.baseline.attacks.measuring import Figures, target_of
from builder.baseline.evaluation.asking import examiner_for
from builder.baseline.metrics.summary import Beside
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item, Outcome
from builder.baseline.planning import Plan
from builder.run.files import full_disk

T = TypeVar("T")
_FIGURES = TypeAdapter(dict[str, Figure])


def attack(plan: Plan, outcomes: Mapping[int, Mapping[str, Sequence[Outcome]]]) -> None:
    """Run every attack that has not yet been run on a model. `outcomes` are the stored ones, by seed and model.

    A failed attack is recorded with its reason, does not stop the others, and is tried again the next time.
    """
    chosen = attacks.applicable(attacks.make_attacks(plan.settings.attacks), plan.crowd.manifest)
    on_models = {label: each for label, each in chosen.items() if isinstance(each, ModelAttack)}
    for seed, models in outcomes.items() if on_models else ():
        beside = Beside.among(models, plan.settings.evaluate.gate)
        targets = {name: target_of(found, beside) for name, found in models.items()}
        for label, each in on_models.items():
            _attack(plan, seed, label, each, targets)


def stored_figures(record: Mapping[str, Any]) -> dict[str, Figures]:
    """The figures in a model's record, by attack."""
    return {label: _FIGURES.validate_python(each["figures"]) for label, each in record.get("attacks", {}).items()}


def failures(record: Mapping[str, Any]) -> list[str]:
    """Which attacks a model's record says failed, and why."""
    return [f"attack {label}: {each['failed']}" for label, each in record.get("attacks", {}).items() if each["failed"]]


def _attack(plan: Plan, seed: int, label: str, attack: ModelAttack, targets: Mapping[str, Target]) -> None:
    """Run one attack on every model of a seed that it has not been run on."""
    records = {name: plan.folder.finished(seed, name) or {} for name in targets}
    missing = {
        name: record
        for name, record in records.items()
        if record.get("attacks", {}).get(label, {"failed": "not run"})["failed"]
    }
    if not missing:
        return
    once = remembering()
    with Progress(f"{label}, seed {seed}: attacked", "models", len(missing)) as progress:
        for name, record in missing.items():
            figures = _figures(attack, targets[name], _bench(plan, seed, name, once))
            plan.folder.finish(seed, name, {**record, "attacks": {**record.get("attacks", {}), label: figures}})
            progress.advance(1)


def remembering() -> Once:
    """A memory of what an attack makes once for all models of a seed."""
    made: dict[str, Any] = {}

    def once(name: str, make: Callable[[], T]) -> T:
        if name not in made:
            made[name] = make()
        return cast(T, made[name])

    return once


def _figures(attack: ModelAttack, target: Target, bench: Bench) -> dict[str, Any]:
    try:
        figures = dict(attack.figures(target, bench))
    except Exception as error:  # any user's attack on any user's model may raise anything
        if full_disk(error):
            raise
        reason = str(error) if isinstance(error, BenchError) else f"{type(error).__name__}: {error}"
        return {"failed": reason, "figures": {}}
    return {"failed": None, "figures": _FIGURES.dump_python(figures, mode="json")}


def _bench(plan: Plan, seed: int, name: str, once: Once) -> Bench:
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
        once=once,
    )


def _other(plan: Plan, seed: int, name: str) -> Vlm:
    if plan.folder.finished(seed, name) is None:
        raise BenchError(f"it needs the {name} of the run, and there is none.")
    return making.open_model(plan, seed, name)


def _ask(plan: Plan, vlm: Vlm, items: Sequence[Item]) -> list[Outcome]:
    # Attacks compare what is right; the given answers need not be scored again.
    return replace(examiner_for(vlm, plan.items, plan.settings.evaluate), score=False).ask(items)
