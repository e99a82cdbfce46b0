"""Neighbourhood: forget and retain people share employers, universities and cities as often as one world makes them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from builder.audit import thresholds
from builder.audit.finding import Example, Finding, Value, level, percent
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.statistics import lower_tail, wilson
from builder.reading import Person

SHARED = ("employer", "university", "residence", "bank")
"""Facts that people may share with neighbours."""
ANY = "any of them"

Notes = dict[str, str]


@dataclass(frozen=True)
class Neighbours:
    """How many forget people have a retain neighbour, and how many would if the sets were drawn at random."""

    key: str
    hits: int
    trials: int
    expected: float

    @property
    def bar(self) -> float:
        """The rate below which the sets lie too far apart."""
        return max(0.0, self.expected - thresholds.NEIGHBOUR_MARGIN)


def look(person: Person, _: Setting) -> Notes:
    """The values that neighbours may share."""
    return {fact.key: fact.value for fact in person.profile.facts if fact.key in SHARED}


def judge(seen: Sequence[Seen[Notes]], setting: Setting) -> list[Finding]:
    """One finding: forget people with a neighbour in retain against chance, fact by fact and for any of them."""
    trained = [person for person in seen if person.segment != "holdout"]
    forget = [person for person in trained if person.segment != "retain"]
    if not forget or len(forget) == len(trained):
        return []
    found = [_neighbours(trained, forget, (key,)) for key in SHARED]
    found.append(_neighbours(trained, forget, SHARED))
    tests = len(found)
    failed = [each for each in found if lower_tail(each.hits, each.trials, each.bar) < level(tests)]
    overall = found[-1]
    rate = overall.hits / overall.trials
    return [
        Finding(
            check="neighbours",
            audit="neighbours",
            title="Forget people with a neighbour in retain",
            figure=rate,
            unit="share",
            wanted="at least",
            threshold=overall.bar,
            passed=not failed,
            sentence=f"{overall.hits} of {overall.trials} forget people ({percent(rate)}) share an employer, "
            "university, city or bank with somebody to be retained; random sets of these people would give "
            f"{percent(overall.expected)} (profiles.employers_per_sector = "
            f"{setting.recipe.profiles.employers_per_sector}).",
            interval=wilson(overall.hits, overall.trials, level(tests)),
            values=tuple(value for each in found for value in _values(each, tests, each not in failed)),
            worst=tuple(_alone(trained, forget))[:20] if failed else (),
        )
    ]


def _neighbours(trained: Sequence[Seen[Notes]], forget: Sequence[Seen[Notes]], keys: tuple[str, ...]) -> Neighbours:
    """Count over `keys`. Of somebody with n possible neighbours among the trained, all are forgotten as well with
    probability C(f-1, n) / C(N-1, n) when f of N are forgotten at random."""
    holders: dict[tuple[str, str], set[str]] = {}
    for person in trained:
        for key in keys:
            if key in person.note:
                holders.setdefault((key, person.note[key]), set()).add(person.id)
    retained = {person.id for person in trained if person.segment == "retain"}
    mates = {
        person.id: set().union(*(holders.get((key, person.note.get(key, "")), set()) for key in keys)) - {person.id}
        for person in trained
    }
    numbers = Counter(len(found) for found in mates.values())
    size, total = len(forget) - 1, len(trained) - 1
    chance = {count: 1 - (comb(size, count) / comb(total, count)) for count in numbers}
    expected = sum(chance[count] * people for count, people in numbers.items()) / len(trained)
    hits = sum(bool(mates[person.id] & retained) for person in forget)
    return Neighbours(ANY if len(keys) > 1 else keys[0], hits, len(forget), expected)


def _values(found: Neighbours, tests: int, passed: bool) -> tuple[Value, Value]:
    low, high = wilson(found.hits, found.trials, level(tests))
    return (
        Value(found.key, found.hits / found.trials, low, high, "found", passed),
        Value(found.key, found.expected, series="by chance"),
    )


def _alone(trained: Sequence[Seen[Notes]], forget: Sequence[Seen[Notes]]) -> list[Example]:
    held = {fact for person in trained if person.segment == "retain" for fact in person.note.items()}
    lonely = [person for person in forget if not held & set(person.note.items())]
    return [
        Example(person.id, "shares no employer, university, city or bank with a retain person") for person in lonely
    ]


NEIGHBOURHOOD = Audit("neighbours", "Do forget and retain people live in one world?", look, judge)
