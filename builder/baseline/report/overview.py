"""The top of the report's page: what was run, what a reader must know about it, and the gate."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from builder import tasks
from builder.baseline.metrics.summary import FORGETTING
from builder.baseline.report import notes, table
from builder.baseline.report.known_before import known_before
from builder.baseline.report.plots import plots


def overview(found: Mapping[str, Any]) -> dict[str, Any]:
    """Everything on the page except the items."""
    return {
        "title": table.title(found),
        "release": found["release"]["id"],
        "fingerprint": found["release"]["origin_fingerprint"],
        "provenance": table.provenance(found),
        "build_bench": found["build_bench"],
        "model": found["model"],
        "seeds": found["seeds"],
        "people": found["people"],
        "models": list(found["models"]),
        "warnings": table.warnings(found),
        "notes": notes.notes(found),
        "judge": table.judging(found) if found["judge"] else "",
        "gate": [*_gate(found), *_known_before(found)],
        "vision": _vision(found),
        "plots": plots(found),
        "sections": [asdict(section) for section in table.sections(found)],
        "forgetting": FORGETTING,
        "tasks": {task.name: task.title for task in tasks.every()},
        "unknown": {seed: gate["facts_not_known"] for seed, gate in found["gate"]["seeds"].items()},
    }


def _gate(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What vanilla knows, one sentence per seed."""
    lines = []
    for seed, gate in found["gate"]["seeds"].items():
        shares = ", ".join(f"{key} {share:.1%}" for key, share in gate["known"].items() if share is not None)
        text = (
            f"Memorisation gate, seed {seed}: by heart: {shares}; {_exposure(gate)}"
            f"people not known: {len(gate['people_not_known'])}."
        )
        lines.append({"valid": gate["valid"], "text": text})
    return lines


def _exposure(gate: Mapping[str, Any]) -> str:
    """How exposed values are, in bits; nothing where no question has candidates to rank."""
    if not gate["largest_exposure_bits"]:
        return ""
    bits = ", ".join(f"{key} {value:.2f}" for key, value in gate["exposure_bits"].items())
    return f"exposure in bits: {bits} of {gate['largest_exposure_bits']:.2f}; "


def _known_before(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the untrained model knows of public figures, one sentence per seed."""
    return [
        {"valid": bool(gate["facts_known"]), "text": text}
        for gate, text in zip(found["known_before"].values(), known_before(found), strict=True)
    ]


def _vision(found: Mapping[str, Any]) -> str:
    """How well the embedded model's tower tells people apart; empty where that was not looked at."""
    if not found["vision"] or not found["vision"]["told_apart"]:
        return ""
    shares = ", ".join(f"{share:.1%} of {view} views" for view, share in found["vision"]["told_apart"].items())
    adapted = " It was adapted to this release's train views first." if found["vision"]["adapted"] else ""
    return f"The vision tower finds the person's own reference portrait among all portraits for {shares}.{adapted}"
