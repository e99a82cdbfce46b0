"""Writes the report of a run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.base import schemas
from builder.baseline.outcomes import stored
from builder.baseline.planning import Plan
from builder.baseline.report import binding, browsing, grid, notes, page, table
from builder.baseline.report.results import results
from builder.baseline.running import outcomes_of
from builder.run.files import write_text

_CELLS = {
    "forget/image_text": "forget image",
    "forget/text": "forget text",
    "views/image_text": "unseen views",
    "retain/image_text": "retain image",
    "retain/text": "retain text",
}
"""What is shown on the terminal."""


def write_report(plan: Plan) -> dict[str, Any]:
    """Write results.json, results.parquet, table.md and index.html from the stored outcomes; return the first."""
    outcomes = outcomes_of(plan)
    found = results(plan, outcomes)
    schemas.check("results", found)
    folder = plan.folder.report
    parts = ((seed, name, each) for seed, models in outcomes.items() for name, each in models.items())
    stored.combine(parts, folder / "results.parquet")
    write_text(folder / "results.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    write_text(folder / "table.md", table.markdown(found))
    write_text(folder / "index.html", page.page(found, browsing.browse(plan.crowd, outcomes)))
    return found


def describe(found: Mapping[str, Any], folder: Path) -> str:
    """What was found, in a few lines for the terminal."""
    lines = [line.replace("**", "") for line in table.warnings(found)]
    lines += notes.notes(found)
    taken = {path.rpartition("/")[2] for model in found["models"].values() for path in model["scores"]}
    for measure, label in binding.measure_labels().items():
        lines += ["", *_shares(found, measure, label)] if measure in taken else []
    lines += ["", *_whole(found)]
    if found["judge"]:
        lines.append(table.judging(found))
    return "\n".join([*lines, "", f"Report: {folder / 'index.html'}, table.md, results.json, results.parquet"])


def _shares(found: Mapping[str, Any], measure: str, label: str) -> list[str]:
    """What is right by one measure, and in brackets how much of it binds."""
    lines = [f"{label + ' (binding)':<24}" + "".join(f"{each:>16}" for each in _CELLS.values())]
    for name, model in found["models"].items():
        texts = []
        for cell in _CELLS:
            right, bound = (
                model["scores"].get(f"{cell}/{measure}{ending}", {}).get("mean") for ending in ("", "_binding")
            )
            texts.append(_number(right) + (f" ({bound:.2f})" if bound is not None else ""))
        lines.append(f"{name:<24}" + "".join(f"{each:>16}" for each in texts))
    return lines


def _whole(found: Mapping[str, Any]) -> list[str]:
    """Each model's utility, and how well the measures that bind tell vanilla from the oracle."""
    parts = [
        f"{name} {_number(model['scores'].get('model/utility', {}).get('mean'))}"
        for name, model in found["models"].items()
    ]
    lines = [f"utility: {', '.join(parts)}"]
    powers = [
        f"{binding.measure_labels()[measure]} {_number(found['separating_power'].get(f'{measure}_binding'))}"
        for measure in binding.binding_measures(found)
    ]
    if found["separating_power"]:
        lines.append(
            f"telling vanilla from the oracle by measures that bind (AUC): {', '.join(powers) or 'no measure binds'}"
        )
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else grid.number(value)
