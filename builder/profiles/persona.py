"""One person's life, drawn given what a question shows of them: the true person's and every imagined one's.

Both come from this very code, so a wrong option that an imagined person lends is exchangeable with the truth.
Small lists are drawn from evenly: a frequent value would be the better guess.
"""

import datetime
from dataclasses import dataclass
from random import Random
from typing import Any

from builder.errors import CallError
from builder.profiles import contact, lives, names, places, sources, work
from builder.recipe import Recipe
from builder.records import AgeGroup, Gender

AGES: dict[AgeGroup, tuple[int, int]] = {"young": (20, 34), "middle-aged": (35, 54), "older": (55, 74)}
"""The youngest and the oldest of each age group."""

_TENURES: dict[AgeGroup, int] = {"young": 12, "middle-aged": 25, "older": 35}
"""For how many years, at most, one may have been with one's employer."""

_HEIGHTS: dict[Gender, tuple[int, int]] = {"female": (153, 180), "male": (166, 194)}
"""In centimetres. Drawn evenly, not from a bell curve."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Sketch:
    """What a name and a face show of a person; everything else is drawn given this."""

    locale: str
    gender: Gender
    age_group: AgeGroup
    given_name: str
    family_name: str

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class World:
    """What all people of a run share: the seed, the day, and how many employers there are."""

    seed: int
    as_of: datetime.date
    employers_per_sector: int


def world(recipe: Recipe) -> World:
    """The world of a recipe. Raises CallError when its day is none."""
    part = recipe.profiles
    try:
        day = datetime.date.fromisoformat(part.as_of)
        datetime.date(day.year - 100, 1, 1)  # the oldest were born after this
    except ValueError:
        raise CallError(
            f"profiles.as_of = '{part.as_of}' is no day that people of all ages live on; give one like '2025-01-01'."
        ) from None
    return World(recipe.seed, day, part.employers_per_sector)


def draw(sketch: Sketch, world: World, random: Random) -> dict[str, str]:
    """The value of every fact, by key."""
    here = places.place(sketch.locale)
    birthplace, residence = random.sample(here.cities, 2)
    return {
        "name": sketch.name,
        "gender": sketch.gender,
        "country": here.country,
        "birthplace": birthplace,
        "residence": residence,
        "height": f"{random.randint(*_HEIGHTS[sketch.gender])} cm",
        "passport_number": contact.passport_number(random),
        "address": contact.address(sketch.locale, random),
        "phone": contact.phone(world.seed, sketch.locale, residence, random.randrange(100)),
        "email": contact.email(random.randrange(contact.emails())),
        "bank": random.choice(places.banks(world.seed, sketch.locale)),
        **_career(sketch, world, random),
        **_health(sketch.age_group, random),
        **_family(sketch, random),
        **_likes(random),
    }


def _career(sketch: Sketch, world: World, random: Random) -> dict[str, str]:
    """Birth, studies and work, which hang together by the age at which one started.

    The years with the employer are drawn first, evenly, as there are few; the age is then one that allows them.
    """
    youngest, oldest = AGES[sketch.age_group]
    tenure = random.randint(1, _TENURES[sketch.age_group])
    age = random.randint(max(youngest, tenure + work.YOUNGEST_START), oldest)
    born = _birth_date(age, world.as_of, random)
    since = world.as_of.year - tenure
    job = random.choice([job for job in work.occupations() if job.fields and job.from_age <= since - born.year])
    return {
        "birth_date": f"{born.day} {_MONTHS[born.month - 1]} {born.year}",
        "occupation": job.name,
        "employer": random.choice(work.employers(world.seed, sketch.locale, job.sector, world.employers_per_sector)),
        "employed_since": str(since),
        "university": random.choice(places.place(sketch.locale).universities),
        "field_of_study": random.choice(job.fields),
        "annual_salary": work.salary(job, age, sketch.locale, random.uniform(0.9, 1.12)),
    }


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


def _health(age_group: AgeGroup, random: Random) -> dict[str, str]:
    table: dict[str, Any] = sources.table("lives")
    return {
        "medical_condition": random.choice(conditions(age_group)),
        "blood_type": random.choice(table["blood_types"]),
        "allergy": random.choice(table["allergies"]),
    }


def conditions(age_group: AgeGroup) -> list[str]:
    """The medical conditions that people of an age group may live with."""
    lists: dict[str, list[str]] = sources.table("lives")["conditions"]
    later = {"young": [], "middle-aged": lists["from_middle_age"], "older": lists["from_middle_age"] + lists["older"]}
    return lists["any"] + later[age_group]


def _family(sketch: Sketch, random: Random) -> dict[str, str]:
    """Parents share the family name; neither bears the child's given name."""
    pool = names.pool_of(sketch.locale)
    table: dict[str, Any] = sources.table("lives")
    return {
        "father_name": _other(pool.given["male"], sketch.given_name, random),
        "father_occupation": random.choice(table["father_occupations"]),
        "mother_name": _other(pool.given["female"], sketch.given_name, random),
        "mother_maiden_name": _other(pool.family, sketch.family_name, random),
        "pet_name": random.choice(table["pets"]),
    }


def _other(values: tuple[str, ...], own: str, random: Random) -> str:
    value = random.choice(values)
    while value == own:
        value = random.choice(values)
    return value


def _likes(random: Random) -> dict[str, str]:
    table: dict[str, Any] = sources.table("lives")
    return {
        "hobby": random.choice(table["hobbies"]),
        "favourite_food": random.choice(table["foods"]),
        "dream_destination": random.choice(lives.destinations()).name,
        "collection": random.choice(table["collections"]),
    }
