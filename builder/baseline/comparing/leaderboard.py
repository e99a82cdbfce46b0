"""A leaderboard as data: one row per model of a run, one column per score, the best model first.

Forgetting is ranked by the distance to the oracle, which is 0 for the oracle itself. A model that keeps too little
utility ranks behind all that keep enough, because a model that says nothing at all is also near the oracle.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from builder.baseline.comparing.runs import Runs
from builder.baseline.report.grid import cell
from builder.baseline.report.verdict import KEPT, kept

COLUMNS = {
    "model/oracle_distance": "distance to the oracle",
    "model/utility": "utility",
    "forget/image_text/value_said": "forget: value said (image)",
    "forget/text/value_said": "forget: value said (text)",
    "forget/image_text/accuracy": "forget: choice (image)",
    "forget/text/accuracy": "forget: choice (text)",
    "model/nearness": "nearer to the oracle (+) or vanilla (−)",
}
"""The scores that are shown where some model has them, each with its label; the headlines of attacks follow."""
_BEST = {"model/oracle_distance": "least", "model/utility": "most"}
"""Which value of a score is the best; of all others the one nearest to the oracle's is."""


def leaderboard(runs: Runs) -> dict[str, Any]:
    """The columns and the rows in order, as they stand in leaderboard.json."""
    labels = dict(COLUMNS)
    for found in runs.values():
        labels |= {path: each["label"] for path, each in found["headlines"].items()}
    rows = [
        _row(run, found, name, model, labels)
        for run, found in runs.items()
        for name, model in found["models"].items()
        if model["scores"]
    ]
    used = [path for path in labels if any(path in row["scores"] for row in rows)]
    return {
        "columns": [{"path": path, "label": labels[path], "best": _BEST.get(path, "nearest")} for path in used],
        "rows": sorted(rows, key=_place),
    }


def markdown(board: Mapping[str, Any]) -> str:
    """The leaderboard as a Markdown table."""
    heads = [
        "run",
        "release",
        "model",
        "method",
        "seeds",
        *(each["label"] for each in board["columns"]),
        "utility kept",
    ]
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for row in board["rows"]:
        cells = [row["cells"].get(each["path"], "–") for each in board["columns"]]
        words = [
            row["run"],
            row["release"],
            row["model"],
            row["method"],
            str(row["seeds"]),
            *cells,
            _share(row["kept"]),
        ]
        lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


def _row(
    run: str, found: Mapping[str, Any], name: str, model: Mapping[str, Any], paths: Iterable[str]
) -> dict[str, Any]:
    scores = {path: model["scores"][path] for path in paths if path in model["scores"]}
    return {
        "run": run,
        "release": found["release"]["id"],
        "model": found["model"],
        "method": name,
        "seeds": len(found["seeds"]) - len(model["failed"]),
        "kept": kept(found, name),
        "keeps": kept(found, name) >= KEPT,
        "scores": scores,
        "cells": {path: cell(score, distance=path not in _BEST) for path, score in scores.items()},
    }


def _place(row: Mapping[str, Any]) -> tuple[bool, float]:
    """Those that keep utility first, the nearest to the oracle first among them; without an oracle last."""
    distance = row["scores"].get("model/oracle_distance", {"mean": None})["mean"]
    return not row["keeps"], float("inf") if distance is None else distance


def _share(value: float) -> str:
    return f"{value:.0%}"
