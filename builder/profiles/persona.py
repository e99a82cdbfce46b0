"""The facts of a quartet: a block of each fact is dealt to its four members, a value to each."""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.base.errors import CallError
from builder.base.randomness import stream
from builder.base.recipe import FOUR, Recipe
from builder.base.records import AgeGroup, Gender
from builder.profiles import career, contact, lives, names, places, quartets, sources
from builder.profiles.blocks import Block, cut, dealt, partner, spread, turn
from builder.profiles.facts import SHARES
from builder.profiles.quartets import Quartet

Values = Mapping[str, str]
"""The value of each fact that somebody has, by its key."""

_HEIGHTS: dict[Gender, tuple[tuple[int, int], ...]] = {
    "female": ((153, 164), (165, 180)),
    "male": ((165, 180), (181, 192)),
}
"""In centimetres. Those that women and men may both have are cut into the same blocks for both."""

_LISTS = {
    "blood_type": "blood_types",
    "allergy": "allergies",
    "father_occupation": "father_occupations",
    "pet_name": "pets",
    "hobby": "hobbies",
    "collection": "collections",
}
"""The facts whose pools are the same for everybody, and their keys in the table of lives."""

_CONDITIONS: dict[AgeGroup, tuple[str, ...]] = {
    "young": ("any",),
    "middle-aged": ("any", "from_middle_age"),
    "older": ("any", "from_middle_age", "older"),
}
"""The lists of medical conditions that each age group is dealt from."""

_WINDOW = 4
"""Of so many quartets in a row, any two may share a block of what is the same for everybody."""


@dataclass(frozen=True)
class Four:
    """The four members of a quartet: their given and family names, and the values of their facts."""

    quartet: Quartet
    names: tuple[tuple[str, str], ...]
    values: tuple[Values, ...]


@functools.lru_cache(maxsize=8)  # people are made in the order of their numbers, four of a quartet in a row
def four(number: int, recipe: Recipe) -> Four:
    """The members of quartet `number`. Raises CallError when the recipe's names or its day do not allow them."""
    here = quartets.quartet(recipe, number)
    full_names = quartets.full_names(recipe, here)
    members: list[dict[str, str]] = [
        {"name": f"{given} {family}", "gender": here.gender, "country": places.place(here.locale).country}
        for given, family in full_names
    ]
    random = stream(recipe.seed, "quartets", "deals", number)
    for deal in _deals(recipe, here):
        for member, place in zip(members, random.sample(range(FOUR), FOUR), strict=True):
            member.update({key: block[place] for key, block in deal.items()})
    for index, member in enumerate(members, here.rank * FOUR):
        member["phone"] = contact.phone(recipe.seed, here.locale, member["residence"], index)
    return Four(here, full_names, tuple(members))


def day_of(recipe: Recipe) -> datetime.date:
    """The day on which ages are counted. Raises CallError if it is not a valid one."""
    text = recipe.profiles.as_of
    try:
        day = datetime.date.fromisoformat(text)
        datetime.date(day.year - 100, 1, 1)  # the oldest were born after this
    except ValueError:
        raise CallError(
            f"profiles.as_of = '{text}' is no day that people of all ages live on; give one like '2025-01-01'."
        ) from None
    return day


def conditions(age_group: AgeGroup) -> list[str]:
    """The medical conditions that people of an age group may live with."""
    return [value for name in _CONDITIONS[age_group] for value in sources.table("lives")["conditions"][name]]


