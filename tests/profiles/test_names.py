import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import CallError
from builder.profiles import capacity, check_capacity, names
from builder.public_figures import fold, is_public_figure
from builder.recipe import LOCALES, ProfilesPart, Recipe
from builder.records import Gender

GENDERS: tuple[Gender, ...] = ("female", "male")
POOLS = {pool.name: pool for pool in map(names.pool_of, LOCALES)}


def _all_names(recipe: Recipe, count: int) -> list[str]:
    full = []
    for number in range(count):
        naming = names.naming(recipe, number)
        full.append(" ".join(names.full_name(recipe, naming, GENDERS[number * 7 // 3 % 2])))
    return full


@pytest.mark.parametrize("locales", [LOCALES, ("en_US", "es_ES", "en_CA", "es_MX"), ("pt_BR",)])
def test_no_two_people_share_a_name(locales: tuple[str, ...]) -> None:
    drawn = _all_names(Recipe(seed=5, profiles=ProfilesPart(locales=locales)), 3000)
    assert len({fold(name) for name in drawn}) == len(drawn)
    assert not any(map(is_public_figure, drawn))


def test_locales_have_equal_shares() -> None:
    recipe = Recipe(seed=1)
    drawn = [names.naming(recipe, number) for number in range(160)]
    for locale in LOCALES:
        assert sorted(naming.rank for naming in drawn if naming.locale == locale) == list(range(10))
    assert [naming.locale for naming in drawn[:16]] != [naming.locale for naming in drawn[16:32]]


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_every_free_pair_has_one_index_and_no_public_figure_has_any(pool: names.NamePool) -> None:
    for gender in GENDERS:
        cells = len(pool.given[gender]) * len(pool.family)
        taken = pool.taken[gender]
        assert pool.size(gender) == cells - len(taken)
        # Around each taken pair, and at both ends, where one off would show.
        indexes = sorted({index for cell in (0, cells, *taken) for index in range(cell - 40, cell + 3)})
        pairs = [pool.pair(gender, index) for index in indexes if 0 <= index < pool.size(gender)]
        assert len(set(pairs)) == len(pairs)
        assert not any(is_public_figure(" ".join(pair)) for pair in pairs)
        assert pool.pair(gender, pool.size(gender) - 1) == (pool.given[gender][-1], pool.family[-1])


def test_a_full_name_says_which_pool_and_gender_it_is_from() -> None:
    owners: dict[str, str] = {}
    for pool in POOLS.values():
        assert not {fold(name) for name in pool.given["female"]} & {fold(name) for name in pool.given["male"]}
        for given_names in pool.given.values():
            assert len({fold(name) for name in given_names}) == len(given_names) >= 100
            assert not any(" " in name or "-" in name for name in given_names)
        for family_name in pool.family:
            assert owners.setdefault(fold(family_name), pool.name) == pool.name, family_name


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_names_look_like_names_and_fit_both_genders(pool: names.NamePool) -> None:
    for name in (*pool.given["female"], *pool.given["male"], *pool.family):
        word = name.split()[-1]
        assert len(word) >= 3 and word[0].isupper(), name
        assert word.replace("'", "").isalpha(), name
    if pool.name == "polish":
        assert not any(name.endswith(("ski", "cki", "dzki", "ska", "cka", "dzka", "y")) for name in pool.family)


def test_no_name_is_a_word_of_a_value() -> None:
    for word in ("Baker", "Amber", "Florence", "Hazel", "Pepper", "Hope", "Porter", "Sydney", "Olive", "Will"):
        for pool in POOLS.values():
            assert word not in (*pool.given["female"], *pool.given["male"], *pool.family)


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from(LOCALES), min_size=1))
def test_capacity_is_where_names_run_out(locales: set[str]) -> None:
    recipe = Recipe(seed=2, profiles=ProfilesPart(locales=tuple(sorted(locales))))
    last = capacity(recipe) - 1
    for gender in GENDERS:
        assert names.full_name(recipe, names.naming(recipe, last), gender)
    with pytest.raises(CallError):
        for number in range(last + 1, last + 1 + len(locales)):
            for gender in GENDERS:
                names.full_name(recipe, names.naming(recipe, number), gender)


def test_more_people_than_names_is_a_wrong_call() -> None:
    check_capacity(Recipe())
    recipe = Recipe(profiles=ProfilesPart(count=60_000, locales=("de_DE",)))
    message = r"asks for 60050 people, but the names of de_DE allow \d+; name more locales or fewer profiles\."
    with pytest.raises(CallError, match=message):
        check_capacity(recipe)
    check_capacity(Recipe(profiles=ProfilesPart(count=90_000)))


def test_only_genders_in_use_count() -> None:
    both = Recipe(profiles=ProfilesPart(locales=("de_DE",)))
    men = Recipe(profiles=ProfilesPart(locales=("de_DE",), female_share=0))
    assert capacity(men) > capacity(both)
