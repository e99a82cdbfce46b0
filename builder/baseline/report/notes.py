"""What a reader of the scores must know besides: what was not measured, was cut, was asked otherwise."""

from collections.abc import Mapping
from typing import Any

from builder.baseline.planning import BEFORE
from builder.baseline.report import binding
from builder.baseline.report.verdict import verdict

_INEFFECTIVE = 0.9
"""A method that changes fewer answers than the rest of this is said to change nothing."""


def notes(found: Mapping[str, Any]) -> list[str]:
    """All of it, a sentence each."""
    return [*verdict(found), *_ineffective(found), *binding.notes(found), *_count_cut(found), *_remarks(found)]


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
    """The methods that answer about those to be forgotten as vanilla does."""
    return [
        f"{name} is ineffective with these settings: {same:.0%} of its answers about the forget set are "
        "vanilla's, word for word."
        for name, model in found["models"].items()
        if name not in BEFORE and (same := model["same_as_vanilla"]) is not None and same >= _INEFFECTIVE
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
    """What was said while a model was made, once for all seeds with which it was."""
    return [
        f"{name}: {text}"
        for name, model in found["models"].items()
        for text in dict.fromkeys(text for texts in model["notes"].values() for text in texts)
    ]
