"""Full names that are unique by construction, and how many people a recipe's names allow.

Locales whose names are alike share a pool. Within a pool the given names of women and men are disjoint, and no family
name belongs to two pools, so that a full name says which pool, gender and pair it came from. People come in fours who
share no word of their names: the pairs of a pool are cut into fours, and a seeded permutation of the fours, indexed by
a number that is each four's own, never gives one twice.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from builder.base.errors import CallError
from builder.base.randomness import Permutation, stream
from builder.base.recipe import FOUR, Recipe
from builder.base.records import GENDERS, Gender, number_at
from builder.figures.well_known import folded_name, key, known_names
from builder.profiles import places, sources

_PARTICLES = frozenset({"van", "de", "den", "der"})
_PREFIXES = ("O'", "Mac", "Mc")
_Hands = tuple[tuple[str, ...], ...]
_Seats = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class NamePool:
    """The names of one or several locales; no two of its lists have a word in common.

    `given` and `family` are the people's own. `elders` are given names of their parents, `spouses` of their wives and
    husbands, by the gender of who bears them; `children` are names of daughters and sons, `maiden` mothers' surnames.
    """

    name: str
    locales: tuple[str, ...]
    given: dict[Gender, tuple[str, ...]]
    family: tuple[str, ...]
    elders: dict[Gender, tuple[str, ...]]
    spouses: dict[Gender, tuple[str, ...]]
    children: tuple[str, ...]
    maiden: tuple[str, ...]


@dataclass(frozen=True)
class Naming:
    """Where a profile number falls: its locale, and its rank among the people of that locale."""

    locale: str
    rank: int


def full_name(recipe: Recipe, naming: Naming, gender: Gender) -> tuple[str, str]:
    """Given and family name. Raises CallError when the recipe's name space is used up."""
    pool = pool_of(naming.locale)
    sharers = _sharers(pool, recipe)
    rank, member = divmod(naming.rank, FOUR)
    deck = _deck(pool.name, gender, recipe.seed, recipe.profiles.barred_names)
    index = rank * len(sharers) + sharers.index(naming.locale)
    if index >= deck.size:
        raise CallError(f"The names of {', '.join(sharers)} are used up; name more locales or fewer profiles.")
    return deck.four(index)[member]


def capacity(recipe: Recipe) -> int:
    """How many people the names of the recipe's locales allow."""
    return min(_room(recipe).values())


def check_capacity(recipe: Recipe) -> None:
    """Raise CallError when the recipe asks for more people than it has names for.

    The names that would be those of public figures' numbers are left out, too.
    """
    if number_at(recipe.total - 1) < capacity(recipe):
        return
    room = _room(recipe)
    tightest = min(room, key=lambda locales: room[locales])
    raise CallError(
        f"The recipe asks for {recipe.total} people, but the names of {', '.join(tightest)} allow {room[tightest]}; "
        "name more locales or fewer profiles."
    )


@functools.cache
def pool_of(locale: str) -> NamePool:
    """The pool that `locale` takes its names from."""
    name = next(name for name, data in sources.table("names").items() if locale in data["locales"])
    return _pool(name)


def _room(recipe: Recipe) -> dict[tuple[str, ...], int]:
    """How many people there can be in all before the names of a pool run out, by the locales that share it."""
    locales, barred = recipe.profiles.locales, recipe.profiles.barred_names
    room = {}
    for pool in map(pool_of, locales):
        sharers = tuple(_sharers(pool, recipe))
        fours = min(_deck(pool.name, gender, recipe.seed, barred).size for gender in _genders(recipe))
        room[sharers] = fours // len(sharers) * FOUR * len(locales)
    return room


def _genders(recipe: Recipe) -> list[Gender]:
    shares: dict[Gender, float] = {"female": recipe.profiles.female_share, "male": 1 - recipe.profiles.female_share}
    return [gender for gender, share in shares.items() if share > 0]


def _sharers(pool: NamePool, recipe: Recipe) -> list[str]:
    return [locale for locale in recipe.profiles.locales if locale in pool.locales]


@dataclass(frozen=True)
class _Deck:
    """The names of a pool and gender under a seed, in fours.

    `given` and `family` are dealt into hands of four. A hand of each makes four fours, turned against each other, so
    that every given name meets every family name once. `barred` holds the fours that have a real person's name.
    """

    given: _Hands
    family: _Hands
    order: Permutation
    barred: dict[int, int]

    @property
    def size(self) -> int:
        """How many fours there are without the barred ones."""
        return self.order.size - len(self.barred)

    def four(self, index: int) -> list[tuple[str, str]]:
        """The names of four number `index` of `size`.

        Where the permutation leads to a barred four, one of the last indexes, which are beyond `size`, stands in, each
        for one barred four. So nobody else is renamed when one more four is barred.
        """
        number = self.order(index)
        while number in self.barred:
            number = self.order(self.order.size - 1 - self.barred[number])
        return _four(self.given, self.family, number)


