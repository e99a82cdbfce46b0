"""results.json: every score of every model over the seeds, beside the oracle's and the untrained model's."""

import importlib.metadata
import itertools
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from builder import tasks
from builder.base.version import __version__
from builder.baseline import attacks
from builder.baseline.attacking import failures, stored_figures
from builder.baseline.attacks.base import Headline
from builder.baseline.attacks.measuring import add_attacks, headlines
from builder.baseline.evaluation.controls import NEEDS
from builder.baseline.evaluation.judging import is_rated
from builder.baseline.metrics import binding, concordance, ranking, samples, summary
from builder.baseline.metrics.concepts import add_concepts, by_concept, concept_samples
from builder.baseline.metrics.gate import Gate
from builder.baseline.metrics.item_metrics import Scores, metrics
from builder.baseline.metrics.known_before import KnownBefore
from builder.baseline.metrics.samples import Array
from builder.baseline.metrics.summary import Beside, Measured, to_be_forgotten
from builder.baseline.outcomes.records import Outcome, key
from builder.baseline.planning import Plan
from builder.baseline.reading_over import stored_reading
from builder.baseline.report import trust
from builder.baseline.running import Outcomes
from builder.format.lacking import Need
from builder.tasks.task import chosen

VERSION = 6
"""Raised when a score of the same name comes to mean something else, or results.json is laid out otherwise."""
_ORIGIN = ("id", "recipe", "seed", "recipe_fingerprint", "imported", "origin_fingerprint")
"""What a result says of its release, as far as the manifest says it."""
_PACKAGES = ("torch", "transformers", "peft", "accelerate", "safetensors", "rouge_score", "sacrebleu", "scipy")


def results(plan: Plan, stored: Outcomes) -> dict[str, Any]:
    """The content of results.json, valid against schemas/results.json, from a run's outcomes."""
    beside = {seed: Beside.among(outcomes, plan.settings.evaluate.gate) for seed, outcomes in stored.items()}
    gates = {seed: each.gate for seed, each in beside.items()}
    each = {seed: _measure_all(plan, seed, outcomes, beside[seed]) for seed, outcomes in stored.items()}
    models = {name: _model(plan, name, each, stored, gates) for name in plan.names}
    manifest = plan.crowd.manifest
    of_attacks = headlines(attacks.make_attacks(plan.settings.attacks))
    return {
        "version": VERSION,
        "id": f"{_named(manifest)}-{plan.settings.model}",
        "build_bench": __version__,
        "release": {key: manifest[key] for key in _ORIGIN if key in manifest},
        "model": plan.settings.model,
        "settings": plan.settings.model_dump(mode="json"),
        "seeds": list(plan.seeds),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "people": {
            "forget": len(plan.crowd.forget),
            "retain": len(plan.crowd.retain),
            "holdout": len(plan.crowd.holdout),
        },
        "vision": _vision(plan),
        "judge": _judge(plan, stored),
        "gate": _gate_record(plan, gates),
        "known_before": {
            str(seed): _known_before(found.known_before) for seed, found in beside.items() if found.known_before
        },
        "tuning": _tuning(plan),
        "ranking": _ranking(plan, each),
        "agreement": _agreement(plan, each, of_attacks),
        "retrained": _retrained(stored, beside),
        "models": models,
        "headlines": {path: asdict(one) for path, one in of_attacks.items()},
        "separating_power": _separating(stored, gates),
        "unbound": _unbound(models),
        "unknown": _unknown(models, plan.settings.evaluate.gate_column),
        "floor": _floor(stored),
        **({"concepts": _concepts(plan, stored)} if plan.crowd.concepts else {}),
        **({"not_applicable": missing} if (missing := _not_applicable(plan)) else {}),
    }


def _named(manifest: Mapping[str, Any]) -> str:
    """What a release is called where a result is."""
    return manifest["id"] if "imported" in manifest else f"{manifest['recipe']}-seed{manifest['seed']}"


def _not_applicable(plan: Plan) -> list[dict[str, str]]:
    """What the release lacks something for: measures, controls, and the attacks and methods that were asked for."""
    needing: dict[str, Mapping[str, tuple[Need, ...]]] = {
        "measure": {name: metric.needs for name, metric in metrics().items()},
        "control": NEEDS,
        "attack": {name: each.needs for name, each in attacks.make_attacks(plan.settings.attacks).items()},
        "method": {name: plan.method(name).needs for name in plan.methods},
    }
    return [
        {"kind": kind, "name": name, "reason": reason}
        for kind, found in needing.items()
        for name, needs in found.items()
        if (reason := plan.crowd.why_not(needs))
    ]


