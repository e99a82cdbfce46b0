"""The paper's tables of MMUBench: every measure on average and concept by concept, and efficacy step by step."""

from collections.abc import Mapping
from typing import Any

from builder.baseline.metrics.concepts import MEASURES, MMUBENCH, OF_CONCEPTS
from builder.baseline.report.grid import number, table
from builder.baseline.report.sections import ReportSection, Table
from builder.tasks.recognition import RECOGNITION

_KNOWN = f"forget/image_text/{RECOGNITION.name}"
"""What a curve's marks call the names known by heart beside the training pictures."""


def sections(found: Mapping[str, Any]) -> list[ReportSection]:
    """The tables; none of a release without concepts."""
    if "concepts" not in found:
        return []
    columns = [(f"{MMUBENCH}/{name}", measure.label) for name, measure in MEASURES.items()]
    return [
        ReportSection(
            "MMUBench: all concepts",
            [
                "To forget is the name of a face, from one picture of it; ↑ and ↓ say which way is better. The oracle "
                "has seen none of the concepts' faces and knows them by name. docs/mmubench.md defines the measures.",
                table(found, columns),
            ],
        ),
        ReportSection("MMUBench: concept by concept", [_by_concept(found)]),
        ReportSection("MMUBench: steps against efficacy", _steps(found)),
    ]


def _by_concept(found: Mapping[str, Any]) -> Table:
    """A row for each concept and model, the models of a concept together."""
    names = [
        name
        for name in OF_CONCEPTS
        if any(name in each for concepts in found["concepts"].values() for each in concepts.values())
    ]
    rows = [["concept", "model", *(MEASURES[name].label for name in names)]]
    for concept in sorted({each for concepts in found["concepts"].values() for each in concepts}):
        for model, concepts in found["concepts"].items():
            measured = concepts.get(concept, {})
            if measured:
                rows.append([concept, model, *(number(measured[n]) if n in measured else "–" for n in names)])
    return rows


def _steps(found: Mapping[str, Any]) -> list[str | Table]:
    """How many requests for a name are no longer answered word for word, at each step that was looked at."""
    lines = []
    for name, model in found["models"].items():
        for seed, curve in model["curves"].items():
            marks = [mark for mark in curve["marks"] if _KNOWN in mark]
            if len(marks) > 1:
                points = ", ".join(f"{mark['step']:.0f}: {number(1 - mark[_KNOWN])}" for mark in marks)
                lines.append([name, seed, points])
    if not lines:
        return ["No method took a step."]
    return [
        "Beside the training picture, the share of requests that the trained sentence no longer answers, by step.",
        [["method", "seed", "step: efficacy"], *lines],
    ]
