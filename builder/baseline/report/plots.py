"""What the plots of the report show: points and lines as numbers, which the page draws."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean
from typing import Any

from builder.baseline.report.grid import MODALITIES

KNOWN = ("forget/image_text/value_said", "forget/text/value_said")
"""What says that something of the forget set is still known: the mean of these."""
UTILITY = "model/utility"
_MOST_POINTS = 40
"""Points of a line of losses; their batches differ, and more would hide where they go."""

Point = tuple[float, float]


def plots(found: Mapping[str, Any]) -> dict[str, Any]:
    """All plots by name; one that has nothing to show is empty."""
    models = found["models"]
    curves = [
        (name, seed, curve)
        for name, model in models.items()
        for seed, curve in model["curves"].items()
        if curve["marks"] or curve["losses"]
    ]
    return {
        "forgetting": [point for name, model in models.items() if (point := _point(name, model["scores"]))],
        "leaks": _leaks(models),
        "learning": _lines(curves, "known"),
        "paths": [each for name, seed, curve in curves if (each := _path(name, seed, curve["marks"]))],
        "forget": _lines(curves, "forget"),
        "retain": _lines(curves, "retain"),
        "losses": [
            {"model": name, "seed": seed, "points": _thin(curve["losses"])}
            for name, seed, curve in curves
            if len(curve["losses"]) > 1
        ],
    }


def _point(name: str, scores: Mapping[str, Any]) -> dict[str, Any] | None:
    """A model's knowledge of the forget set against its utility, also for each seed."""
    known = [scores[path] for path in KNOWN if path in scores and scores[path]["mean"] is not None]
    utility = scores.get(UTILITY)
    if not known or utility is None or utility["mean"] is None:
        return None
    seeds: list[Point] = []
    if all(len(score["values"]) == len(utility["values"]) > 1 for score in known):
        still = [fmean(seed) for seed in zip(*(score["values"] for score in known), strict=True)]
        seeds = list(zip(still, utility["values"], strict=True))
    return {"model": name, "at": (fmean(score["mean"] for score in known), utility["mean"]), "seeds": seeds}


def _leaks(models: Mapping[str, Any]) -> dict[str, dict[str, dict[str, float]]]:
    """By modality and category of facts: each model's share of forget items right."""
    names = sorted({name for model in models.values() for name in model["categories"]})
    found: dict[str, dict[str, dict[str, float]]] = {}
    for modality, word in MODALITIES:
        for category in names:
            shares = {
                name: model["categories"][category][modality]
                for name, model in models.items()
                if modality in model["categories"].get(category, {})
            }
            if shares:
                found.setdefault(word, {})[category] = shares
    return found


def _lines(curves: Sequence[tuple[str, str, Mapping[str, Any]]], side: str) -> list[dict[str, Any]]:
    """One line per model and seed: what was memorised of `side` at each step measured."""
    found = []
    for name, seed, curve in curves:
        points = [(mark["step"], mark[side]) for mark in curve["marks"] if side in mark]
        if len(points) > 1:
            found.append({"model": name, "seed": seed, "points": points})
    return found


def _path(name: str, seed: str, marks: Sequence[Mapping[str, float]]) -> dict[str, Any] | None:
    """A method's path: what is memorised of the forget set and of the retain set, step by step."""
    both = [mark for mark in marks if "forget" in mark and "retain" in mark]
    if len(both) < 2:
        return None
    return {
        "model": name,
        "seed": seed,
        "points": [(mark["forget"], mark["retain"]) for mark in both],
        "steps": [mark["step"] for mark in both],
    }


def _thin(losses: Sequence[float]) -> list[Point]:
    """The losses as a line: means over equal parts, as many as a plot can show."""
    parts = min(len(losses), _MOST_POINTS)
    edges = [len(losses) * place // parts for place in range(parts + 1)]
    return [((low + 1 + high) / 2, fmean(losses[low:high])) for low, high in pairwise(edges)]