def _four(given: _Hands, family: _Hands, number: int) -> list[tuple[str, str]]:
    hands, turn = divmod(number, FOUR)
    first, last = divmod(hands, len(family))
    return [(given[first][seat], family[last][(seat + turn) % FOUR]) for seat in range(FOUR)]


@functools.lru_cache(256)
def _deck(pool_name: str, gender: Gender, seed: int, barred_names: tuple[str, ...]) -> _Deck:
    pool = _pool(pool_name)
    given = _hands(pool.given[gender], seed, f"given {pool_name} {gender}")
    family = _hands(pool.family, seed, f"family {pool_name} {gender}")
    seats = (_seats(given), _seats(family))
    barred = sorted(_numbers(_taken(pool_name, gender), seats))
    barred += _numbers((pair for name in barred_names for pair in _splits(key(name))), seats)
    order = Permutation(len(given) * len(family) * FOUR, seed, f"names {pool_name} {gender}")
    return _Deck(given, family, order, {four: rank for rank, four in enumerate(dict.fromkeys(barred))})


def _hands(names: tuple[str, ...], seed: int, name: str) -> _Hands:
    """The names in hands of four; what is left over is laid aside.

    Those of several words, which may have one in common, come into different hands.
    """
    shuffled = list(names)
    stream(seed, "names", name).shuffle(shuffled)
    shuffled.sort(key=lambda one: " " not in one)
    count = len(shuffled) // FOUR
    return tuple(tuple(shuffled[hand + seat * count] for seat in range(FOUR)) for hand in range(count))


def _seats(hands: _Hands) -> _Seats:
    """The hand and the seat of each name, by its key."""
    return {key(one): (number, seat) for number, hand in enumerate(hands) for seat, one in enumerate(hand)}


def _numbers(pairs: Iterable[tuple[str, str]], seats: tuple[_Seats, _Seats]) -> list[int]:
    """The fours that the pairs are in."""
    given, family = seats
    numbers = []
    for first, last in pairs:
        if first in given and last in family:
            (hand, seat), (other_hand, other_seat) = given[first], family[last]
            hands = len(family) // FOUR
            numbers.append((hand * hands + other_hand) * FOUR + (other_seat - seat) % FOUR)
    return numbers


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Every given and family name that the words of a full name may be."""
    words_ = name.split()
    for cut in range(1, len(words_)):
        yield " ".join(words_[:cut]), " ".join(words_[cut:])


@functools.cache
def _taken(pool_name: str, gender: Gender) -> tuple[tuple[str, str], ...]:
    """The keys of the given and family names that make a well-known person's name, in either order."""
    pool, known = _pool(pool_name), known_names()
    pairs = itertools.product(map(key, pool.given[gender]), map(key, pool.family))
    return tuple((one, two) for one, two in pairs if f"{one} {two}" in known or f"{two} {one}" in known)


@functools.cache
def _pool(name: str) -> NamePool:
    table: dict[str, Any] = sources.table("names")[name]
    return NamePool(
        name,
        tuple(table["locales"]),
        {gender: _listed(table[gender]) for gender in GENDERS},
        _listed(table["family"]),
        {gender: _listed(table[f"elders_{gender}"]) for gender in GENDERS},
        {gender: _listed(table[f"spouses_{gender}"]) for gender in GENDERS},
        _listed(table["children"]),
        _listed(table["maiden"]),
    )


def _listed(text: str) -> tuple[str, ...]:
    """The names in a string that are no words of ours; the values of facts may change after the pools were made."""
    listed = (one.strip() for one in text.split(",") if one.strip())
    return tuple(one for one in listed if not parts(one) & words())


def looks_like_a_name(name: str) -> bool:
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


def parts(name: str) -> set[str]:
    """The folded words of a name without particles."""
    *before, last = folded_name(name).split()
    return {last, *(word for word in before if word not in _PARTICLES)}


@functools.cache
def words() -> frozenset[str]:
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
                *data["streets"],
                *data["university_words"],
                *data["dishes"],
            ]
    text = " ".join([*ours, sources.table("words")["words"]])
    return frozenset(folded_name("".join(letter if letter.isalpha() else " " for letter in text)).split())
