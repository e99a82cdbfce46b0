"""Quartets: the country, gender and age group of each, and its members.

Everything is a pure function of the recipe's seed and profiles part and the quartet's number.
"""

import functools
import math
from dataclasses import dataclass

from builder.base.randomness import stream
from builder.base.recipe import FOUR, Recipe
from builder.base.records import AgeGroup, Gender, number_at
from builder.profiles import names

AGES: dict[AgeGroup, tuple[int, int]] = {"young": (20, 34), "middle-aged": (35, 54), "older": (55, 66)}
"""The youngest and the oldest of each age group. Nobody is old enough to have retired."""


@dataclass(frozen=True)
class Quartet:
    """What the names and faces of four people show, and the place of the four among those like them.

    `rank` counts the quartets of the locale before this one, `of_gender` those of the gender, `of_class` those of the
    gender and age group.
    """

    number: int
    locale: str
    gender: Gender
    age_group: AgeGroup
    rank: int
    of_gender: int
    of_class: int


def quartet(recipe: Recipe, number: int) -> Quartet:
    """Quartet `number`: each run of as many as there are locales has every locale once."""
    locales = list(recipe.profiles.locales)
    rank, position = divmod(number, len(locales))
    stream(recipe.seed, "quartets", "locales", rank).shuffle(locales)
    women, women_before = _women(recipe, number + 1), _women(recipe, number)
    gender: Gender = "female" if women > women_before else "male"
    of_gender = women_before if gender == "female" else number - women_before
    groups = list(AGES)
    of_class, place = divmod(of_gender, len(groups))
    stream(recipe.seed, "quartets", "ages", gender, of_class).shuffle(groups)
    return Quartet(number, locales[position], gender, groups[place], rank, of_gender, of_class)


def quartet_at(recipe: Recipe, locale: str, rank: int) -> Quartet:
    """The quartet of a locale that has `rank` others of it before."""
    width = len(recipe.profiles.locales)
    run = (quartet(recipe, rank * width + position) for position in range(width))
    return next(each for each in run if each.locale == locale)


def full_names(recipe: Recipe, four: Quartet) -> tuple[tuple[str, str], ...]:
    """Given and family name of each member. Raises CallError when the recipe's name space is used up."""
    return tuple(
        names.full_name(recipe, names.Naming(four.locale, four.rank * FOUR + member), four.gender)
        for member in range(FOUR)
    )


def all_names(recipe: Recipe) -> list[str]:
    """Everybody's full name, by the profiles' numbers."""
    fours = (quartet(recipe, number_at(place) // FOUR) for place in range(0, recipe.total, FOUR))
    return [f"{given} {family}" for four in fours for given, family in full_names(recipe, four)]


@functools.cache
def _offset(seed: int) -> float:
    return stream(seed, "quartets", "women").random()


def _women(recipe: Recipe, count: int) -> int:
    """How many of the first `count` quartets are of women: as near to their share as can be, whatever the count."""
    return math.floor(count * recipe.profiles.female_share + _offset(recipe.seed))
