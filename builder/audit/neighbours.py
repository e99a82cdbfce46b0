"""Neighbourhood: forget and retain people share employers, universities and cities often enough."""

import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb

from builder.audit import thresholds
from builder.audit.finding import MOST_EXAMPLES, level, percent
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import lower_tail, wilson
from builder.base.recipe import Recipe
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

SHARED = ("employer", "university", "residence", "bank")
"""Facts that people may share with neighbours."""
ASKED = ("employer", "university", "residence")
"""Those of them that the recipe's rate counts: sharing a bank makes nobody a neighbour."""
ANY = "any of them"


@dataclass(frozen=True)
class Neighbours:
    """How many forget people have a retain neighbour, and how many would if the sets were drawn at random."""

    key: str
    hits: int
    trials: int
    expected: float

    @property
    def bar(self) -> float:
        """The rate below which the sets are too far apart."""
        return max(0.0, self.expected - thresholds.NEIGHBOUR_MARGIN)


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained person: the values that neighbours may share, by fact."""

    id: str
    retained: bool
    values: tuple[str, ...]


def observe_neighbours(person: Person, _: Setting) -> Note:
    """The values that neighbours may share; a missing fact is empty."""
    values = {fact.key: fact.value for fact in person.profile.facts if fact.key in SHARED}
    return {"values": tuple(values.get(key, "") for key in SHARED)}


def assess_neighbours(notes: Notes, setting: Setting) -> list[Finding]:
    """Two findings: forget people with a neighbour in retain against chance, and against the recipe's rate."""
    trained = [
        Trained(person.id, person.segment == "retain", tuple(map(sys.intern, person.note)))
        for person in notes.of("values")
        if person.segment != "holdout"
    ]
    retained = sum(person.retained for person in trained)
    if retained in (0, len(trained)):
        return []
    assert setting.recipe
    return [_against_chance(trained), _against_recipe(trained, setting.recipe)]


def _against_chance(trained: Sequence[Trained]) -> Finding:
    """Fact by fact and for any of them."""
    found = [_neighbours(trained, (key,)) for key in SHARED]
    found.append(_neighbours(trained, SHARED))
    tests = len(found)
    failed = [each for each in found if lower_tail(each.hits, each.trials, each.bar) < level(tests)]
    overall = found[-1]
    rate = overall.hits / overall.trials
    return Finding(
        check="neighbours",
        audit="neighbours",
        title="Forget people with a neighbour in the retain set",
        figure=rate,
        unit="share",
        wanted="at least",
        threshold=overall.bar,
        passed=not failed,
        sentence=f"{overall.hits} of {overall.trials} forget people ({percent(rate)}) share an employer, "
        "university, city or bank with somebody in the retain set; random sets of these people would give "
        f"{percent(overall.expected)}.",
        interval=wilson(overall.hits, overall.trials, level(tests)),
        values=tuple(value for each in found for value in _values(each, tests, each not in failed)),
        worst=tuple(itertools.islice(_alone(trained, SHARED), MOST_EXAMPLES)) if failed else (),
    )


def _against_recipe(trained: Sequence[Trained], recipe: Recipe) -> Finding:
    wanted = recipe.splits.neighbours
    found = _neighbours(trained, ASKED)
    rate = found.hits / found.trials
    passed = lower_tail(found.hits, found.trials, wanted) >= level(1)
    way_out = "; fewer profiles.locales or more profiles.count raise it"
    return Finding(
        check="neighbour_rate",
        audit="neighbours",
        title="Forget people with a neighbour in the retain set, compared with the recipe",
        figure=rate,
        unit="share",
        wanted="at least",
        threshold=wanted,
        passed=passed,
        sentence=f"{found.hits} of {found.trials} forget people ({percent(rate)}) share an employer, university or "
        f"city with somebody in the retain set; splits.neighbours asks for {percent(wanted)}"
        f"{'' if passed else way_out}.",
        interval=wilson(found.hits, found.trials, level(1)),
        worst=() if passed else tuple(itertools.islice(_alone(trained, ASKED), MOST_EXAMPLES)),
    )


def _neighbours(trained: Sequence[Trained], keys: tuple[str, ...]) -> Neighbours:
    """Count over `keys`. Of somebody with n possible neighbours among the trained, all are forgotten as well with
    probability C(f-1, n) / C(N-1, n) when f of N are forgotten at random."""
    places = [SHARED.index(key) for key in keys]
    holders: dict[tuple[int, str], set[int]] = {}
    for number, person in enumerate(trained):
        for place in places:
            if person.values[place]:
                holders.setdefault((place, person.values[place]), set()).add(number)
    retained = {number for number, person in enumerate(trained) if person.retained}
    numbers: Counter[int] = Counter()
    hits = 0
    for number, person in enumerate(trained):
        mates = set().union(*(holders.get((place, person.values[place]), set()) for place in places)) - {number}
        numbers[len(mates)] += 1
        hits += not person.retained and not mates.isdisjoint(retained)
    size, total = len(trained) - len(retained) - 1, len(trained) - 1
    chance = {count: 1 - (comb(size, count) / comb(total, count)) for count in numbers}
    expected = sum(chance[count] * people for count, people in numbers.items()) / len(trained)
    return Neighbours(ANY if len(keys) > 1 else keys[0], hits, size + 1, expected)


def _values(found: Neighbours, tests: int, passed: bool) -> tuple[Value, Value]:
    low, high = wilson(found.hits, found.trials, level(tests))
    return (
        Value(found.key, found.hits / found.trials, low, high, "found", passed),
        Value(found.key, found.expected, series="by chance"),
    )


def _alone(trained: Sequence[Trained], keys: tuple[str, ...]) -> Iterator[FindingExample]:
    places = [SHARED.index(key) for key in keys]
    held = {(place, person.values[place]) for person in trained if person.retained for place in places}
    for person in trained:
        if not person.retained and not any(each and (place, each) in held for place, each in enumerate(person.values)):
            yield FindingExample(person.id, f"shares no {', '.join(keys[:-1])} or {keys[-1]} with a retain person")


NEIGHBOURHOOD = Audit(
    "neighbours",
    "Do forget and retain people share a world?",
    observe_neighbours,
    assess_neighbours,
    needs=("facts", "a recipe"),
)
