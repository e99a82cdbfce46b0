"""The oracle is the best by every headline score: to know less than it is no better than to know more."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import ks_2samp

from builder.baseline.metrics import ranking, summary
from builder.baseline.metrics.groups import privacy_leakage
from builder.baseline.metrics.quality import nearness
from builder.baseline.metrics.samples import People, interval
from builder.baseline.metrics.summary import Beside, Measured
from builder.baseline.outcomes.records import Outcome
from builder.baseline.report.verdict import kept, verdict
from builder.baseline.tuning.protocol import Run, choose
from tests.baseline.test_metrics import outcome

NAMES = [f"{number:05d}" for number in range(8)]
KNOWN = {"vanilla": 10, "under": 7, "oracle": 4, "over": 0}
"""How many of ten blanks each model fills; "over" knows less than who never saw the people."""


def _answers(name: str) -> list[Outcome]:
    """Blanks about the forget set, and open answers whose truth ratios say as much."""
    blanks = [
        outcome(f"{person}-eval-{n:03d}", task="cloze", output="dust" if n < KNOWN[name] else "no", candidates=(1.0, 2))
        for person in NAMES
        for n in range(10)
    ]
    spread = [(KNOWN[name] + n / 10 + place / 100,) for place in range(len(NAMES)) for n in range(10)]
    opened = [
        outcome(f"{person}-eval-{n:03d}", wrong=spread[place * 10 + n - 20])
        for place, person in enumerate(NAMES)
        for n in range(20, 30)
    ]
    return [*blanks, *opened]


@pytest.fixture(scope="module")
def models() -> dict[str, Measured]:
    answers = {name: _answers(name) for name in KNOWN}
    beside = Beside(oracle=answers["oracle"], vanilla=answers["vanilla"])
    return {name: summary.measure(each, beside) for name, each in answers.items()}


HEADLINES: dict[str, Callable[[Measured], float]] = {
    "forget quality D": lambda one: -(one.scores["model/forget_quality_d"] or 0.0),
    "forget quality p": lambda one: one.scores["model/forget_quality_p"] or 0.0,
    "nearness": lambda one: one.scores["model/nearness"] or 0.0,
}


@pytest.mark.parametrize("name", HEADLINES)
def test_the_oracle_is_the_best_by_every_headline_score(name: str, models: dict[str, Measured]) -> None:
    scores = {model: HEADLINES[name](each) for model, each in models.items()}
    assert scores["oracle"] > max(scores[model] for model in ("vanilla", "under", "over"))


def test_the_oracle_is_the_nearest_to_itself_and_over_forgetting_is_ranked_below_it(
    models: dict[str, Measured],
) -> None:
    found = ranking.distances({**models, "again": models["oracle"]}, ("again", "under", "over"))
    assert found is not None
    assert (found[:, 0] == 0).all() and (found[:, 1:] > 0).all()
    assert abs(privacy_leakage(0.5, 0.5) or 0.0) == 0 < abs(privacy_leakage(0.2, 0.5) or 0.0)


def test_the_verdict_names_the_oracle_and_nobody_who_knows_less(models: dict[str, Measured]) -> None:
    oracle = models["oracle"]
    path = "forget/text/cloze"

    def told(one: Measured, utility: float) -> dict[str, object]:
        apart = interval(one.draws[path] - oracle.draws[path])
        return {"scores": {path: {"distance_interval": apart}, "model/utility": {"mean": utility}}}

    found = {
        "models": {
            "vanilla": told(models["vanilla"], 0.9),
            "oracle": told(oracle, 0.7),
            "retrained": told(oracle, 0.7),
            "over": told(models["over"], 0.9),
        },
        "unknown": [],
    }
    [sentence] = verdict(found)
    assert sentence.startswith("retrained (which keeps 100% of utility) ends within") and "over" not in sentence
    assert kept(found, "oracle") == 1.0, "retraining itself keeps enough, though vanilla keeps more"


def test_tuning_takes_the_oracles_own_point_before_any_other() -> None:
    vanilla = {"step": 0.0, "forget/text/cloze": 1.0, "forget": 1.0, "retain": 0.9}
    oracle = {"step": 0.0, "forget/text/cloze": 0.3, "forget": 0.3, "retain": 0.7}
    over = {"step": 1.0, "forget/text/cloze": 0.0, "forget": 0.0, "retain": 0.9}
    found = choose([Run({}, [vanilla, over, {**oracle, "step": 2.0}], 2)], vanilla, oracle)
    assert found is not None and found.mark["step"] == 2.0 and found.distance == 0 and found.keeps


def test_nearness_by_hand_and_by_the_library() -> None:
    """Truth ratios are exp(paraphrase − wrong), so a larger `wrong` is a smaller ratio."""

    def asked(values: dict[str, tuple[float, ...]]) -> list[Outcome]:
        return [
            outcome(f"{person}-eval-{n:03d}", wrong=(value,))
            for person, own in values.items()
            for n, value in enumerate(own)
        ]

    models: tuple[dict[str, tuple[float, ...]], ...] = (
        {"00000": (1.0, 2.0), "00001": (6.0, 7.0)},
        {"00000": (1.0, 2.5), "00001": (6.5, 7.0)},
        {"00000": (9.0, 9.5), "00001": (8.0, 8.5)},
    )
    people = People(["00000", "00001"])
    mine, oracle, vanilla = map(asked, models)
    found = nearness(mine, oracle, vanilla, people)
    assert found is not None
    value, draws = found
    ratios = [[math.exp(1.0 - each) for own in one.values() for each in own] for one in models]
    theirs = ks_2samp(ratios[0], ratios[2]).statistic - ks_2samp(ratios[0], ratios[1]).statistic
    assert value == pytest.approx(theirs) == 0.75, "D is 1 from vanilla and one of four from the oracle"
    once = np.flatnonzero((people.drawn == 1).all(1))
    assert draws[once] == pytest.approx(value), "everybody drawn once is the sample itself"
    assert nearness(mine, [], vanilla, people) is None


def test_nearness_lies_between_vanillas_and_the_oracles(models: dict[str, Measured]) -> None:
    most = models["oracle"].scores["model/nearness"]
    assert most == ks_2samp([10.0], [4.0]).statistic == 1.0 and models["vanilla"].scores["model/nearness"] == -most
    low, high = interval(models["oracle"].draws["model/nearness"]) or (0.0, 0.0)
    assert low == high == 1.0
    draws = models["under"].draws["model/nearness"]
    assert (np.abs(draws) <= 1.0).all()
