"""table.md: rows are models, columns sets and tasks; ours, then MLLMU-Bench's layout."""

from collections.abc import Mapping, Sequence
from typing import Any

from builder.baseline.evaluation.items import SETS

_TASKS = (("accuracy", "choice"), ("rouge_l", "ROUGE-L"), ("factuality", "factuality"), ("cloze", "cloze"))
_MODALITIES = (("image_text", "image"), ("text", "text"))
_WHOLE = (
    ("model/utility", "utility"),
    ("forget/joint/all_modal", "forget: both modalities"),
    ("model/forget_quality_p", "forget quality p"),
    ("model/forget_quality_d", "KS D"),
    ("model/mia_min_k", "Min-K% AUC"),
    ("model/privacy_leakage", "PrivLeak"),
    ("forget/image_text/truth_ratio", "TR image"),
    ("forget/text/truth_ratio", "TR text"),
    ("forget/image_text/extraction_strength", "extraction image"),
    ("forget/text/extraction_strength", "extraction text"),
)


def markdown(found: Mapping[str, Any]) -> str:
    """The whole of table.md."""
    release = found["release"]
    lines = [
        f"# Baselines on {release['recipe']}, seed {release['seed']}",
        "",
        f"Model {found['model']}; seeds {', '.join(map(str, found['seeds']))}; "
        f"{found['people']['forget']} people to forget, {found['people']['retain']} to retain. In brackets the "
        "distance to the oracle, which a forgetting score is judged by: to know less than it is no better than more.",
        *([f"{judging(found)} Marks go from 1 to 10."] if found["judge"] else []),
        *warnings(found),
    ]
    for modality, word in _MODALITIES:
        columns = [
            (f"{name}/{modality}/{metric}", f"{name} {label}") for name in _sets(found) for metric, label in _TASKS
        ]
        lines += ["", f"## {word.capitalize()} questions", "", *table(found, columns)]
    lines += ["", "## Whole models", "", *table(found, _WHOLE)]
    lines += ["", "## What each measure tells apart", "", *_separating(found)]
    lines += ["", "## Which categories of facts are still known", "", *_categories(found)]
    lines += ["", "## As MLLMU-Bench lays it out", "", *mllmu(found)]
    return "\n".join(lines) + "\n"


def judging(found: Mapping[str, Any]) -> str:
    """Who marked the open answers, and how many."""
    judge = found["judge"]
    return f"{judge['marked']:,} of {judge['answers']:,} open answers are marked by {judge['model']}."


def warnings(found: Mapping[str, Any]) -> list[str]:
    """What must be known before a score is believed."""
    lines = []
    for seed, gate in found["gate"]["seeds"].items():
        shares = ", ".join(f"{modality} {share:.1%}" for modality, share in gate["known"].items() if share is not None)
        if not gate["valid"]:
            lines.append(
                f"**SCORES ARE NOT VALID**: with seed {seed} the model knows too few facts ({shares}; "
                f"{found['gate']['threshold']:.0%} are needed), so there is little to forget."
            )
    for name, model in found["models"].items():
        lines += [f"**{name} failed** with seed {seed}: {reason}" for seed, reason in model["failed"].items()]
    return ["", *lines] if lines else []


def table(found: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> list[str]:
    """A Markdown table of these scores, a row a model."""
    used = [
        (path, label) for path, label in columns if any(path in model["scores"] for model in found["models"].values())
    ]
    lines = [f"| model | {' | '.join(label for _, label in used)} |", "| --- |" + " --- |" * len(used)]
    for name, model in found["models"].items():
        cells = [cell(model["scores"].get(path), distance=name not in ("oracle", "untrained")) for path, _ in used]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def cell(score: Mapping[str, Any] | None, *, distance: bool = True) -> str:
    """Mean, ± deviation over seeds, and in brackets the distance to the oracle."""
    if score is None or score["mean"] is None:
        return "–"
    text = number(score["mean"])
    if score["sd"] is not None:
        text += f" ± {number(score['sd'])}"
    if distance and score["distance_to_oracle"] is not None:
        text += f" ({number(score['distance_to_oracle'])})"
    return text


def number(value: float) -> str:
    """Three decimals, or fewer digits of what is large or tiny."""
    return f"{value:.3f}" if 0.001 <= abs(value) < 100 or value == 0 else f"{value:.2g}"


def mllmu(found: Mapping[str, Any]) -> list[str]:
    """MLLMU-Bench's main table: classification by generated letter, ROUGE-L, factuality and cloze, both modalities."""
    labels = {"accuracy_generated": "Class. Acc (%)", "rouge_l": "Rouge Score"}
    if found["judge"]:
        labels["factuality"] = "Fact. Score"
    labels["cloze"] = "Cloze Acc (%)"
    heads = {"forget": "Forget Set", "test": "Test Set", "retain": "Retain Set", "public_figures": "Real Celebrity"}
    columns = [(name, metric) for name in heads if name in _sets(found) for metric in labels]
    lines = [
        f"| Models | {' | '.join(f'{heads[name]}: {labels[metric]}' for name, metric in columns)} |",
        "| --- |" + " --- |" * len(columns),
    ]
    for name, model in found["models"].items():
        cells = [_percent(model["scores"], *column) for column in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _percent(scores: Mapping[str, Any], name: str, metric: str) -> str:
    paths = [f"{name}/{modality}/{metric}" for modality, _ in _MODALITIES]
    values = [scores[path]["mean"] for path in paths if path in scores and scores[path]["mean"] is not None]
    if not values:
        return "–"
    mean = sum(values) / len(values)
    return f"{mean:.3f}" if metric in ("rouge_l", "factuality") else f"{100 * mean:.1f}"


def _separating(found: Mapping[str, Any]) -> list[str]:
    powers = {name: power for name, power in found["separating_power"].items() if power is not None}
    if not powers:
        return ["There is no vanilla beside an oracle."]
    lines = ["AUC of telling vanilla from the oracle by one item of the forget set; .5 tells nothing.", ""]
    lines += ["| measure | AUC |", "| --- | --- |"]
    return lines + [f"| {name} | {power:.3f} |" for name, power in sorted(powers.items(), key=lambda each: -each[1])]


def _categories(found: Mapping[str, Any]) -> list[str]:
    names = sorted({name for model in found["models"].values() for name in model["categories"]})
    lines = [f"| model | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for model, record in found["models"].items():
        cells = []
        for name in names:
            parts = record["categories"].get(name, {})
            cells.append(" / ".join(f"{parts[key]:.2f}" if key in parts else "–" for key, _ in _MODALITIES))
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return ["Share of forget items right, image / text.", "", *lines]


def _sets(found: Mapping[str, Any]) -> list[str]:
    paths = {path.partition("/")[0] for model in found["models"].values() for path in model["scores"]}
    return [name for name in SETS if name in paths]
