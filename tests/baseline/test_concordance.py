"""Which measures agree: Kendall's tau and Spearman's rho against scipy and by hand, and the sentence about them."""

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from builder.baseline.metrics import concordance
from builder.baseline.metrics.concordance import mean_tau, spearman
from builder.baseline.metrics.samples import DRAWS
from builder.baseline.metrics.summary import Measured
from builder.baseline.report import trust

METHODS = ("a", "b", "c", "d")
LEAKS = {"model/privacy_leakage": concordance.SHOWS_LESS}
CLOZE, SAID, RATIO = "forget/text/cloze", "forget/text/value_said", "forget/text/truth_ratio"


def _measured(cloze: float, said: float, ratio: float, privacy: float = 0.0) -> Measured:
    scores: dict[str, float | None] = {CLOZE: cloze, SAID: said, RATIO: ratio}
    draws = {path: np.full(DRAWS, value) for path, value in scores.items() if value is not None}
    return Measured({**scores, "model/privacy_leakage": privacy}, draws)


def _seed() -> dict[str, Measured]:
    """Blanks order the methods as the distance does, values turn it round, and the truth ratio never moves."""
    return {
        "vanilla": _measured(1.0, 1.0, 0.5, -100.0),
        "oracle": _measured(0.0, 0.6, 0.5),
        "a": _measured(0.1, 0.55, 0.5, 30.0),
        "b": _measured(0.3, 0.5, 0.5, 20.0),
        "c": _measured(0.6, 0.4, 0.5, 40.0),
        "d": _measured(0.9, 0.2, 0.5, 10.0),
    }


def test_spearman_is_the_librarys() -> None:
    stream = np.random.default_rng(2)
    one, other = stream.integers(0, 9, (40, 6)).astype(float), stream.integers(0, 9, (40, 6)).astype(float)
    theirs = [spearmanr(mine, its).statistic for mine, its in zip(one, other, strict=True)]
    assert spearman(one, other) == pytest.approx(theirs, nan_ok=True)
    # ranks 1 2 3 4 and 2 1 4 3: 1 − 6·4 / (4·15)
    assert spearman(np.array([[1.0, 2, 3, 4]]), np.array([[2.0, 1, 4, 3]]))[0] == pytest.approx(0.6)
    assert np.isnan(spearman(np.ones((1, 3)), np.array([[1.0, 2, 3]]))[0])


def test_measures_are_compared_with_each_other_and_with_the_distance_to_the_oracle() -> None:
    found = concordance.concordance({0: _seed()}, METHODS, LEAKS)
    assert set(found) == {CLOZE, SAID, RATIO, "model/privacy_leakage"}
    # distances (|cloze| + |said − .6|) / 2: .075, .2, .4, .65
    assert found[CLOZE].spearman == 1.0 and found[SAID].spearman == -1.0
    leak = [-30.0, -20.0, -40.0, -10.0]  # less leakage than none says that more is known
    assert found["model/privacy_leakage"].spearman == pytest.approx(spearmanr(leak, [1, 2, 3, 4]).statistic)
    taus = {
        (CLOZE, SAID): -1.0,
        (CLOZE, "model/privacy_leakage"): kendalltau([0.1, 0.3, 0.6, 0.9], leak).statistic,
        (SAID, "model/privacy_leakage"): kendalltau([0.55, 0.5, 0.4, 0.2], leak).statistic,
    }
    for (one, other), value in taus.items():
        assert found[one].tau[other] == found[other].tau[one] == pytest.approx(value)
    assert found[RATIO].spearman is None and set(found[RATIO].tau.values()) == {None}
    assert mean_tau(found) == pytest.approx(sum(taus.values()) / 3)
    assert {path for path, each in found.items() if each.blind} == {RATIO}
    draws = found[CLOZE].draws
    assert draws is not None and draws == pytest.approx(1.0) and found["model/privacy_leakage"].draws is None


def test_seeds_are_points_of_their_own() -> None:
    turned = {**_seed(), "a": _measured(0.9, 0.2, 0.5, 10.0), "d": _measured(0.1, 0.55, 0.5, 30.0)}
    one, two = (concordance.concordance(each, METHODS, LEAKS) for each in ({0: _seed()}, {0: _seed(), 1: turned}))
    assert two[CLOZE].spearman == pytest.approx(one[CLOZE].spearman), "the same eight points, whatever they are called"


def test_one_sentence_says_which_agree_and_which_are_blind() -> None:
    found = concordance.concordance({0: _seed()}, METHODS, LEAKS)
    assert trust.sentence(METHODS, found) == (
        "Cloze (text) orders the models as the distance to the oracle does; value said (text) rewards what is farther "
        "from it; truth ratio (text) is blind here and does not tell vanilla from the oracle; between two measures "
        "Kendall's τ is -0.33 on average."
    )


def test_too_few_methods_or_no_oracle_give_no_figure() -> None:
    assert concordance.concordance({0: _seed()}, METHODS[:2], LEAKS) == {}
    assert trust.sentence(("a", "b"), {}) == ("There are 2 methods, too few to rank: to compare measures takes 3.")
    headless = {name: each for name, each in _seed().items() if name != "oracle"}
    assert concordance.concordance({0: headless}, METHODS, LEAKS) == {}
    assert "no distance" in trust.sentence(METHODS, {})
