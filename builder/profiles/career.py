"""Work: four people of one sector, with their studies, years, dates of birth and pay, which depend on each other."""

import datetime
import functools
import itertools
from dataclasses import dataclass
from random import Random

from builder.base.errors import CallError
from builder.base.randomness import stream
from builder.base.recipe import FOUR
from builder.profiles import places, work
from builder.profiles.blocks import Block, cut, dealt, spread, turn
from builder.profiles.quartets import AGES, Quartet
from builder.profiles.work import Occupation

LATEST_START = 58
"""The greatest age at which anybody here started with their employer."""

_YEARS = tuple(
    block
    for first, last in ((1, 12), (13, 24), (25, 32))
    for block in spread([str(years) for years in range(first, last + 1)])
)
"""One division of the years with an employer for all ages, so that every year is in one block."""

_BLOCKS_OF_YEARS = {"young": 3, "middle-aged": 6, "older": 8}
"""How many of these blocks an age group is dealt from: the first are the shortest."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Trade:
    """Four occupations of a sector with four different fields of study; "" where they need no degree."""

    sector: str
    jobs: tuple[Occupation, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Career:
    """The facts that one member of a quartet is dealt together."""

    job: Occupation
    field: str
    years: int
    age: int


def trade(seed: int, pair: tuple[Quartet, Quartet], degree: bool) -> Trade:
    """The trade of two neighbouring quartets of a locale: one that both are old enough for.

    The sectors of a locale take turns. Raises CallError when no sector has such a trade.
    """
    first = pair[0]
    order = stream(seed, "sectors", first.locale).sample(work.sectors(), len(work.sectors()))
    start = first.rank // 2
    for step in range(len(order)):
        sector = order[(start + step) % len(order)]
        found = trades(seed, sector, degree)
        for each in stream(seed, "trades", first.locale, start).sample(found, len(found)):
            if all(feasible(seed, four, each) for four in pair):
                return each
    raise CallError(f"No trade suits the people of quartet {first.number}; another seed may help.")


@functools.cache
def trades(seed: int, sector: str, degree: bool) -> tuple[Trade, ...]:
    """The blocks of occupations of a sector, those that need a degree or those that need none."""
    jobs = {job.name: job for job in work.occupations() if job.sector == sector and bool(job.fields) == degree}
    found = []
    for block in cut(seed, f"occupations {sector} {degree}", tuple(jobs)):
        four = tuple(jobs[name] for name in block)
        fields = _different([job.fields for job in four], stream(seed, "fields", *block)) if degree else ("",) * FOUR
        if fields:
            found.append(Trade(sector, four, fields))
    return tuple(found)


def _different(choices: list[tuple[str, ...]], random: Random) -> tuple[str, ...]:
    """One of each, all different; nothing when there is no such choice."""
    shuffled = [random.sample(each, len(each)) for each in choices]
    return next((fields for fields in itertools.product(*shuffled) if len(set(fields)) == len(fields)), ())


def years_of(seed: int, four: Quartet) -> Block:
    """The years that the members of a quartet have been with their employers, in no order."""
    index = turn(seed, f"years {four.gender} {four.age_group}", four.of_class, 2)
    return dealt(seed, f"years {four.age_group}", _YEARS[: _BLOCKS_OF_YEARS[four.age_group]], index)


def feasible(seed: int, four: Quartet, trade: Trade) -> bool:
    """Whether the members can have been in these jobs for those years."""
    return any(True for _ in _assignments(seed, four, trade))


def careers(seed: int, four: Quartet, trade: Trade) -> tuple[Career, ...]:
    """Four careers of a trade, in no order; ages fit the years. Raises StopIteration when it is not feasible."""
    random = stream(seed, "careers", four.number)
    years = next(_assignments(seed, four, trade))
    return tuple(
        Career(job, field, spent, random.randint(*_ages(four, job, spent)))
        for job, field, spent in zip(trade.jobs, trade.fields, years, strict=True)
    )


def _assignments(seed: int, four: Quartet, trade: Trade) -> "itertools.filterfalse[tuple[int, ...]]":
    orders = list(itertools.permutations(map(int, years_of(seed, four))))
    stream(seed, "years", four.number).shuffle(orders)

    def impossible(order: tuple[int, ...]) -> bool:
        spans = (_ages(four, job, spent) for job, spent in zip(trade.jobs, order, strict=True))
        return any(youngest > oldest for youngest, oldest in spans)

    return itertools.filterfalse(impossible, orders)


def _ages(four: Quartet, job: Occupation, years: int) -> tuple[int, int]:
    """The youngest and the oldest that somebody of the quartet can be after so many years in a job."""
    youngest, oldest = AGES[four.age_group]
    return max(youngest, years + job.from_age), min(oldest, years + LATEST_START)


def values(seed: int, four: Quartet, trade: Trade, as_of: datetime.date) -> tuple[dict[str, str], ...]:
    """The facts of each of the four careers, in no order: the four salaries and dates of birth differ."""
    found: list[dict[str, str]] = []
    random = stream(seed, "careers", four.number, "values")
    for career in careers(seed, four, trade):
        while True:
            born = _birth_date(career.age, as_of, random)
            pay = work.salary(career.job, career.age, four.locale, random.uniform(0.9, 1.12))
            facts = {
                "birth_date": f"{born.day} {_MONTHS[born.month - 1]} {born.year}",
                "occupation": career.job.name,
                "employed_since": str(as_of.year - career.years),
                "annual_salary": pay,
            }
            if not any(facts[key] == other[key] for other in found for key in ("birth_date", "annual_salary")):
                break
        found.append(facts | ({"field_of_study": career.field} if career.field else {}))
    return tuple(found)


def employers(seed: int, locale: str, sector: str, turn: int) -> Block:
    """The four employers of a sector that a turn of the locale is dealt."""
    blocks = len(places.place(locale).brands) // FOUR
    start = FOUR * (turn // len(work.sectors()) % blocks)
    return work.employers(seed, locale, sector, start + FOUR)[start:]


def _birth_date(age: int, as_of: datetime.date, random: Random) -> datetime.date:
    """A day on which somebody was born who is `age` on `as_of`."""
    last = _years_before(as_of, age)
    first = _years_before(as_of, age + 1) + datetime.timedelta(days=1)
    return first + datetime.timedelta(days=random.randint(0, (last - first).days))


def _years_before(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
