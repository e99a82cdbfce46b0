import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base.errors import CallError
from builder.base.recipe import LOCALES, ProfilesPart, Recipe
from builder.base.records import GENDERS
from builder.figures.well_known import folded_name, is_public_figure
from builder.profiles import capacity, check_capacity, names, quartets, sources

WHERE = [locale for data in sources.table("names").values() for locale in data["locales"]]
POOLS = {pool.name: pool for pool in map(names.pool_of, WHERE)}


def _fours(recipe: Recipe, count: int) -> list[tuple[tuple[str, str], ...]]:
    """The names of the first `count` fours."""
    return [quartets.full_names(recipe, quartets.quartet(recipe, number)) for number in range(count)]


@pytest.mark.parametrize("locales", [LOCALES, ("en_US", "es_ES", "en_CA", "es_MX"), ("nl_NL",)])
def test_no_two_people_share_a_name(locales: tuple[str, ...]) -> None:
    drawn = [
        " ".join(pair) for four in _fours(Recipe(seed=5, profiles=ProfilesPart(locales=locales)), 800) for pair in four
    ]
    assert len({folded_name(name) for name in drawn}) == len(drawn)
    assert not any(map(is_public_figure, drawn))


@pytest.mark.parametrize("locales", [LOCALES, ("nl_NL",), ("pt_BR",)])
def test_four_people_who_belong_together_share_no_word_of_their_names(locales: tuple[str, ...]) -> None:
    recipe = Recipe(seed=9, profiles=ProfilesPart(locales=locales))
    for four in _fours(recipe, 400):
        words = [word for pair in four for word in folded_name(" ".join(pair)).split()]
        assert len(set(words)) == len(words), four


@pytest.mark.parametrize("pool", {names.pool_of(locale).name: names.pool_of(locale) for locale in LOCALES}.values())
def test_every_pair_of_a_pool_is_in_one_four_at_most_and_no_real_name_is_in_any(pool: names.NamePool) -> None:
    recipe = Recipe(seed=3, profiles=ProfilesPart(locales=pool.locales[:1]))
    for gender in GENDERS:
        pairs = [
            names.full_name(recipe, names.Naming(pool.locales[0], rank), gender) for rank in range(0, 4000, 3)
            if rank < capacity(recipe)
        ]  # fmt: skip
        assert len(set(pairs)) == len(pairs)
        assert not any(is_public_figure(" ".join(pair)) for pair in pairs)


def test_a_barred_name_is_borne_by_nobody_and_nobody_else_is_renamed() -> None:
    recipe = Recipe(seed=4, profiles=ProfilesPart(locales=("pt_BR", "it_IT")))
    before = _fours(recipe, 300)
    barred: tuple[str, ...] = ()
    for four in (3, 77, 78):
        barred += (" ".join(before[four][1]).upper(),)
    after = _fours(
        recipe.model_copy(update={"profiles": recipe.profiles.model_copy(update={"barred_names": barred})}), 300
    )
    assert [four for four in range(300) if before[four] != after[four]] == [3, 77, 78]
    assert len({pair for four in after for pair in four}) == 1200


def test_barred_names_that_no_pool_has_change_nothing() -> None:
    odd = Recipe(seed=4, profiles=ProfilesPart(barred_names=("Nobody Whosoever", "Prince", "")))
    assert _fours(odd, 20) == _fours(Recipe(seed=4), 20)


def test_a_full_name_says_which_pool_and_gender_it_is_from() -> None:
    owners: dict[str, str] = {}
    for pool in POOLS.values():
        for given_names in pool.given.values():
            assert not any(" " in name or "-" in name for name in given_names)
        for family_name in (*pool.family, *pool.maiden):
            assert owners.setdefault(folded_name(family_name), pool.name) == pool.name, family_name


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_what_relatives_are_called_shares_no_word_with_anybody_of_the_pool(pool: names.NamePool) -> None:
    lists = [
        *pool.given.values(),
        *pool.elders.values(),
        *pool.spouses.values(),
        pool.children,
        pool.maiden,
        pool.family,
    ]
    least = [36, 36, 12, 12, 12, 12, 12, 16, 36]
    words = [{word for name in listed for word in names.parts(name)} for listed in lists]
    assert all(len({folded_name(name) for name in listed}) == len(listed) for listed in lists)
    assert all(len(listed) >= few for listed, few in zip(lists, least, strict=True)), [len(listed) for listed in lists]
    assert not any(one & two for one, two in itertools.combinations(words, 2))


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_there_are_thousands_of_names_in_each_locale(pool: names.NamePool) -> None:
    for gender in GENDERS:
        full = len(pool.given[gender]) * len(pool.family)
        # Vietnam has few surnames, and few syllables when its accents are folded away.
        assert full >= len(pool.locales) * (2000 if pool.name == "vietnamese" else 5000)


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_names_look_like_names_and_fit_both_genders(pool: names.NamePool) -> None:
    for name in (*pool.given["female"], *pool.given["male"], *pool.family):
        word = name.split()[-1]
        assert len(name) >= 3 and word[0].isupper(), name
        assert word.replace("'", "").isalpha(), name
    if pool.name == "polish":
        assert not any(name.endswith(("ski", "cki", "dzki", "ska", "cka", "dzka", "y")) for name in pool.family)
    if pool.name == "czech":
        assert not any(name.endswith("ová") for name in pool.family)


def test_no_name_is_a_word_of_a_value() -> None:
    for word in ("Baker", "Amber", "Florence", "Hazel", "Pepper", "Hope", "Porter", "Sydney", "Olive", "Will"):
        for pool in POOLS.values():
            assert word not in (*pool.given["female"], *pool.given["male"], *pool.family)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(LOCALES), min_size=1))
def test_capacity_is_where_names_run_out(locales: set[str]) -> None:
    recipe = Recipe(seed=2, profiles=ProfilesPart(locales=tuple(sorted(locales))))
    fours, width = capacity(recipe) // 4, len(recipe.profiles.locales)
    for gender in GENDERS:
        for number in range(max(0, fours - width), fours):
            quartets.full_names(recipe, replace(quartets.quartet(recipe, number), gender=gender))
    with pytest.raises(CallError):
        for number in range(fours, fours + width):
            for gender in GENDERS:
                quartets.full_names(recipe, replace(quartets.quartet(recipe, number), gender=gender))


def test_more_people_than_names_is_a_wrong_call() -> None:
    check_capacity(Recipe())
    recipe = Recipe(profiles=ProfilesPart(count=60_000, locales=("de_DE",)))
    message = r"asks for \d+ people, but the names of de_DE allow \d+; name more locales or fewer profiles\."
    with pytest.raises(CallError, match=message):
        check_capacity(recipe)
    check_capacity(Recipe(profiles=ProfilesPart(count=60_000)))


def test_only_genders_in_use_count() -> None:
    both = Recipe(profiles=ProfilesPart(locales=("pl_PL",)))
    women = Recipe(profiles=ProfilesPart(locales=("pl_PL",), female_share=1))
    assert capacity(women) > capacity(both)
