"""Full names that are unique by construction, and how many people a recipe's names allow.

Locales whose names are alike share a pool. Within a pool the given names of women and men are disjoint, and no
family name belongs to two pools, so that a full name says which pool, gender and pair it came from. A seeded
permutation of these pairs, indexed by a number that is each person's own, then never gives one twice.
"""

import functools
import importlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from builder import public_figures
from builder.errors import CallError
from builder.profiles import places, sources
from builder.public_figures import fold
from builder.randomness import Permutation, stream
from builder.recipe import Recipe
from builder.records import Gender

_PARTICLES = frozenset({"van", "de", "den", "der"})
_PREFIXES = ("O'", "Mac", "Mc")


@dataclass(frozen=True)
class NamePool:
    """The names of one or several locales. `taken` holds the pairs that are public figures' names, ascending."""

    name: str
    locales: tuple[str, ...]
    given: dict[Gender, tuple[str, ...]]
    family: tuple[str, ...]
    taken: dict[Gender, tuple[int, ...]]

    @property
    def elders(self):
        return {g: v[:40] for g, v in self.given.items()}

    @property
    def spouses(self):
        return {g: v[40:80] for g, v in self.given.items()}

    @property
    def maiden(self):
        return self.family[:60]

    @property
    def children(self):
        return self.given["female"][80:100] + self.given["male"][80:100]

    def size(self, gender: Gender) -> int:
        """How many full names there are for `gender`."""
        return len(self.given[gender]) * len(self.family) - len(self.taken[gender])

    def pair(self, gender: Gender, index: int) -> tuple[str, str]:
        """Given and family name number `index` of `size(gender)`, public figures' names passed over."""
        # How many taken pairs lie before the answer: those whose rank among the free ones is not beyond the index.
        gaps = [cell - before for before, cell in enumerate(self.taken[gender])]
        given, family = divmod(index + bisect_right(gaps, index), len(self.family))
        return self.given[gender][given], self.family[family]


@dataclass(frozen=True)
class Naming:
    """Where a profile number falls: its locale, and its rank among the people of that locale."""

    locale: str
    rank: int


def naming(recipe: Recipe, number: int) -> Naming:
    """The locale of profile `number`: each run of as many numbers as there are locales has every locale once."""
    locales = list(recipe.profiles.locales)
    rank, position = divmod(number, len(locales))
    stream(recipe.seed, "profiles", "locales", rank).shuffle(locales)
    return Naming(locales[position], rank)


def full_name(recipe: Recipe, naming: Naming, gender: Gender) -> tuple[str, str]:
    """Given and family name. Raises CallError when the recipe's name space is used up."""
    pool = pool_of(naming.locale)
    sharers = _sharers(pool, recipe)
    index = naming.rank * len(sharers) + sharers.index(naming.locale)
    size = pool.size(gender)
    if index >= size:
        raise _too_many(recipe)
    return pool.pair(gender, Permutation(size, recipe.seed, f"names {pool.name} {gender}")(index))


def capacity(recipe: Recipe) -> int:
    """How many people the names of the recipe's locales allow."""
    return min(_room(recipe).values())


def check_capacity(recipe: Recipe) -> None:
    """Raise CallError when the recipe asks for more people than it has names for."""
    if recipe.total > capacity(recipe):
        raise _too_many(recipe)


def pool_of(locale: str) -> NamePool:
    """The pool that `locale` takes its names from."""
    return _pools()[locale]


def _too_many(recipe: Recipe) -> CallError:
    room = _room(recipe)
    tightest = min(room, key=lambda locales: room[locales])
    return CallError(
        f"The recipe asks for {recipe.total} people, but the names of {', '.join(tightest)} allow {room[tightest]}; "
        "name more locales or fewer profiles."
    )


def _room(recipe: Recipe) -> dict[tuple[str, ...], int]:
    """How many people there can be in all before the names of a pool run out, by the locales that share it."""
    locales = recipe.profiles.locales
    room = {}
    for pool in map(pool_of, locales):
        sharers = tuple(_sharers(pool, recipe))
        rows = min(pool.size(gender) for gender in _genders(recipe)) // len(sharers)
        room[sharers] = rows * len(locales)
    return room


def _genders(recipe: Recipe) -> list[Gender]:
    shares: dict[Gender, float] = {"female": recipe.profiles.female_share, "male": 1 - recipe.profiles.female_share}
    return [gender for gender, share in shares.items() if share > 0]


def _sharers(pool: NamePool, recipe: Recipe) -> list[str]:
    return [locale for locale in recipe.profiles.locales if locale in pool.locales]


@functools.cache
def _pools() -> dict[str, NamePool]:
    """Every pool, by each of its locales."""
    tables: dict[str, Any] = {name: data for name, data in sources.table("names").items() if isinstance(data, dict)}
    owners = _owners(tables)
    pools = [_pool(name, data, owners) for name, data in tables.items()]
    return {locale: pool for pool in pools for locale in pool.locales}


