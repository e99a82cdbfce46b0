"""Notes that a reader of the scores needs: what was not measured, cut off, or asked in another way."""

from collections.abc import Mapping
from typing import Any

from builder.baseline import attacks
from builder.baseline.planning import BEFORE
from builder.baseline.report import binding
from builder.baseline.report.verdict import verdict

_INEFFECTIVE = 0.9
"""A method that changes fewer answers than the rest of this is said to change nothing."""


def notes(found: Mapping[str, Any]) -> list[str]:
    """All notes, one sentence each."""
    return [
        *verdict(found),
        *_ineffective(found),
        *come_back(found),
        *binding.notes(found),
        *_count_cut(found),
        *_remarks(found),
    ]


def not_measured(found: Mapping[str, Any]) -> list[str]:
    """The models that gave no numbers, and how often."""
    return [
        f"**NOT MEASURED**: {name} with seed {seed} gave no numbers (NaN) for {count['not_measured']:,} of "
        f"{count['items']:,} items; no figure includes them."
        for name, model in found["models"].items()
        for seed, count in model["answers"].items()
        if count["not_measured"]
    ]


def _ineffective(found: Mapping[str, Any]) -> list[str]:
    """The methods that answer (nearly) all questions about the forget set as vanilla does."""
    return [
        f"{name} is ineffective with these settings: {same:.0%} of its answers about the forget set are "
        "vanilla's, word for word."
        for name, model in found["models"].items()
        if name not in BEFORE and (same := model["same_as_vanilla"]) is not None and same >= _INEFFECTIVE
    ]


def come_back(found: Mapping[str, Any]) -> list[str]:
    """The methods from which an attack brings back more than from the oracle, by more than chance explains."""
    made = attacks.make_attacks(found["settings"]["attacks"]).values()
    gains = {figure: what for each in made for figure, what in each.gains.items()}
    return [
        f"{name} has forgotten less than it seems: {what} ({score['mean']:+.2f}; of the oracle {score['oracle']:+.2f})."
        for name, model in found["models"].items()
        for figure, what in gains.items()
        if name not in BEFORE
        and (score := model["scores"].get(f"model/{figure}"))
        and (score["distance_interval"] or [0])[0] > 0
    ]


def _count_cut(found: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} with seed {seed}: {count['cut']:,} of {count['written']:,} written answers were cut at the "
        "limit (evaluate.max_new_tokens)."
        for name, model in found["models"].items()
        for seed, count in model["answers"].items()
        if count["cut"]
    ]


def _remarks(found: Mapping[str, Any]) -> list[str]:
    """The remarks made while a model was made, each once for all of its seeds."""
    return [
        f"{name}: {text}"
        for name, model in found["models"].items()
        for text in dict.fromkeys(text for texts in model["notes"].values() for text in texts)
    ]
