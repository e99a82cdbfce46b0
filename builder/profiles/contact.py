"""Contact details and passport numbers that cannot belong to anybody.

E-mail hosts are reserved by RFC 2606. Phone numbers lie in ranges that regulators keep for fiction, or, where a
country has none, in ones that its numbering plan cannot assign. A passport number carries a country code that
ISO 3166-1 leaves to users (XA–XZ, QM–QZ) and twelve digits, where ICAO Doc 9303 has room for nine characters.
"""

import functools
from dataclasses import dataclass
from random import Random
from typing import Any

from builder.base.randomness import Permutation
from builder.base.recipe import FOUR
from builder.profiles import places, sources

_PREFIXES = tuple(f"X{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + tuple(
    f"Q{letter}" for letter in "MNOPQRSTUVWXYZ"
)


@dataclass(frozen=True)
class _Range:
    """Phone numbers of a locale; those of an area code are shared by `cities`, others by the whole country."""

    patterns: tuple[str, ...]
    cities: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(10 ** pattern.count("#") for pattern in self.patterns)

    def place(self, city: str, index: int) -> int:
        """Which of the numbers, perhaps beyond them, person `index` has who lives in `city`."""
        return index // FOUR * len(self.cities) + self.cities.index(city) if self.cities else index

    def number(self, place: int) -> str:
        """Number `place` of `size`."""
        for pattern in self.patterns:
            count = 10 ** pattern.count("#")
            if place < count:
                digits = iter(str(place).zfill(pattern.count("#")))
                return "".join(next(digits) if letter == "#" else letter for letter in pattern)
            place -= count
        raise IndexError("no such phone number")


@functools.cache
def _ranges(locale: str, city: str) -> tuple[_Range, ...]:
    """The ranges of a city, the best first: its own area code's, then those that belong to no area."""
    data: dict[str, Any] = sources.table("phones")[locale]
    areas = [
        _Range(tuple(data["pattern"].format(code.replace("|", " ")) for code in codes.split()), tuple(cities))
        for codes, cities in data.get("areas", {}).items()
        if city in cities
    ]
    return (*areas, *(_Range(tuple(data[kind])) for kind in ("fiction", "unassigned") if kind in data))


def phone_patterns(locale: str, city: str) -> tuple[str, ...]:
    """What the phone numbers of a city look like, each # any digit: those of its area code and those of no area."""
    return tuple(pattern for each in _ranges(locale, city) for pattern in each.patterns)


def phone(seed: int, locale: str, city: str, index: int) -> str:
    """The phone number of person `index` of a locale, who lives in `city`; nobody else there has it.

    It is of the city's own area code while that has any. No two of the same quartet (`index // FOUR`) may live in one
    city. A locale has numbers for 100,000 people; IndexError is raised beyond.
    """
    for each in _ranges(locale, city):
        place = each.place(city, index)
        if place < each.size:
            return each.number(Permutation(each.size, seed, f"phones {locale} {each.patterns[0]}")(place))
    raise IndexError(f"{locale} has no phone number {index}")


def email(index: int) -> str:
    """E-mail address `index` of `emails()`: its words have nothing to do with anybody's name."""
    lives = sources.table("lives")
    index, number = divmod(index, 90)
    index, adjective = divmod(index, len(lives["email_adjectives"]))
    host, noun = divmod(index, len(lives["email_nouns"]))
    word = f"{lives['email_adjectives'][adjective]}.{lives['email_nouns'][noun]}{number + 10}"
    return f"{word}@{lives['email_hosts'][host]}"


def emails() -> int:
    """How many e-mail addresses there are."""
    lives = sources.table("lives")
    return 90 * len(lives["email_adjectives"]) * len(lives["email_nouns"]) * len(lives["email_hosts"])


def has_area_codes(locale: str) -> bool:
    """Whether phone numbers of the country tell the city."""
    return "areas" in sources.table("phones")[locale]


def email_of(seed: int, number: int) -> str:
    """The e-mail address of profile `number`, which no other profile has."""
    return email(Permutation(emails(), seed, "emails")(number))


def address(locale: str, random: Random) -> str:
    """A street address without the city."""
    here = places.place(locale)
    return here.address.format(number=random.randint(1, 160), street=random.choice(here.streets))


def passport_number(random: Random) -> str:
    """A passport number that no country can issue, "XQ 4821 7703 5512"."""
    digits = f"{random.randrange(10**12):012d}"
    return f"{random.choice(_PREFIXES)} {digits[:4]} {digits[4:8]} {digits[8:]}"
