"""Who belongs to which split.

People are cut into disjoint segments; every config of a release is a list of segments, so that nested forget sets
and their complements share their rows instead of repeating them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.randomness import digest
from builder.recipe import Recipe

RETAIN = "retain"
HOLDOUT = "holdout"


@dataclass(frozen=True)
class Config:
    """A config of the release: the people of some segments, and whether their rows are the test set's."""

    name: str
    segments: tuple[str, ...]
    test: bool = False


def segments(ids: Sequence[str], recipe: Recipe) -> dict[str, list[str]]:
    """The profile ids of each segment, ascending.

    `forget_5` here holds those of the config forget_5, `forget_10` those that forget_10 adds to it, and so on. A
    person's place depends on the seed and the id alone, so one who could not be made moves hardly anybody else.
    """
    trained = [identity for identity in ids if int(identity) < recipe.profiles.count]
    ranked = sorted(trained, key=lambda identity: (digest(recipe.seed, "splits", identity), identity))
    cut: dict[str, list[str]] = {}
    start = 0
    for percent in recipe.splits.forget:
        stop = max(start, _rounded(percent * len(ranked), 100))
        cut[f"forget_{percent}"] = sorted(ranked[start:stop])
        start = stop
    cut[RETAIN] = sorted(ranked[start:])
    cut[HOLDOUT] = [identity for identity in ids if int(identity) >= recipe.profiles.count]
    return cut


def configs(recipe: Recipe) -> list[Config]:
    """The configs of a release, in the order that its card lists them."""
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
    return result


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole number, halves up: 5 % of 50 people are 3 on every machine."""
    return (2 * numerator + denominator) // (2 * denominator)
