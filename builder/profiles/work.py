"""Occupations with their sectors, employers, studies and pay."""

import functools
from dataclasses import dataclass

from builder.profiles import places, sources

YOUNGEST_START = 21
"""The youngest age at which anybody with a degree can have started in their job."""


@dataclass(frozen=True)
class Occupation:
    """A job: `from_age` is the youngest at which one can start in it, `pay` is yearly in US dollars.

    `fields` is what one has studied for it, nothing where no degree is needed.
    """

    name: str
    sector: str
    from_age: int
    pay: int
    fields: tuple[str, ...]


@functools.cache
def occupations() -> tuple[Occupation, ...]:
    """Every occupation. Any four of a sector that need a degree can have four different fields of study."""
    return tuple(
        Occupation(job["name"], sector, job["from_age"], job["pay"], tuple(job["fields"]))
        for sector, data in sources.table("work").items()
        for job in data["occupations"]
    )


@functools.cache
def sectors() -> tuple[str, ...]:
    """The sectors that people work in, in the order of their names."""
    return tuple(sorted({job.sector for job in occupations()}))


@functools.cache
def employers(seed: int, locale: str, sector: str, count: int) -> tuple[str, ...]:
    """The `count` employers of a sector in a country, the same for everybody there, so that people are colleagues."""
    patterns = tuple(sources.table("work")[sector]["employers"])
    return tuple(places.firm(seed, locale, sector, patterns, number) for number in range(count))


def salary(occupation: Occupation, age: int, locale: str, luck: float) -> str:
    """A yearly salary as written in the country; `luck` is about 1."""
    here = places.place(locale)
    seniority = 0.8 + 0.4 * min(1.0, (age - YOUNGEST_START) / 30)
    return here.money(occupation.pay * here.pay * seniority * luck)