def _concepts(plan: Plan, stored: Outcomes) -> dict[str, Any]:
    """MMUBench's measures of each model, concept by concept: the mean over the seeds."""
    found: dict[str, Any] = {}
    for name in plan.names:
        by_seed = [
            by_concept(
                concept_samples(
                    models[name],
                    models.get("vanilla", ()),
                    stored_reading(plan.folder.finished(seed, name) or {}),
                )
            )
            for seed, models in stored.items()
            if name in models
        ]
        found[name] = _mean_of_each(by_seed)
    return found


def _mean_of_each(found: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    return {
        outer: {
            inner: statistics.fmean(each[outer][inner] for each in found if inner in each.get(outer, {}))
            for inner in sorted({name for each in found for name in each.get(outer, {})})
        }
        for outer in sorted({name for each in found for name in each})
    }


def _general(record: Mapping[str, Any]) -> Scores:
    """General ability by path, "general/mmmu_val/mmmu_acc"."""
    return {
        f"general/{task}/{metric}": value
        for task, measured in record.get("general", {}).items()
        for metric, value in measured.items()
    }


def _unbound(models: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The scores that do not depend on the person, of every model."""
    return [
        {"model": name, "path": path, "right": correct, "swapped": swapped}
        for name, model in models.items()
        for path, (correct, swapped) in binding.unbound(
            {path: score["mean"] for path, score in model["scores"].items()}
        ).items()
    ]


def _floor(stored: Mapping[int, Mapping[str, Sequence[Outcome]]]) -> Scores:
    """What a right form with a wrong value scores: it depends on the questions, so any model's outcomes tell."""
    return next((summary.floor(found) for models in stored.values() for found in models.values()), {})


def _measure_all(
    plan: Plan, seed: int, outcomes: Mapping[str, Sequence[Outcome]], beside: Beside
) -> dict[str, Measured]:
    """Every score of one seed's models: of their answers, of attacks, and of general ability."""
    found = {name: summary.measure(each, beside) for name, each in outcomes.items()}
    records = {name: plan.folder.finished(seed, name) or {} for name in found}
    figures = {name: stored_figures(record) for name, record in records.items()}
    chosen = attacks.applicable(attacks.make_attacks(plan.settings.attacks), plan.crowd.manifest)
    add_attacks(found, outcomes, beside, chosen, figures)
    for name, one in found.items():
        one.scores |= _general(records[name])
        if plan.crowd.concepts:
            add_concepts(one, outcomes[name], outcomes.get("vanilla", ()), stored_reading(records[name]))
        if "oracle" in found and (apart := ranking.distance(one, found["oracle"])) is not None:
            one.scores["model/oracle_distance"], one.draws["model/oracle_distance"] = apart
    return found


def _unknown(models: Mapping[str, Any], least: float) -> list[str]:
    """The columns of the sets to be forgotten in which vanilla knows too little for a distance to mean anything."""
    scores = models.get("vanilla", {"scores": {}})["scores"]
    found, measures = [], tasks.measures()
    for path in summary.judged_paths(scores):
        mean, guessed = scores[path]["mean"], measures[path.rpartition("/")[2]].guessed
        if mean is not None and (mean - guessed) / (1 - guessed) < least:
            found.append(path)
    return found


def _model(
    plan: Plan,
    name: str,
    each: Mapping[int, Mapping[str, Measured]],
    stored: Mapping[int, Mapping[str, Sequence[Outcome]]],
    gates: Mapping[int, Gate | None],
) -> dict[str, Any]:
    made = {seed: plan.folder.finished(seed, name) or {"failed": "not made"} for seed in plan.seeds}
    found = {seed: models[name] for seed, models in each.items() if name in models}
    beside = [(models[name], models.get("oracle")) for models in each.values() if name in models]
    untrained = [models["untrained"].scores for models in each.values() if "untrained" in models]
    paths = sorted({path for one in found.values() for path in one.scores})
    leaks = [summary.by_category(stored[seed][name], gates[seed]) for seed in found]
    return {
        "failed": {str(seed): record["failed"] for seed, record in made.items() if record["failed"]},
        "scores": {path: _score(path, beside, untrained) for path in paths},
        "categories": _categories(leaks),
        "category_items": _category_items(leaks),
        "same_as_vanilla": _same([(one[name], one.get("vanilla")) for one in stored.values() if name in one]),
        "answers": {str(seed): _answers(models[name]) for seed, models in stored.items() if name in models},
        "notes": {str(seed): notes for seed, record in made.items() if (notes := _notes(record))},
        "curves": {str(seed): record["curve"] for seed, record in made.items() if "curve" in record},
        "marks": {str(seed): record["mark"] for seed, record in made.items() if "mark" in record},
        "seconds": {str(seed): record.get("seconds", 0.0) for seed, record in made.items()},
        "training_seconds": {str(seed): record.get("training_seconds", 0.0) for seed, record in made.items()},
    }


def _notes(record: Mapping[str, Any]) -> list[str]:
    return [*record.get("notes", ()), *failures(record)]


def _answers(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many items were asked and not measured, how many answers were written and cut, and at how many tokens."""
    asked = [each for each in outcomes if each.item.set != "known" and not each.item.control]
    written = [each for each in asked if each.ending and not tasks.of(each.item).has_options]
    return {
        "items": len(outcomes),
        "not_measured": sum(not each.measured for each in outcomes),
        "written": len(written),
        "cut": sum(each.ending == "limit" for each in written),
    }


def _score(
    path: str, beside: Sequence[tuple[Measured, Measured | None]], untrained: Sequence[Scores]
) -> dict[str, Any]:
    """A score over the seeds: mean, deviation and interval; the oracle's and the untrained model's; the distance to the
    first, with its sign and its interval. A p-value has no distance."""
    mean, deviation, values = _over(path, [one.scores for one, _ in beside])
    oracle = _over(path, [other.scores for _, other in beside if other])[0]
    compared = mean is not None and oracle is not None and not _no_distance(path)
    apart = [
        one.draws[path] - other.draws[path]
        for one, other in beside
        if other and path in one.draws and path in other.draws
    ]
    return {
        "mean": mean,
        "sd": deviation,
        "interval": _interval([one.draws[path] for one, _ in beside if path in one.draws]),
        "values": values,
        "oracle": oracle,
        "untrained": _over(path, untrained)[0],
        "distance_to_oracle": mean - oracle if compared and mean is not None and oracle is not None else None,
        "distance_interval": _interval(apart) if compared else None,
    }


def _no_distance(path: str) -> bool:
    """Whether a score has no distance to the oracle's: a p-value, and what is such a distance itself."""
    return path.removesuffix("_tofu").endswith("_p") or path == "model/oracle_distance"


def _interval(draws: Sequence[Array]) -> list[float] | None:
    found = samples.interval(samples.average(draws)) if draws else None
    return list(found) if found else None


def _same(pairs: Sequence[tuple[Sequence[Outcome], Sequence[Outcome] | None]]) -> float | None:
    """Share of the items about those to be forgotten that are answered as vanilla answers them, word for word."""
    found = []
    for mine, vanilla in pairs:
        theirs = {key(each): _answer(each) for each in vanilla or () if to_be_forgotten(each)}
        found += [_answer(each) == theirs[key(each)] for each in mine if to_be_forgotten(each) and key(each) in theirs]
    return statistics.fmean(found) if found else None


def _answer(outcome: Outcome) -> str:
    return chosen(outcome.options) if tasks.of(outcome.item).has_options else outcome.output


def _over(path: str, found: Sequence[Scores]) -> tuple[float | None, float | None, list[float]]:
    values = [value for scores in found if (value := scores.get(path)) is not None]
    if not values:
        return None, None, []
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, values


Leaks = Mapping[str, Mapping[str, tuple[float, int]]]
"""By category and modality: the share of items that are right, and how many there are."""


def _category_items(found: Sequence[Leaks]) -> dict[str, dict[str, int]]:
    """How many items stand behind the shares of `_categories`, over all seeds."""
    result: dict[str, dict[str, int]] = {}
    for each in found:
        for category, parts in each.items():
            of_category = result.setdefault(category, {})
            for modality, (_, count) in parts.items():
                of_category[modality] = of_category.get(modality, 0) + count
    return result


def _categories(found: Sequence[Leaks]) -> dict[str, dict[str, float]]:
    result: dict[str, dict[str, float]] = {}
    for category in sorted({name for each in found for name in each}):
        parts = [each[category] for each in found if category in each]
        result[category] = {
            modality: statistics.fmean([part[modality][0] for part in parts if modality in part])
            for modality in sorted({name for part in parts for name in part})
        }
    return result


def _gate_record(plan: Plan, gates: Mapping[int, Gate | None]) -> dict[str, Any]:
    ids = [person.profile.id for person in plan.crowd.forget]
    return {
        "threshold": plan.settings.evaluate.gate,
        "seeds": {
            str(seed): {
                "valid": gate.valid,
                "known": {modality: gate.share(modality) for modality in summary.MODALITIES},
                "known_of_forget": {modality: gate.share(modality, ids) for modality in summary.MODALITIES},
                "cells": {
                    f"{modality}/{task}": {"known": share, "right": gate.right[modality, task]}
                    for (modality, task), share in gate.cells.items()
                },
                "exposure_bits": gate.exposure,
                "largest_exposure_bits": gate.most_exposure,
                "people_not_known": gate.unknown_people(),
                "facts_not_known": sorted("/".join(key) for key in gate.asked - gate.known),
            }
            for seed, gate in gates.items()
            if gate is not None
        },
    }


def _known_before(gate: KnownBefore) -> dict[str, int]:
    """How many facts about public figures the untrained model knew, and how many of them it knew something about."""
    return {
        "facts": len(gate.asked),
        "facts_known": len(gate.facts),
        "people": len({person for person, _, _ in gate.asked}),
        "people_known": len({person for person, _, _ in gate.facts}),
    }


def _judge(plan: Plan, stored: Mapping[int, Mapping[str, Sequence[Outcome]]]) -> dict[str, Any]:
    """How many open answers there were to mark and how many have marks; nothing without a judge."""
    if plan.settings.judge is None:
        return {}
    opened = [each for models in stored.values() for found in models.values() for each in found if is_rated(each)]
    marked = sum(each.factuality is not None for each in opened)
    return {"model": plan.settings.judge.model, "answers": len(opened), "marked": marked}


def _ranking(plan: Plan, each: Mapping[int, Mapping[str, Measured]]) -> dict[str, Any]:
    """Whether the seeds rank the methods alike: Kendall's τ, as they are and when people are drawn again."""
    names = [name for name in plan.methods if all(name in models for models in each.values())]
    found = [ranking.distances(models, names) for models in each.values()]
    known = [one for one in found if one is not None]
    taus = ranking.agreement(known) if len(known) == len(found) else None
    if taus is None or np.isnan(taus).all():
        return {}
    return {"methods": names, "seeds": len(found), "tau": float(np.nanmean(taus)), "interval": _interval([taus])}


def _agreement(
    plan: Plan, each: Mapping[int, Mapping[str, Measured]], of_attacks: Mapping[str, Headline]
) -> dict[str, Any]:
    """Whether the measures order methods and seeds alike, and as the distance to the oracle does."""
    names = [name for name in plan.methods if all(name in models for models in each.values())]
    signs = {
        path: concordance.SHOWS_MORE if one.shows_more else concordance.SHOWS_LESS for path, one in of_attacks.items()
    }
    found = concordance.concordance(each, names, signs)
    return {
        "methods": names,
        "models": len(names) * len(each),
        "mean_tau": concordance.mean_tau(found),
        "measures": {
            path: {
                "spearman": one.spearman,
                "interval": _interval([one.draws]) if one.draws is not None else None,
                "blind": one.blind,
                "tau": dict(one.tau),
            }
            for path, one in found.items()
        },
        "sentence": trust.sentence(names, found),
    }


def _retrained(stored: Outcomes, beside: Mapping[int, Beside]) -> dict[str, Any]:
    """How far the oracles of two seeds are from each other, each read beside the other's seed; nothing of one seed."""
    found = [
        summary.retrained(stored[other]["oracle"], beside[seed])
        for seed, other in itertools.permutations(stored, 2)
        if "oracle" in stored[other]
    ]
    known = [each for each in found if each is not None]
    return {"d": [d for d, _ in known], "nearness": [near for _, near in known]} if known else {}


def _tuning(plan: Plan) -> dict[str, Any]:
    """How the methods were tuned; nothing where they were not."""
    if not plan.settings.tune or not plan.folder.choices.is_file():
        return {}
    found: dict[str, Any] = json.loads(plan.folder.choices.read_text(encoding="utf-8"))
    return found


def _vision(plan: Plan) -> dict[str, Any]:
    """How well the embedded model's tower tells views apart; nothing of other models."""
    if not plan.settings.tiny:
        return {}
    made = [record for seed in plan.seeds if (record := plan.folder.finished(seed, "untrained"))]
    shares = [record["told_apart"] for record in made if "told_apart" in record]
    views = sorted({view for each in shares for view in each})
    return {
        "adapted": not plan.crowd.drawn,
        "told_apart": {view: statistics.fmean([each[view] for each in shares if view in each]) for view in views},
    }


def _separating(
    stored: Mapping[int, Mapping[str, Sequence[Outcome]]], gates: Mapping[int, Gate | None]
) -> dict[str, Any]:
    found = [
        summary.separating_power(outcomes["vanilla"], outcomes["oracle"], gates[seed])
        for seed, outcomes in stored.items()
        if "vanilla" in outcomes and "oracle" in outcomes
    ]
    names = sorted({name for each in found for name in each})
    return {name: _over(name, found)[0] for name in names}
