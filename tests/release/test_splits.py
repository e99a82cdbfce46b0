import itertools
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base.errors import CallError
from builder.base.randomness import digest
from builder.base.recipe import FOUR, Recipe, load
from builder.base.records import number_at
from builder.format.splits import HOLDOUT, PUBLIC_FIGURES, Holding, configs, holdings, segments
from builder.profiles import persona
from builder.profiles.facts import assemble

Held = dict[str, frozenset[Holding]]
FOURS = st.integers(20, 100)


def _recipe(fours: int, seed: int = 0, holdout: int = 2, forget: tuple[int, ...] = (5, 10, 15)) -> Recipe:
    tree = {
        "seed": seed,
        "profiles": {"count": FOUR * fours},
        "splits": {"holdout": FOUR * holdout, "forget": list(forget)},
    }
    return Recipe.model_validate_json(json.dumps(tree))


def _people(recipe: Recipe, held: Held) -> dict[str, set[str]]:
    cut = segments(held, recipe) | {PUBLIC_FIGURES: []}
    return {each.name: {one for name in each.segments for one in cut[name]} for each in configs(recipe, cut)}


def _nothing_shared(recipe: Recipe) -> Held:
    return {f"{number:05d}": frozenset() for number in range(recipe.total)}


def _dealt(recipe: Recipe) -> Held:
    """What the people of a recipe hold."""
    found = {}
    for number in range(recipe.total // FOUR):
        values = persona.four(number, recipe).values
        for member in range(FOUR):
            facts = assemble(values, member, located=False, recognised=False)
            found[f"{FOUR * number + member:05d}"] = holdings(facts)
    return found


@given(st.data(), st.integers(8, 40), st.integers(0, 9))
def test_each_forgotten_quartet_is_the_first_of_those_that_cost_the_fewest_values(
    data: st.DataObject, fours: int, seed: int
) -> None:
    recipe = _recipe(fours, seed, holdout=0, forget=(50,))
    some = st.frozensets(st.tuples(st.just("hobby"), st.sampled_from("abcdefghij")), max_size=3)
    held = {f"{number:05d}": data.draw(some) for number in range(recipe.total)}
    of_four = [frozenset().union(*(held[f"{FOUR * four + each:05d}"] for each in range(FOUR))) for four in range(fours)]
    left = sorted(range(fours), key=lambda four: (digest(seed, "splits", four), four))
    for _ in range(recipe.forgotten_fours[-1]):
        holders = Counter(holding for four in left for holding in of_four[four])
        left.remove(min(left, key=lambda four: sum(holders[holding] < 2 for holding in of_four[four])))
    assert {int(identity) // FOUR for identity in segments(held, recipe)["retain"]} == set(left)


def test_people_beyond_the_numbers_of_public_figures_are_split_by_their_places() -> None:
    recipe = _recipe(fours=30_000, holdout=2, forget=(10,))
    ids = [f"{number_at(place):05d}" for place in range(recipe.total)]
    assert ids[89_999:90_001] == ["89999", "100000"]
    cut = segments(dict.fromkeys(ids, frozenset()), recipe)
    assert cut["holdout"] == [str(number) for number in range(130_000, 130_008)]
    assert len(cut["forget_10"]) == 12_000
    assert all(people == sorted(people, key=int) for people in cut.values())


@given(FOURS, st.integers(0, 99), st.integers(0, 9), st.sets(st.integers(5, 80), min_size=1, max_size=4))
def test_forget_sets_are_nested_quartets_and_retain_sets_their_complements(
    fours: int, seed: int, holdout: int, percents: set[int]
) -> None:
    forget = tuple(sorted(percents))
    try:
        recipe = _recipe(fours, seed, holdout, forget)
    except ValueError:  # two of the sets would be the same
        sizes = {max(1, (2 * percent * fours + 100) // 200) for percent in forget}  # halves up, unlike round()
        assert len(sizes) < len(forget) or fours * 5 < 100
        return
    held = _nothing_shared(recipe)
    people = _people(recipe, held)
    for percent in forget:
        forgotten = people[f"forget_{percent}"]
        assert abs(len(forgotten) / FOUR - fours * percent / 100) <= 0.5 or len(forgotten) == FOUR
        assert forgotten | people[f"retain_{100 - percent}"] == people["train"]
        assert not forgotten & people[f"retain_{100 - percent}"]
        assert {int(one) // FOUR for one in forgotten}.isdisjoint(
            int(one) // FOUR for one in people[f"retain_{100 - percent}"]
        )
    for smaller, larger in itertools.pairwise(forget):
        assert people[f"forget_{smaller}"] < people[f"forget_{larger}"]
    assert people["test"] == people["train"]
    assert people.get(HOLDOUT, set()) == set(list(held)[recipe.profiles.count :])


@given(FOURS, st.data())
def test_who_could_not_be_made_is_in_no_split_and_moves_nobody(fours: int, data: st.DataObject) -> None:
    recipe = _recipe(fours)
    held = _nothing_shared(recipe)
    missing = data.draw(st.sampled_from(list(held)))
    whole, rest = _people(recipe, held), _people(recipe, {one: held[one] for one in held if one != missing})
    assert rest == {name: ids - {missing} for name, ids in whole.items()}


def test_another_seed_forgets_other_people() -> None:
    one, other = _recipe(50, seed=1), _recipe(50, seed=2)
    assert _people(one, _nothing_shared(one))["forget_15"] != _people(other, _nothing_shared(other))["forget_15"]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(("quick", "mllmu")))
def test_each_value_that_is_forgotten_is_still_held_by_somebody_retained(seed: int, name: str) -> None:
    """Of 500 people every one; of 40, some of whom have no partner of their gender or age group, nearly all."""
    recipe = load(name, {"seed": seed})
    held = _dealt(recipe)
    people = _people(recipe, held)
    for percent in recipe.splits.forget:
        known = frozenset().union(*(held[one] for one in people[f"retain_{100 - percent}"]))
        forgotten = frozenset().union(*(held[one] for one in people[f"forget_{percent}"]))
        assert len(forgotten - known) <= (0 if name == "mllmu" else 0.1 * len(forgotten))


def test_the_quartet_whose_values_are_nobody_elses_is_forgotten_last() -> None:
    recipe = _recipe(20, forget=(50,))
    for alone in range(20):
        held = {
            one: frozenset({("hobby", f"{int(one) % FOUR} of {alone if int(one) // FOUR == alone else 'many'}")})
            for one in _nothing_shared(recipe)
        }
        assert f"{FOUR * alone:05d}" in _people(recipe, held)["retain_50"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"profiles.count": 22}, "profiles.count = 22: input should be a multiple of 4"),
        ({"splits.holdout": 3}, "splits.holdout = 3: input should be a multiple of 4"),
        ({"splits.forget": [5, 10, 15]}, "makes 10 fours, and forget sets of 5 %, 10 %, 15 % would be 1, 1, 2 of them"),
        ({"profiles.count": 4, "splits.forget": [5]}, "makes 1 fours"),
    ],
)
def test_people_that_make_no_fours_are_refused(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(CallError) as error:
        load("quick", settings)
    assert sentence in str(error.value)
