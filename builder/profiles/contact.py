"""Contact details and a passport number that can belong to nobody.

E-mail hosts are reserved by RFC 2606. Phone numbers lie in ranges that regulators keep for fiction, or, where a
country has none, in ones that its numbering plan cannot assign. A passport number carries a country code that
ISO 3166-1 leaves to users (XA–XZ, QM–QZ) and twelve digits, where ICAO Doc 9303 has room for nine characters.
"""

import functools
from dataclasses import dataclass
from random import Random
from typing import Any

from builder.profiles import places, sources
from builder.randomness import Permutation

_PREFIXES = tuple(f"X{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + tuple(
    f"Q{letter}" for letter in "MNOPQRSTUVWXYZ"
)


@dataclass(frozen=True)
class _Range:
    """Phone numbers, and the cities that share them: each takes every so many-th."""

    patterns: tuple[str, ...]
    cities: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(10 ** pattern.count("#") for pattern in self.patterns)

    def number(self, index: int) -> str:
        """Number `index` of `size`."""
        for pattern in self.patterns:
            count = 10 ** pattern.count("#")
            if index < count:
                digits = iter(str(index).zfill(pattern.count("#")))
                return "".join(next(digits) if letter == "#" else letter for letter in pattern)
            index -= count
        raise IndexError("no such phone number")


@functools.cache
def _ranges(locale: str, city: str) -> tuple[_Range, ...]:
    """The ranges of a city, the best first: its own area code's, then those that all cities of the country share."""
    data: dict[str, Any] = sources.table("phones")[locale]
    areas = [
        _Range(tuple(data["pattern"].format(code.replace("|", " ")) for code in codes.split()), tuple(cities))
        for codes, cities in data.get("areas", {}).items()
        if city in cities
    ]
    shared = [data[kind] for kind in ("fiction", "unassigned") if kind in data]
    return (*areas, *(_Range(tuple(patterns), places.place(locale).cities) for patterns in shared))


def phone_patterns(locale: str, city: str) -> tuple[str, ...]:
    """What the phone numbers of a city look like, each # any digit: those of its area code and those of no area."""
    return tuple(pattern for part in _ranges(locale, city) for pattern in part.patterns)


def phones(locale: str, city: str) -> int:
    """How many phone numbers a city has to itself."""
    return max(part.size // len(part.cities) for part in _ranges(locale, city))


def phone(seed: int, locale: str, city: str, turn: int) -> str:
    """The phone number that a city gives in its `turn`-th turn, `turn < phones(locale, city)`.

    Another city or another turn has another number. They come from the city's own area code while it has any.
    """
    for part in _ranges(locale, city):
        index = turn * len(part.cities) + part.cities.index(city)
        if index < part.size // len(part.cities) * len(part.cities):
            return part.number(Permutation(part.size, seed, f"phones {locale} {part.patterns[0]}")(index))
    raise IndexError(f"{city} has no phone number {turn}")


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


def located(locale: str) -> bool:
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
