"""The roster of public figures: what its rules promise, and a sample of what everybody knows."""

from collections import Counter

import pytest

from builder.base.recipe import FOUR
from builder.figures.profiles import COUNTRIES
from builder.figures.roster import LAST_DEATH, LICENCE, OLDEST_AGE, YOUNGEST_AGE, PublicFigure, roster
from builder.figures.well_known import is_public_figure, key

FOURS = [roster()[start : start + FOUR] for start in range(0, len(roster()), FOUR)]


def test_there_are_as_many_as_mllmu_bench_has_and_nobody_twice() -> None:
    assert len(roster()) >= 153
    assert (
        len({key(figure.name) for figure in roster()}) == len({figure.synset for figure in roster()}) == len(roster())
    )


def test_every_life_is_whole_plausible_and_long_over() -> None:
    for figure in roster():
        assert YOUNGEST_AGE <= figure.died - figure.born <= OLDEST_AGE, figure
        assert figure.died <= LAST_DEATH, figure
        assert figure.family_name in figure.name, figure
        assert figure.nationality.istitle() and figure.profession.islower(), figure


def test_every_nationality_has_a_country() -> None:
    assert {figure.nationality for figure in roster()} <= COUNTRIES.keys()


def test_nobody_fictitious_may_bear_the_name_of_one() -> None:
    assert all(is_public_figure(figure.name) for figure in roster())


@pytest.mark.parametrize("four", FOURS, ids=lambda four: four[0].name)
def test_each_fact_is_true_of_one_of_a_four_alone(four: tuple[PublicFigure, ...]) -> None:
    for fact in ("born", "died", "nationality", "profession"):
        assert len({getattr(figure, fact) for figure in four}) == FOUR
    assert max(figure.born for figure in four) < min(figure.died for figure in four)


def test_professions_and_centuries_are_balanced_in_the_first_as_in_all() -> None:
    for some in (roster(), roster()[:80]):
        professions = Counter(figure.profession for figure in some)
        nationalities = Counter(figure.nationality for figure in some)
        assert len(professions) >= 20 and max(professions.values()) <= 0.2 * len(some)
        assert len(nationalities) >= 12 and max(nationalities.values()) <= 0.25 * len(some)
        assert len({figure.born // 100 for figure in some}) >= 4


def test_what_everybody_knows_stands_there() -> None:
    known = {figure.name: figure for figure in roster()}
    mozart, wharton = known["Wolfgang Amadeus Mozart"], known["Edith Wharton"]
    assert (mozart.born, mozart.died, mozart.nationality, mozart.profession) == (1756, 1791, "Austrian", "composer")
    assert (wharton.born, wharton.died, wharton.nationality, wharton.profession) == (1862, 1937, "American", "writer")


def test_the_source_s_licence_and_notice_come_along() -> None:
    text = LICENCE.read_text(encoding="utf-8")
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in text
    assert "data.noun" in text
