"""People in fours: what they share, what they are dealt, and what a benchmark of them therefore holds."""

import itertools
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base.recipe import FOUR, ProfilesPart, Recipe
from builder.base.records import Profile
from builder.profiles import blocks, lives, quartets
from builder.profiles.facts import KINDS

ASKED = {kind.key: kind for kind in KINDS if kind.asked}


def _fours(people: list[Profile]) -> dict[int, list[Profile]]:
    fours: dict[int, list[Profile]] = defaultdict(list)
    for person in people:
        assert person.quartet is not None
        fours[person.quartet].append(person)
    return fours


def test_the_four_share_what_a_question_shows_and_no_asked_value(people: list[Profile]) -> None:
    for number, four in _fours(people).items():
        assert [int(person.id) for person in four] == list(range(FOUR * number, FOUR * number + FOUR))
        assert len({(each.locale, each.gender, each.age_group) for each in four}) == 1
        assert len({each.given_name for each in four}) == len({each.family_name for each in four}) == FOUR
        assert len({tuple(fact.key for fact in each.facts) for each in four}) == 1
        for key in (fact.key for fact in four[0].facts if fact.asked):
            assert len({each.fact(key).value.casefold() for each in four}) == FOUR, key


def test_the_alternatives_are_the_values_of_the_three_others(people: list[Profile]) -> None:
    for four in _fours(people).values():
        for person in four:
            for fact in person.facts:
                others = {each.fact(fact.key).value for each in four if each is not person}
                assert set(fact.alternatives) == (others if fact.asked else set())


def test_no_value_holds_a_part_of_a_name_of_the_four(people: list[Profile]) -> None:
    for four in _fours(people).values():
        names = {part for each in four for part in f"{each.given_name} {each.family_name}".casefold().split()}
        for person in four:
            for fact in person.facts:
                if fact.asked:
                    assert not names & set(fact.value.casefold().replace("-", " ").split()), (person.name, fact)


def test_shared_values_are_held_by_other_quartets_and_others_are_not(people: list[Profile]) -> None:
    holders: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for person in people:
        for fact in person.facts:
            holders[fact.key, fact.value].add(person.quartet)
    of_key: dict[str, list[int]] = defaultdict(list)
    for (key, _), fours in holders.items():
        of_key[key].append(len(fours))
    for key, kind in ASKED.items():
        alone = sum(count == 1 for count in of_key[key]) / len(of_key[key])
        # The last quartet of a country, a gender or an age group may have no partner yet.
        assert alone < 0.8 if kind.shared else alone > 0.9, (key, alone)


def test_each_value_of_a_block_is_held_equally_often(people: list[Profile]) -> None:
    """In each country, as some share given names and banks; but for fields of study, which several sectors share."""
    counts = Counter((each.locale, fact.key, fact.value) for each in people for fact in each.facts if fact.asked)
    for person in people:
        for fact in person.facts:
            if fact.asked and fact.shared and fact.key != "field_of_study":
                four = {counts[person.locale, fact.key, value] for value in (fact.value, *fact.alternatives)}
                assert len(four) == 1, (person.id, fact)


def test_the_deal_of_each_fact_is_its_own(people: list[Profile]) -> None:
    """Among people who share a value of one fact, another fact's values follow no pattern."""
    together = {"occupation", "field_of_study", "annual_salary", "employed_since", "birth_date"}
    keys = [key for key, kind in ASKED.items() if kind.shared and key not in together and key != "university"]
    hits = trials = 0
    for one in keys:
        values: dict[str, list[Profile]] = defaultdict(list)
        for person in people:
            if any(fact.key == one for fact in person.facts):
                values[person.fact(one).value].append(person)
        for alike in values.values():
            for other in keys:
                if other == one:
                    continue
                for person, mate in itertools.pairwise(alike):
                    known = {fact.key: fact for fact in person.facts}
                    held = {fact.key: fact.value for fact in mate.facts}
                    if other in known and held.get(other) in (known[other].value, *known[other].alternatives):
                        trials += 1
                        hits += held[other] == known[other].value
    assert trials > 2000
    assert abs(hits / trials - 0.25) < 0.02


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9), st.integers(0, 400), st.sampled_from((0.0, 0.3, 0.5, 1.0)))
def test_quartets_are_balanced_whatever_the_share_of_women(seed: int, count: int, share: float) -> None:
    recipe = Recipe(seed=seed, profiles=ProfilesPart(female_share=share, locales=("en_GB", "pl_PL", "en_KE")))
    drawn = [quartets.quartet(recipe, number) for number in range(count)]
    women = sum(each.gender == "female" for each in drawn)
    assert abs(women - share * count) <= 1
    for locale in recipe.profiles.locales:
        ranks = [each.rank for each in drawn if each.locale == locale]
        assert ranks == list(range(len(ranks)))
        assert abs(len(ranks) - count / 3) < 1
    classes = Counter((each.gender, each.age_group) for each in drawn)
    for gender in ("female", "male"):
        sizes = [classes[gender, group] for group in quartets.AGES]
        assert max(sizes) - min(sizes) <= 1
    assert all(quartets.quartet_at(recipe, each.locale, each.rank) == each for each in drawn[:12])


@given(st.integers(0, 5), st.sampled_from((2, 4, 8)), st.integers(0, 500))
def test_two_of_each_window_have_the_same_turn(seed: int, window: int, index: int) -> None:
    other = blocks.partner(seed, "x", index, window)
    assert other != index
    assert other // window == index // window
    assert blocks.turn(seed, "x", other, window) == blocks.turn(seed, "x", index, window)
    assert blocks.partner(seed, "x", other, window) == index


@given(st.lists(st.text(min_size=1), unique=True, max_size=60), st.integers(0, 9))
def test_a_pool_is_cut_into_disjoint_fours(pool: list[str], seed: int) -> None:
    cut = blocks.cut(seed, "x", tuple(pool))
    assert len(cut) == len(pool) // FOUR
    assert all(len(block) == FOUR for block in cut)
    used = [value for block in cut for value in block]
    assert len(set(used)) == len(used)
    assert set(used) <= set(pool)
    assert cut == blocks.cut(seed, "x", tuple(pool))


def test_every_block_is_used_before_any_is_used_again() -> None:
    cut = blocks.cut(3, "x", tuple(map(str, range(40))))
    for run in range(5):
        assert {blocks.dealt(3, "x", cut, run * len(cut) + place) for place in range(len(cut))} == set(cut)


def test_a_block_that_is_not_allowed_is_passed_over() -> None:
    cut = blocks.cut(3, "x", tuple(map(str, range(12))))
    barred = blocks.dealt(3, "x", cut, 0)
    assert blocks.dealt(3, "x", cut, 0, lambda block: block != barred) != barred
    with pytest.raises(Exception, match="another seed"):
        blocks.dealt(3, "x", cut, 0, lambda block: False)


def test_spread_values_lie_far_apart() -> None:
    assert blocks.spread([str(value) for value in range(12)])[0] == ("0", "3", "6", "9")


def test_some_facts_are_not_everybodys(recipe: Recipe, people: list[Profile]) -> None:
    had = Counter(fact.key for person in people for fact in person.facts)
    for key, kind in ASKED.items():
        share = had[key] / len(people)
        assert (share == 1) == (kind.share == 1), key
        assert abs(share - kind.share) < 0.2, (key, share)
    assert had["university"] == had["field_of_study"]


def test_nobody_dreams_of_their_own_country(people: list[Profile]) -> None:
    lies_in = {each.name: each.locale for each in lives.destinations()}
    assert not [p for p in people if lies_in[p.fact("dream_destination").value] == p.locale]
