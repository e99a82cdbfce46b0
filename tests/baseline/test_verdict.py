"""What is said of methods as a whole: who ends at the oracle, and whether seeds agree about the order."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau

from builder.baseline.metrics import ranking, summary
from builder.baseline.metrics.summary import Beside
from builder.baseline.report.verdict import known_columns, verdict
from tests.baseline.test_metrics import outcome

PATHS = ("forget/text/cloze", "test/text/cloze")


def _model(utility: float, *intervals: tuple[float, float] | None) -> dict[str, Any]:
    scores: dict[str, Any] = {
        path: {"mean": 0.0, "distance_interval": each} for path, each in zip(PATHS, intervals, strict=True)
    }
    return {"scores": {**scores, "model/utility": {"mean": utility}}}


def _found(**models: Any) -> dict[str, Any]:
    both = {"vanilla": _model(0.8, (1.0, 1.0), (1.0, 1.0)), "oracle": _model(0.8, (0.0, 0.0), (0.0, 0.0))}
    return {"models": {**both, **models}, "unknown": []}


def test_who_ends_at_the_oracle_and_keeps_its_utility_is_named() -> None:
    near, far = (-0.1, 0.1), (0.05, 0.3)
    assert verdict(_found(npo=_model(0.76, near, near), ga=_model(0.1, near, near), kl=_model(0.8, near, far))) == [
        "npo (which keeps 95% of utility) ends within the oracle's interval in all 2 columns about the forget set."
    ]
    assert verdict(_found(npo=_model(0.76, near, near), simnpo=_model(0.8, near, near)))[0].startswith(
        "npo (which keeps 95% of utility), simnpo (which keeps 100% of utility) end within"
    )
    assert verdict(_found(ga=_model(0.1, near, near), kl=_model(0.8, near, None))) == [
        "No method ends within the oracle's interval in all 2 columns about the forget set and keeps 90% of utility."
    ]
    assert verdict(_found()) == [], "there is no method"


def test_what_vanilla_does_not_know_judges_nobody() -> None:
    found = _found(npo=_model(0.8, (-0.1, 0.1), (0.5, 0.6))) | {"unknown": ["test/text/cloze"]}
    assert known_columns(found) == ["forget/text/cloze"] and verdict(found)[0].startswith("npo")


def test_tau_is_the_librarys() -> None:
    stream = np.random.default_rng(1)
    one, other = stream.integers(0, 4, (40, 5)).astype(float), stream.integers(0, 4, (40, 5)).astype(float)
    theirs = [kendalltau(mine, its).statistic for mine, its in zip(one, other, strict=True)]
    assert ranking.tau(one, other) == pytest.approx(theirs, nan_ok=True)


def test_seeds_that_agree_have_one_and_those_that_turn_it_round_minus_one() -> None:
    def measured(right: int) -> summary.Measured:
        said = [
            outcome(
                f"0000{person}-eval-{n:03d}", task="cloze", output="dust" if n < right else "no", candidates=(1.0, 2.0)
            )
            for person in range(4)
            for n in range(10)
        ]
        return summary.measure(said, Beside())

    names = ("a", "b", "c")
    first = {"oracle": measured(2), "a": measured(3), "b": measured(5), "c": measured(9)}
    second = {"oracle": measured(2), "a": measured(9), "b": measured(5), "c": measured(3)}
    one, other = ranking.distances(first, names), ranking.distances(second, names)
    assert one is not None and other is not None
    assert one[0] == pytest.approx([0.1, 0.3, 0.7])
    alike, turned = ranking.agreement([one, one]), ranking.agreement([one, other])
    assert alike is not None and set(alike) == {1.0} and turned is not None and set(turned) == {-1.0}
    nothing = np.full_like(one, np.nan)
    none = ranking.agreement([nothing, nothing])
    assert none is not None and np.isnan(none).all(), "where vanilla knows nothing there is nothing to rank"
    assert ranking.agreement([one]) is None
    assert ranking.distances({"a": first["a"]}, names) is None and ranking.distances(first, names[:2]) is None
