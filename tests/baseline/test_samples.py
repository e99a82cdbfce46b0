"""Intervals: people are drawn again, all items of each together, the same people for every model."""

import math

import numpy as np
import pytest
from scipy.stats import bootstrap

from builder.baseline import attacks
from builder.baseline.attacks.measuring import add_attacks
from builder.baseline.metrics import groups, samples, summary
from builder.baseline.metrics.quality import distance, exchanged_p, forget_quality
from builder.baseline.metrics.samples import DRAWS, People, Sample
from builder.baseline.metrics.summary import Beside
from builder.baseline.report import results
from tests.baseline.test_metrics import outcome

NAMES = [f"{number:05d}" for number in range(12)]


def test_a_sample_is_what_was_measured() -> None:
    found = Sample.of([("a", 1.0), ("b", None), ("b", math.nan), ("b", 0.0)])
    assert found == Sample(("a", "b"), (1.0, 0.0)) and found.mean == 0.5
    assert Sample((), ()).mean is None


def test_the_draws_of_one_value_a_person_are_those_of_a_bootstrap() -> None:
    values = tuple(float(number % 3 == 0) for number in range(12))
    low, high = samples.interval(People(NAMES).means(Sample(tuple(NAMES), values))) or (0.0, 0.0)
    theirs = bootstrap((values,), np.mean, method="percentile", n_resamples=9999, rng=np.random.default_rng(1))
    assert (low, high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.09)


def test_items_of_a_person_are_no_witnesses_of_their_own() -> None:
    """Twenty times the same items of everybody make nothing surer."""
    people = People(NAMES)
    once = Sample(tuple(NAMES), tuple(float(number % 2) for number in range(12)))
    often = Sample(once.people * 20, once.values * 20)
    assert np.allclose(people.means(once), people.means(often))


def test_a_difference_is_paired() -> None:
    people = People(NAMES)
    one = Sample(tuple(NAMES), tuple(number / 12 for number in range(12)))
    other = Sample(one.people, tuple(value - 0.25 for value in one.values))
    assert np.allclose(people.means(one) - people.means(other), 0.25), "the same people for both"


def test_who_has_no_value_is_drawn_and_counts_for_nothing() -> None:
    draws = People(NAMES).means(Sample((NAMES[0],), (1.0,)))
    assert set(draws[~np.isnan(draws)]) == {1.0} and np.isnan(draws).any()
    assert samples.interval(np.full(DRAWS, np.nan)) is None


def test_areas_are_those_of_the_people_drawn() -> None:
    people, others = People(NAMES[:6]), People(NAMES[6:])
    one = Sample(tuple(NAMES[:6]) * 2, tuple(range(12)))
    other = Sample(tuple(NAMES[6:]), (3.0, 4.0, 4.5, 9.0, 20.0, 1.0))
    draws = samples.areas(one, people, other, others)
    for draw in range(5):
        mine = [v for p, v in zip(one.people, one.values, strict=True) for _ in range(_times(people, draw, p))]
        theirs = [v for p, v in zip(other.people, other.values, strict=True) for _ in range(_times(others, draw, p))]
        assert draws[draw] == pytest.approx(groups.auc(mine, theirs))


def _times(people: People, draw: int, name: str) -> int:
    return int(people.drawn[draw, people.places([name])[0]])


def test_a_harmonic_mean_is_made_in_each_draw() -> None:
    parts = [np.array([0.5, 0.0, np.nan]), np.array([1.0, 1.0, 1.0])]
    found = samples.harmonic(parts)
    assert found[:2] == pytest.approx([2 / 3, 0.0]) and np.isnan(found[2])


def test_every_score_that_is_a_mean_has_draws_and_stands_in_its_interval() -> None:
    asked = [
        outcome(f"{name}-eval-{number:03d}", name=group, output="dust" if (place + number) % 3 else "milk")
        for group in ("forget", "retain", "holdout")
        for place, name in enumerate(NAMES[:8])
        for number in range(4)
    ]
    beside = Beside(oracle=asked, untrained=asked)
    found = summary.measure(asked, beside)
    models = {"npo": found, "oracle": summary.measure(asked, beside)}
    add_attacks(models, dict.fromkeys(models, asked), beside, attacks.make_attacks(attacks.DEFAULT), {})
    without = {path for path in found.scores if path not in found.draws}
    assert without == {
        *(f"model/forget_quality_{name}" for name in ("d", "p", "log10_p", "p_tofu")),
        "model/privacy_leakage",
    }
    for path, draws in found.draws.items():
        low, high = samples.interval(draws) or (math.nan, math.nan)
        assert low - 1e-9 <= (found.scores[path] or 0.0) <= high + 1e-9, path


def test_forget_quality_asks_people_not_items() -> None:
    """Two people whose truth ratios all differ prove nothing, however many items they have; twelve do."""

    def asked(people: list[str], wrong: float) -> list[object]:
        return [outcome(f"{name}-eval-{n:03d}", wrong=(wrong + n / 100,)) for name in people for n in range(20)]

    few = forget_quality(asked(NAMES[:2], 9.0), asked(NAMES[:2], 1.0))  # type: ignore[arg-type]
    many = forget_quality(asked(NAMES, 9.0), asked(NAMES, 1.0))  # type: ignore[arg-type]
    assert few is not None and many is not None
    assert few.d == many.d == 1.0
    assert few.p == 0.5 and few.p_tofu < 1e-9, "both exchanged, or neither: two of four"
    assert many.p < 0.01
    alike = forget_quality(asked(NAMES, 2.0), asked(NAMES, 2.0))  # type: ignore[arg-type]
    assert alike is not None and alike.p == 1.0


def test_the_exchanges_are_tried_by_hand() -> None:
    one, other = Sample(("a", "b"), (0.0, 1.0)), Sample(("a", "b"), (2.0, 3.0))
    # as they are and both exchanged D is 1; with one of them exchanged it is .5 ({2, 1} and {0, 3}; {0, 3} and {2, 1})
    assert exchanged_p(one, other) == 0.5
    assert distance(np.array([2.0, 1.0]), np.array([0.0, 3.0])) == 0.5


def test_a_distance_has_a_sign_and_an_interval_and_a_p_value_has_none() -> None:
    mine, oracle = (
        summary.measure(
            [
                outcome(
                    f"{name}-eval-{n:03d}", task="cloze", output="dust" if n < right else "no", candidates=(1.0, 2.0)
                )
                for name in NAMES
                for n in range(10)
            ],
            Beside(),
        )
        for right in (3, 5)
    )
    score = results._score("forget/text/cloze", [(mine, oracle)], [])
    assert score["distance_to_oracle"] == pytest.approx(-0.2) and score["untrained"] is None
    assert score["distance_interval"] == pytest.approx([-0.2, -0.2]), "the same people are drawn for both"
    for one in (mine, oracle):
        one.scores["model/forget_quality_p"] = 0.5
    p = results._score("model/forget_quality_p", [(mine, oracle)], [])
    assert p["mean"] == p["oracle"] == 0.5 and p["distance_to_oracle"] is None and p["distance_interval"] is None


def _said(right: bool) -> str:
    return "dust" if right else "no"