def _owners(tables: dict[str, Any]) -> dict[str, str]:
    """Which pool each folded family name belongs to: who claims it by hand, else the first that keeps it."""
    owners: dict[str, str] = {}
    for name, data in tables.items():
        for surname in data.get("surnames", []):
            owners.setdefault(fold(surname), name)
    for name, data in tables.items():
        dropped = {fold(surname) for surname in data.get("drop", [])}
        for surname in _faker_names(data.get("family", []), "last_names", "unisex_last_names"):
            if fold(surname) not in dropped:
                owners.setdefault(fold(surname), name)
    return owners


def _pool(name: str, data: dict[str, Any], owners: dict[str, str]) -> NamePool:
    given = _given(data)
    givens = {fold(one) for names in given.values() for one in names}
    family = _clean(data.get("surnames", []), givens)
    listed = _faker_names(data.get("family", []), "last_names", "unisex_last_names")
    barred = givens | {fold(one) for one in [*data.get("drop", []), *family]}
    family += _clean((one for one in listed if _fits(one, data)), barred)
    family = sorted(one for one in family if owners.get(fold(one)) == name)
    taken = {gender: _taken(names, family) for gender, names in given.items()}
    return NamePool(name, tuple(data["locales"]), given, tuple(family), taken)


def _given(data: dict[str, Any]) -> dict[Gender, tuple[str, ...]]:
    """Given names by gender: those set by hand, and those that Faker lists for one gender only."""
    by_hand: dict[Gender, list[str]] = {"female": data.get("female", []), "male": data.get("male", [])}
    barred = {fold(one) for one in [*data.get("drop", []), *data.get("surnames", [])]}
    barred |= {fold(one) for names in by_hand.values() for one in names}
    listed: dict[Gender, list[str]] = {
        gender: _clean(_faker_names(data.get("given", []), f"first_names_{gender}"), barred) for gender in by_hand
    }
    both = {fold(one) for one in listed["female"]} & {fold(one) for one in listed["male"]}
    return {
        gender: tuple(sorted([*_clean(names, ()), *(one for one in listed[gender] if fold(one) not in both)]))
        for gender, names in by_hand.items()
    }


def _faker_names(locales: Sequence[str], *attributes: str) -> list[str]:
    """The names that Faker's person providers of `locales` hold under `attributes`, each once."""
    names: dict[str, None] = {}
    for locale in locales:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in attributes:
            names.update(dict.fromkeys(getattr(provider, attribute, ())))
    return list(names)


def _clean(names: Iterable[str], barred: Iterable[str]) -> list[str]:
    """Those of `names` that look like names, are no words of ours and not in `barred` (folded); each once."""
    seen = set(barred)
    kept = []
    for name in sorted(names, key=str.isascii):  # of two spellings the one with its accents
        folded = fold(name)
        if folded not in seen and _looks_like_a_name(name) and not _words().intersection(_core(name)):
            seen.add(folded)
            kept.append(name)
    return kept


def _looks_like_a_name(name: str) -> bool:
    """One capitalised word of three letters or more, perhaps after particles; "Mcdonald" is a misspelling."""
    *particles, word = name.split(" ")
    if not _PARTICLES.issuperset(particles):
        return False
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and (rest[:1].isupper() or prefix == "Mc"):
            word = rest
            break
    return len(word) >= 3 and word.isalpha() and word.istitle()


def _core(name: str) -> set[str]:
    return {word for word in fold(name).split() if word not in _PARTICLES}


def _fits(surname: str, data: dict[str, Any]) -> bool:
    endings, starts = tuple(data.get("drop_endings", ())), tuple(data.get("drop_starts", ()))
    return not surname.endswith(endings) and not surname.startswith(starts)


@functools.cache
def _words() -> frozenset[str]:
    """Folded words that no name may be: everyday ones, and those of all values that facts can take."""
    ours = [*sources.texts(sources.table("work")), *sources.texts(sources.table("lives"))]
    for locale, data in sources.table("places").items():
        if locale == "brands":
            ours += [brand for language in data for brand in places.brands(language)]
        else:
            ours += [
                *data["cities"],
                data["country"],
                *data["street_words"],
                *data["university_words"],
                *data["dishes"],
            ]
    text = " ".join([*ours, sources.table("names")["words"]])
    return frozenset(fold("".join(letter if letter.isalpha() else " " for letter in text)).split())


def _taken(given: Sequence[str], family: Sequence[str]) -> tuple[int, ...]:
    """The pairs (as given × family cells) that are names of public figures, ascending."""
    rows = {fold(one): row for row, one in enumerate(given)}
    columns = {fold(one): column for column, one in enumerate(family)}
    cells = set()
    for figure in public_figures.folded_names():
        first, _, rest = figure.partition(" ")
        if first in rows and rest in columns:
            cells.add(rows[first] * len(family) + columns[rest])
    return tuple(sorted(cells))
