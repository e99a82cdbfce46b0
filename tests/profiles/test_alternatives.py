"""Alternatives are exchangeable with the truth: knowing the options, one guesses no better than by chance."""

import collections
import math
import re
from collections.abc import Callable, Sequence
from random import Random

import pytest

from builder.profiles import persona
from builder.profiles.alternatives import NoAlternatives, imagine, nested
from builder.profiles.facts import KINDS
from builder.profiles.persona import Sketch, World, world
from builder.recipe import Recipe
from builder.records import Profile

ASKED = [kind.key for kind in KINDS if kind.asked]
Solver = Callable[[Sequence[str]], Sequence[float]]
Rows = list[tuple[str, list[str]]]


def test_each_asked_fact_has_as_many_as_the_recipe_wishes(people: list[Profile], recipe: Recipe) -> None:
    for person in people:
        for fact in person.facts:
            assert len(fact.alternatives) == (recipe.profiles.alternatives if fact.asked else 0)


def test_they_differ_from_each_other_and_from_every_value(people: list[Profile]) -> None:
    for person in people:
        values = {fact.value.casefold() for fact in person.facts} | {person.given_name.casefold()}
        for fact in person.facts:
            folded = {value.casefold() for value in fact.alternatives}
            assert len(folded) == len(fact.alternatives)
            assert not folded & values
            assert not any(nested(value, fact.value) for value in fact.alternatives)


def test_nested_is_about_whole_words() -> None:
    assert nested("York", "new york")
    assert nested("New York", "York")
    assert not nested("B negative", "AB negative")
    assert not nested("4 March 1987", "14 March 1987")


def test_imagined_persons_share_what_a_question_shows(people: list[Profile]) -> None:
    for person in people[:100]:
        born = [int(value[-4:]) for value in person.fact("birth_date").alternatives]
        youngest, oldest = persona.AGES[person.age_group]
        assert all(2025 - oldest - 1 <= year <= 2025 - youngest for year in born)
        assert person.family_name not in person.fact("mother_maiden_name").alternatives
        assert person.given_name not in person.fact("father_name").alternatives


def test_too_narrow_a_world_is_refused(monkeypatch: pytest.MonkeyPatch, recipe: Recipe) -> None:
    sketch = Sketch("de_DE", "female", "young", "Vera", "Nobody")
    lives = persona.draw(sketch, world(recipe), Random(1))

    def same(sketch: Sketch, world: World, random: Random) -> dict[str, str]:
        return {**persona.draw(sketch, world, random), "hobby": "chess"}

    monkeypatch.setattr("builder.profiles.alternatives.draw", same)
    with pytest.raises(NoAlternatives, match="profile 00009: 'hobby' has only"):
        imagine("00009", sketch, lives, world(recipe), 7)


def _number(text: str) -> int:
    return int("".join(re.findall(r"\d", text)) or 0)


def _median(options: Sequence[str]) -> list[float]:
    ranked = sorted(map(_number, options))
    return [-abs(ranked.index(_number(option)) - 1.5) for option in options]


def _solvers(rows: Rows) -> dict[str, Solver]:
    """Ways to guess from the options alone: each gives every option a score."""
    options = collections.Counter(option for _, shown in rows for option in shown)
    return {
        "longest": lambda shown: [len(option) for option in shown],
        "shortest": lambda shown: [-len(option) for option in shown],
        "lexicographically first": lambda shown: [-sorted(shown).index(option) for option in shown],
        "most frequent option": lambda shown: [options[option] for option in shown],
        "rarest option": lambda shown: [-options[option] for option in shown],
        "numerically largest": lambda shown: [_number(option) for option in shown],
        "numerically median": _median,
    }


@pytest.fixture(scope="module")
def rows(people: list[Profile]) -> dict[str, Rows]:
    """Per fact and person the value, and the options that a question would show."""
    random = Random(99)
    rows: dict[str, Rows] = {}
    for key in ASKED:
        rows[key] = []
        for person in people:
            fact = person.fact(key)
            shown = [fact.value, *fact.alternatives[:3]]
            random.shuffle(shown)
            rows[key].append((fact.value, shown))
    return rows


def _assert_chance(hits: float, count: int, what: str) -> None:
    """Within the 99.9% interval of a binomial of probability 1/4."""
    margin = 3.29 * math.sqrt(0.25 * 0.75 / count)
    assert abs(hits / count - 0.25) < margin, f"{what}: {hits / count:.3f}, chance is 0.25 ± {margin:.3f}"


def _hit(value: str, shown: Sequence[str], scores: Sequence[float], random: Random) -> bool:
    best = [option for option, score in zip(shown, scores, strict=True) if score == max(scores)]
    return random.choice(best) == value


@pytest.mark.parametrize("key", ASKED)
def test_options_alone_do_not_tell(rows: dict[str, Rows], key: str) -> None:
    random = Random(key)
    for name, solver in _solvers(rows[key]).items():
        hits = sum(_hit(value, shown, solver(shown), random) for value, shown in rows[key])
        _assert_chance(hits, len(rows[key]), f"{key}, {name}")


@pytest.mark.parametrize("key", ASKED)
def test_what_others_have_does_not_tell(rows: dict[str, Rows], key: str) -> None:
    """The value that most other people have is no better guess than any."""
    random = Random(key)
    values = collections.Counter(value for value, _ in rows[key])
    hits = 0
    for value, shown in rows[key]:
        others = values - collections.Counter([value])
        hits += _hit(value, shown, [others[option] for option in shown], random)
    _assert_chance(hits, len(rows[key]), key)


@pytest.mark.parametrize("key", ASKED)
def test_their_order_tells_nothing(people: list[Profile], key: str) -> None:
    """They stand in the order of drawing: neither end of the list has the longer values."""
    ends = [(person.fact(key).alternatives[0], person.fact(key).alternatives[-1]) for person in people]
    longer = [len(first) > len(last) for first, last in ends if len(first) != len(last)]
    margin = 3.29 * math.sqrt(max(1, len(longer))) / 2
    assert abs(sum(longer) - len(longer) / 2) <= margin
