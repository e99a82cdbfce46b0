"""Who belongs to which split.

People are cut into disjoint segments; every config of a release is a list of segments, so that nested forget sets
and their complements share their rows instead of repeating them. Forget sets are whole quartets: if one were cut, a
model that never saw its forgotten members would know the others and find the missing values by elimination.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from builder.base.randomness import digest
from builder.base.recipe import FOUR, Recipe
from builder.base.records import Fact, place_of
from builder.format.concepts import CONCEPTS, config_of

RETAIN = "retain"
HOLDOUT = "holdout"
PUBLIC_FIGURES = "public_figures"
"""Real people, about whom a model is asked and never trained."""
UNTRAINED = (HOLDOUT, PUBLIC_FIGURES)
"""Segments whose people no model is trained on: they have no test set."""

Holding = tuple[str, str]
"""The key and a value of a fact."""


@dataclass(frozen=True)
class Config:
    """A config of the release: the people of some segments, and whether their rows are the test set's; or concepts, by
    their ids.
    """

    name: str
    segments: tuple[str, ...] = ()
    test: bool = False
    concepts: tuple[str, ...] = ()


def holdings(facts: Iterable[Fact]) -> frozenset[Holding]:
    """What a person has in common with others: the shared facts that are asked, with their values."""
    return frozenset((fact.key, fact.value) for fact in facts if fact.asked and fact.shared)


def segments(held: Mapping[str, frozenset[Holding]], recipe: Recipe) -> dict[str, list[str]]:
    """The profile ids of each segment, ascending, from what each person holds.

    `forget_5` here holds those of the config forget_5, `forget_10` those that forget_10 adds to it, and so on. A
    quartet's rank depends on the seed and its number alone; one is passed over while forgetting it would leave more
    values without anybody who is retained than forgetting another would.
    """
    fours: dict[int, list[str]] = {}
    for identity in sorted(held, key=int):
        if place_of(identity) < recipe.profiles.count:
            fours.setdefault(int(identity) // FOUR, []).append(identity)
    order = _order(fours, held, recipe)
    cut: dict[str, list[str]] = {}
    start = 0
    for percent, stop in zip(recipe.splits.forget, recipe.forgotten_fours, strict=True):
        cut[f"forget_{percent}"] = _people(order[start:stop], fours)
        start = stop
    cut[RETAIN] = _people(order[start:], fours)
    cut[HOLDOUT] = sorted((identity for identity in held if place_of(identity) >= recipe.profiles.count), key=int)
    return cut


def _people(chosen: Iterable[int], fours: Mapping[int, Sequence[str]]) -> list[str]:
    return sorted((identity for four in chosen for identity in fours[four]), key=int)


def _order(fours: Mapping[int, Sequence[str]], held: Mapping[str, frozenset[Holding]], recipe: Recipe) -> list[int]:
    """The quartets in the order that they are forgotten in: each costs the fewest values, the first of equals.

    What a quartet costs only grows while others are forgotten. So whichever is the cheapest by what it cost earlier,
    and costs no more now, is the cheapest of all, and the others need not be looked at.
    """
    ranked = sorted(fours, key=lambda four: (digest(recipe.seed, "splits", four), four))
    of_four = {four: frozenset().union(*(held[identity] for identity in ids)) for four, ids in fours.items()}
    holders = Counter(holding for holdings in of_four.values() for holding in holdings)

    def cost(four: int) -> int:
        return sum(holders[holding] < 2 for holding in of_four[four])

    left = [(cost(four), rank, four) for rank, four in enumerate(ranked)]
    heapq.heapify(left)
    chosen: list[int] = []
    while len(chosen) < recipe.forgotten_fours[-1]:
        before, rank, four = left[0]
        if (now := cost(four)) > before:
            heapq.heapreplace(left, (now, rank, four))
            continue
        heapq.heappop(left)
        chosen.append(four)
        holders.subtract(of_four[four])
    return [*chosen, *(four for _, _, four in sorted(left, key=itemgetter(1)))]


def configs(recipe: Recipe, segments: Mapping[str, Sequence[str]]) -> list[Config]:
    """The configs of a release with these people in its segments, in the order that its card lists them."""
    forget = tuple(f"forget_{percent}" for percent in recipe.splits.forget)
    everyone = (*forget, RETAIN)
    result = [Config("train", everyone)]
    result += [Config(name, forget[: number + 1]) for number, name in enumerate(forget)]
    result += [
        Config(f"retain_{100 - percent}", everyone[number + 1 :]) for number, percent in enumerate(recipe.splits.forget)
    ]
    result.append(Config("test", everyone, test=True))
    if recipe.splits.holdout:
        result.append(Config(HOLDOUT, (HOLDOUT,)))
    if recipe.public_figures.count:
        result.append(Config(PUBLIC_FIGURES, (PUBLIC_FIGURES,)))
    if recipe.concepts.enabled:
        ids = tuple(sorted(identity for name in forget for identity in segments[name]))
        result.append(Config(CONCEPTS, concepts=ids))
        result += [Config(config_of(identity), concepts=(identity,)) for identity in ids]
    return result
