"""Writes the report of a run."""

import json
from pathlib import Path
from typing import Any

from builder import schemas
from builder.baseline import stored
from builder.baseline.report import page, table
from builder.baseline.report.results import results
from builder.baseline.running import Plan, outcomes_of
from builder.run.files import write_text


def write(plan: Plan) -> dict[str, Any]:
    """Write results.json, results.parquet, table.md and index.html from the stored outcomes; return the first."""
    outcomes = outcomes_of(plan)
    found = results(plan, outcomes)
    schemas.check("results", found)
    folder = plan.folder.report
    parts = ((seed, name, each) for seed, models in outcomes.items() for name, each in models.items())
    stored.combine(parts, folder / "results.parquet")
    write_text(folder / "results.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    write_text(folder / "table.md", table.markdown(found))
    write_text(folder / "index.html", page.page(found))
    return found


def describe(found: dict[str, Any], folder: Path) -> str:
    """What was found, in a few lines for the terminal."""
    lines = [line.replace("**", "") for line in table.warnings(found) if line]
    columns = [
        ("forget/image_text/rouge_l", "forget image"),
        ("forget/text/rouge_l", "forget text"),
        ("views/image_text/rouge_l", "unseen views"),
        ("retain/image_text/rouge_l", "retain image"),
        ("retain/text/rouge_l", "retain text"),
        ("model/utility", "utility"),
    ]
    lines.append(f"{'ROUGE-L':<24}" + "".join(f"{label:>14}" for _, label in columns))
    for name, model in found["models"].items():
        values = [model["scores"].get(path, {}).get("mean") for path, _ in columns]
        lines.append(
            f"{name:<24}" + "".join(f"{'–' if value is None else table.number(value):>14}" for value in values)
        )
    if found["judge"]:
        lines.append(table.judging(found))
    return "\n".join([*lines, f"Report: {folder / 'index.html'}, table.md, results.json, results.parquet"])
