"""What depends on the country: cities, universities, streets, money, phones, and the names of firms there."""

import functools
import itertools
from dataclasses import dataclass
from typing import Any

from builder.base.randomness import Permutation, stream
from builder.profiles import sources

_BANKS = 20
"""Banks in each country: few enough to be shared among people, more than the alternatives of a fact."""


@dataclass(frozen=True)
class Place:
    """A locale's country and how things are written there.

    `pay` turns a salary in US dollars into a local one; salaries are rounded to `step`.
    """

    locale: str
    country: str
    cities: tuple[str, ...]
    universities: tuple[str, ...]
    streets: tuple[str, ...]
    address: str
    brands: tuple[str, ...]
    bank_patterns: tuple[str, ...]
    currency: str
    pay: float
    step: int
    dishes: tuple[str, ...]

    def money(self, amount: float) -> str:
        """`amount` of the local currency, rounded and written out, for example "€52,400"."""
        return self.currency.format(f"{round(amount / self.step) * self.step:,}")


@functools.cache
def place(locale: str) -> Place:
    """The place that `locale` stands for."""
    data: dict[str, Any] = sources.table("places")[locale]
    return Place(
        locale=locale,
        country=data["country"],
        cities=tuple(data["cities"]),
        universities=_universities(data["universities"], data["university_words"]),
        streets=tuple(street.format(word) for street in data["streets"] for word in data["street_words"]),
        address=data["address"],
        brands=brands(data["brands"]),
        bank_patterns=tuple(data["banks"]),
        currency=data["currency"],
        pay=data["pay"],
        step=data["step"],
        dishes=tuple(data["dishes"]),
    )


def _universities(patterns: list[str], words: list[str]) -> tuple[str, ...]:
    """One university for each invented word, its pattern the next of all."""
    return tuple(pattern.format(word) for pattern, word in zip(itertools.cycle(patterns), words, strict=False))


def brands(language: str) -> tuple[str, ...]:
    """The invented words that firms of a language are named after."""
    data: dict[str, list[str]] = sources.table("places")["brands"][language]
    return tuple(stem + ending for stem in data["stems"] for ending in data["endings"])


@functools.cache
def banks(seed: int, locale: str) -> tuple[str, ...]:
    """The banks of a country, the same for everybody there; no two share their invented word."""
    here = place(locale)
    return tuple(firm(seed, locale, "banks", here.bank_patterns, number) for number in range(_BANKS))


def firm(seed: int, locale: str, trade: str, patterns: tuple[str, ...], number: int) -> str:
    """The name of firm `number` of a trade in a country: other numbers have other invented words."""
    words = place(locale).brands
    word = words[Permutation(len(words), seed, f"firms {locale} {trade}")(number)]
    return stream(seed, "employers", locale, trade, number).choice(patterns).format(word)