def _deals(recipe: Recipe, here: Quartet) -> list[dict[str, Block]]:
    """What the quartet is dealt: facts that hang together stand in one deal, all others in one of their own."""
    degree = _has(recipe.seed, "university", here.locale, here.rank // 2)
    other = quartets.quartet_at(recipe, here.locale, here.rank ^ 1)
    trade = career.trade(recipe.seed, (here, other) if here.rank < other.rank else (other, here), degree)
    careers = career.values(recipe.seed, here, trade, day_of(recipe))
    alone = {**_local(recipe.seed, here, degree), **_everywhere(recipe, here), **_own(recipe.seed, here)}
    alone["employer"] = career.employers(recipe.seed, here.locale, trade.sector, here.rank // 2)
    return [{key: tuple(each[key] for each in careers) for key in careers[0]}, *({key: alone[key]} for key in alone)]


def _has(seed: int, key: str, stratum: str, turn: int) -> bool:
    """Whether the quartets of a turn have a fact that not everybody has."""
    return stream(seed, "has", key, stratum, turn).random() < SHARES[key]


def _local(seed: int, here: Quartet, degree: bool) -> dict[str, Block]:
    """The facts that depend on the country. Neighbouring quartets of a locale share these blocks."""
    locale, at = here.locale, here.rank // 2
    place, pool = places.place(locale), names.pool_of(locale)
    partner: Gender = "male" if here.gender == "female" else "female"
    pools = {
        "bank": (locale, places.banks(seed, locale)),
        "favourite_food": (locale, place.dishes),
        # Locales that share names are dealt the same blocks of them.
        "father_name": (pool.name, pool.elders["male"]),
        "mother_name": (pool.name, pool.elders["female"]),
        "mother_maiden_name": (pool.name, pool.maiden),
        "spouse_name": (f"{pool.name} {partner}", pool.spouses[partner]),
        "child_name": (pool.name, pool.children),
    }
    if degree:
        pools["university"] = (locale, place.universities)
    deals = {
        key: dealt(seed, f"{key} {locale}", cut(seed, f"{key} {stratum}", values), at)
        for key, (stratum, values) in pools.items()
        if key == "university" or _has(seed, key, locale, at)
    }
    cities = cut(seed, f"cities {locale}", place.cities)
    born = dealt(seed, f"birthplace {locale}", cities, at)
    home = dealt(seed, f"residence {locale}", cities, at, lambda block: block != born)
    return deals | {"birthplace": born, "residence": home}


def _everywhere(recipe: Recipe, here: Quartet) -> dict[str, Block]:
    """The facts that depend on the gender or the age group, or on nothing."""
    seed, table = recipe.seed, sources.table("lives")
    deals = {}
    for key, name in _LISTS.items():
        at = turn(seed, key, here.number, _WINDOW)
        if _has(seed, key, "", at):
            deals[key] = dealt(seed, key, cut(seed, key, tuple(table[name])), at)
    at = turn(seed, f"height {here.gender}", here.of_gender, 2)
    deals["height"] = dealt(seed, f"height {here.gender}", _heights(here.gender), at)
    stratum = f"{here.gender} {here.age_group}"
    at = turn(seed, f"condition {stratum}", here.of_class, 2)
    if _has(seed, "medical_condition", stratum, at):
        lists: Mapping[str, Any] = table["conditions"]
        blocks = [block for name in _CONDITIONS[here.age_group] for block in cut(seed, name, tuple(lists[name]))]
        deals["medical_condition"] = dealt(seed, f"condition {stratum}", blocks, at)
    return deals | {"dream_destination": _destinations(recipe, here)}


def _heights(gender: Gender) -> list[Block]:
    ranges = ([f"{height} cm" for height in range(low, high + 1)] for low, high in _HEIGHTS[gender])
    return [block for heights in ranges for block in spread(heights)]


def _destinations(recipe: Recipe, here: Quartet) -> Block:
    """Four places far away: in nobody's own country, of the two quartets that share them."""
    seed, key = recipe.seed, "dream_destination"
    other = quartets.quartet(recipe, partner(seed, key, here.number, _WINDOW))
    lies_in = {each.name: each.locale for each in lives.destinations()}
    at = turn(seed, key, here.number, _WINDOW)
    homes = {here.locale, other.locale}
    blocks = cut(seed, key, tuple(lies_in))
    return dealt(seed, key, blocks, at, lambda block: homes.isdisjoint(lies_in[name] for name in block))


def _own(seed: int, here: Quartet) -> dict[str, Block]:
    """The facts that nobody else has, drawn for each of the four."""
    random = stream(seed, "quartets", "own", here.number)
    addresses: dict[str, None] = {}
    while len(addresses) < FOUR:
        addresses[contact.address(here.locale, random)] = None
    numbers = [here.number * FOUR + member for member in range(FOUR)]
    return {
        "passport_number": tuple(contact.passport_number(random) for _ in range(FOUR)),
        "address": tuple(addresses),
        "email": tuple(contact.email_of(seed, number) for number in numbers),
    }
