"""The statistics against their definitions."""

from math import comb

import pytest

from builder.audit.statistics import detectable, entropy, lower_tail, upper_tail, wilson


@pytest.mark.parametrize(("hits", "trials", "rate"), [(30, 48, 0.25), (13, 48, 0.25), (48, 48, 0.3), (7, 20, 0.27)])
def test_the_tail_is_the_sum_of_the_binomial(hits: int, trials: int, rate: float) -> None:
    exact = sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(hits, trials + 1))
    assert upper_tail(hits, trials, rate) == pytest.approx(exact, rel=1e-9)
    assert lower_tail(trials - hits, trials, 1 - rate) == pytest.approx(exact, rel=1e-9)


def test_no_more_hits_than_expected_is_no_evidence() -> None:
    assert upper_tail(12, 48, 0.25) == upper_tail(0, 0, 0.25) == 1.0
    assert upper_tail(3, 5, 0.0) == 0.0


def test_large_benchmarks_have_a_tail_too() -> None:
    assert 0 < upper_tail(40_000, 150_000, 0.265) < 0.1
    assert upper_tail(50_000, 150_000, 0.27) == pytest.approx(0.0, abs=1e-12)


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = wilson(15, 148, 0.05)  # Newcombe 1998, table I, method 3: 0.0624 to 0.1605
    assert low == pytest.approx(0.0624, abs=5e-5)
    assert high == pytest.approx(0.1605, abs=5e-5)
    assert wilson(0, 0, 0.05) == (0.0, 1.0)


def test_more_people_find_smaller_faults() -> None:
    found = [detectable(people, 0.3, 1e-5) for people in (40, 500, 5000)]
    assert found == sorted(found, reverse=True)
    assert detectable(0, 0.3, 1e-5) == 1.0


def test_entropy_is_that_of_coins_and_constants() -> None:
    assert entropy([5, 5]) == 1.0
    assert entropy([9]) == 0.0
