"""Tables of scores: one row per model, one column per score."""

from collections.abc import Mapping, Sequence
from typing import Any

from builder.baseline.evaluation.item_sets import SETS
from builder.baseline.report.sections import Table

UNKNOWN = "†"
"""Marks a column in which vanilla itself knows too little."""
# A modality's name in a heading.
MODALITIES = (("image_text", "image"), ("text", "text"))


def by_set(found: Mapping[str, Any], modality: str, measures: Mapping[str, str]) -> list[tuple[str, str]]:
    """The paths of `measures`, which maps names to labels, in every set of one modality, each with its label."""
    return [
        (f"{name}/{modality}/{measure}", f"{name} {label}")
        for name in sets(found)
        for measure, label in measures.items()
    ]


def shown_columns(found: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The columns that some model has a score for."""
    return [each for each in columns if any(each[0] in model["scores"] for model in found["models"].values())]


def table(found: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> Table:
    """A table of these scores, one row per model."""
    used = shown_columns(found, columns)
    labels = [f"{label} {UNKNOWN}" if unknown(found, path) else label for path, label in used]
    rows = [["model", *labels]]
    for name, model in found["models"].items():
        judged = name not in ("oracle", "untrained")
        cells = [cell(model["scores"].get(path), distance=judged and not unknown(found, path)) for path, _ in used]
        rows.append([name, *cells])
    return rows


def unknown(found: Mapping[str, Any], path: str) -> bool:
    """Whether a score, or the score whose binding it is, belongs to a column in which vanilla knows too little."""
    return path.removesuffix("_binding") in found["unknown"]


def cell(score: Mapping[str, Any] | None, *, distance: bool = True) -> str:
    """Mean, ± deviation over seeds, its interval, and in brackets the distance to the oracle with its sign."""
    if score is None or score["mean"] is None:
        return "–"
    text = number(score["mean"])
    if score["sd"] is not None:
        text += f" ± {number(score['sd'])}"
    if score["interval"] is not None:
        text += f" [{', '.join(map(number, score['interval']))}]"
    if distance and score["distance_to_oracle"] is not None:
        text += f" ({score['distance_to_oracle']:+.3f})"
    return text


def number(value: float) -> str:
    """Three decimals; fewer digits for large or tiny values."""
    return f"{value:.3f}" if 0.001 <= abs(value) < 100 or value == 0 else f"{value:.2g}"


def sets(found: Mapping[str, Any]) -> list[str]:
    """The sets that some model has scores of."""
    paths = {path.partition("/")[0] for model in found["models"].values() for path in model["scores"]}
    return [name for name in SETS if name in paths]
