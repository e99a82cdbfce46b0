import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from builder.recipe import Recipe
from builder.release.splits import HOLDOUT, configs, segments

COUNTS = st.integers(20, 400)


def _recipe(count: int, seed: int = 0, holdout: int = 5, forget: tuple[int, ...] = (5, 10, 15)) -> Recipe:
    tree = {"seed": seed, "profiles": {"count": count}, "splits": {"holdout": holdout, "forget": list(forget)}}
    return Recipe.model_validate_json(json.dumps(tree))


def _people(recipe: Recipe, ids: list[str]) -> dict[str, set[str]]:
    cut = segments(ids, recipe)
    return {each.name: {one for name in each.segments for one in cut[name]} for each in configs(recipe)}


def _ids(recipe: Recipe) -> list[str]:
    return [f"{number:05d}" for number in range(recipe.total)]


@given(COUNTS, st.integers(0, 99), st.integers(0, 9), st.sets(st.integers(5, 90), min_size=1, max_size=4))
def test_forget_sets_are_nested_and_retain_sets_their_complements(
    count: int, seed: int, holdout: int, percents: set[int]
) -> None:
    forget = tuple(sorted(percents))
    recipe = _recipe(count, seed, holdout, forget)
    people = _people(recipe, _ids(recipe))
    for percent in forget:
        assert abs(len(people[f"forget_{percent}"]) - count * percent / 100) <= 0.5
        assert people[f"forget_{percent}"] | people[f"retain_{100 - percent}"] == people["train"]
        assert not people[f"forget_{percent}"] & people[f"retain_{100 - percent}"]
    for smaller, larger in itertools.pairwise(forget):
        assert people[f"forget_{smaller}"] <= people[f"forget_{larger}"]
    assert people["test"] == people["train"]
    assert people.get(HOLDOUT, set()) == set(_ids(recipe)[count:])


@given(COUNTS, st.data())
def test_who_could_not_be_made_is_in_no_split_and_moves_hardly_anybody(count: int, data: st.DataObject) -> None:
    recipe = _recipe(count)
    missing = data.draw(st.sampled_from(_ids(recipe)))
    whole, rest = _people(recipe, _ids(recipe)), _people(recipe, [one for one in _ids(recipe) if one != missing])
    for name, ids in whole.items():
        assert missing not in rest[name]
        assert len((ids - {missing}) ^ rest[name]) <= 1


def test_another_seed_forgets_other_people() -> None:
    one, other = _recipe(200, seed=1), _recipe(200, seed=2)
    assert _people(one, _ids(one))["forget_15"] != _people(other, _ids(other))["forget_15"]
