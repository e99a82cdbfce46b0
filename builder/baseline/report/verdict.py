"""States in one sentence which methods forget as the oracle does and keep the retain set."""

from collections.abc import Mapping
from typing import Any

from builder.baseline.metrics.summary import judged_paths
from builder.baseline.planning import BEFORE, ONLY

KEPT = 0.9
"""The share that a method must keep of vanilla's utility, or of the oracle's where that is less."""


def verdict(found: Mapping[str, Any]) -> list[str]:
    """The sentence, if there are methods and an oracle; else nothing."""
    names = [name for name, model in found["models"].items() if name not in (*BEFORE, ONLY) and model["scores"]]
    columns = known_columns(found)
    if not names or not columns:
        return []
    good = [name for name in names if _at_the_oracle(found, name, columns) and kept(found, name) >= KEPT]
    where = f"within the oracle's interval in all {len(columns)} columns about the forget set"
    if not good:
        return [f"No method ends {where} and keeps {KEPT:.0%} of utility."]
    told = ", ".join(f"{name} (which keeps {kept(found, name):.0%} of utility)" for name in good)
    return [f"{told} {'ends' if len(good) == 1 else 'end'} {where}."]


def known_columns(found: Mapping[str, Any]) -> list[str]:
    """The forget set's columns of right and wrong in which vanilla knows enough."""
    oracle = found["models"].get("oracle", {"scores": {}})["scores"]
    return [path for path in judged_paths(oracle) if path not in found["unknown"]]


def _at_the_oracle(found: Mapping[str, Any], name: str, columns: list[str]) -> bool:
    scores = found["models"][name]["scores"]
    intervals = [scores[path]["distance_interval"] for path in columns if path in scores]
    return len(intervals) == len(columns) and all(each and each[0] <= 0 <= each[1] for each in intervals)


def kept(found: Mapping[str, Any], name: str) -> float:
    """The method's utility as a share of vanilla's, or of the oracle's if that is lower: no method can be expected to
    keep more than retraining does."""
    mine, *theirs = (
        found["models"].get(each, {"scores": {}})["scores"].get("model/utility", {}).get("mean") or 0.0
        for each in (name, "vanilla", "oracle")
    )
    return mine / min(theirs) if min(theirs) else 0.0
