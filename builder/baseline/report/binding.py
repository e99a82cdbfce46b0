"""Which scores depend on the person: tables of the controls, and notes on the scores that do not."""

from collections.abc import Mapping
from typing import Any

from builder import tasks
from builder.baseline.report.grid import MODALITIES, cell, sets
from builder.baseline.report.sections import Part

_CONTROLS = {
    "_swap_four": "another of the quartet",
    "_follows": "follows the other",
    "_swap_any": "anybody else",
    "_blank": "nobody",
    "_options_only": "options alone",
    "_binding": "binding",
}


def measure_labels() -> dict[str, str]:
    """What the measures of right and wrong are called."""
    return {measure: task.label for measure, task in tasks.measures().items()}


def notes(found: Mapping[str, Any]) -> list[str]:
    """Notes for a reader of the scores: which do not depend on the person, and what vanilla hardly knows."""
    lines = [_unbound(**each) for each in found["unbound"]]
    for seed, gate in found["gate"]["seeds"].items():
        little = [
            f"{_word(path)} {cell['known']:.1%}"
            for path, cell in gate["cells"].items()
            if cell["known"] < found["gate"]["threshold"]
        ]
        if little:
            lines.append(
                f"With seed {seed} vanilla knows less than {found['gate']['threshold']:.0%} of the answers and whose "
                f"they are in: {', '.join(little)}. There is less to forget there."
            )
    return lines


def _unbound(model: str, path: str, right: float, swapped: float) -> str:
    name, modality, measure = path.split("/")
    label, shown = measure_labels()[measure], "picture" if modality == "image_text" else "name"
    return (
        f"{model}, {label} on {name}/{dict(MODALITIES)[modality]}: {right:.2f} with the right {shown}, "
        f"{swapped:.2f} with another of the quartet: this figure does not measure knowledge of the person."
    )


def _word(path: str) -> str:
    """A cell of the gate in words."""
    modality, task = path.split("/")
    return f"{dict(MODALITIES)[modality]} {tasks.named(task).title}"


def controls(found: Mapping[str, Any]) -> list[Part]:
    """A table a measure: each set of each model with the person and under each control."""
    models = found["models"]
    parts: list[Part] = [
        "The same items with another person's portrait or name, with nobody's, and with the options alone. Right is "
        "always what is true of the item's own person. A model that knows everybody follows the other person, and is "
        "never right with another of the quartet."
    ]
    for measure, label in measure_labels().items():
        rows = [
            (name, f"{one}/{modality}/{measure}", f"{one} {word}")
            for name in models
            for one in sets(found)
            for modality, word in MODALITIES
        ]
        rows = [(name, path, words) for name, path, words in rows if f"{path}_binding" in models[name]["scores"]]
        used = [each for each in _CONTROLS if any(path + each in models[name]["scores"] for name, path, _ in rows)]
        if not rows:
            continue
        told = [[label, "set", "the person", *(_CONTROLS[each] for each in used)]]
        for name, path, words in rows:
            cells = [cell(models[name]["scores"].get(path + each), distance=False) for each in ("_paired", *used)]
            told.append([name, words, *cells])
        parts.append(told)
    return parts


def binding_measures(found: Mapping[str, Any]) -> list[str]:
    """The measures that depend on the person in vanilla's answers about the forget set, whatever the modality."""
    vanilla = found["models"].get("vanilla", {"scores": {}})["scores"]
    free = {each["path"] for each in found["unbound"] if each["model"] == "vanilla"}
    asked = {measure: [f"forget/{modality}/{measure}" for modality, _ in MODALITIES] for measure in tasks.measures()}
    return [
        measure
        for measure, paths in asked.items()
        if any(f"{path}_binding" in vanilla for path in paths) and not free.intersection(paths)
    ]
