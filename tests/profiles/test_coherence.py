"""What must hang together within a person."""

import collections
import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base.recipe import ProfilesPart, Recipe
from builder.base.records import Profile
from builder.profiles import career, make_profile, names, persona, places, sources, work
from builder.profiles.quartets import AGES
from tests.profiles.conftest import Lister

JOBS = {job.name: job for job in work.occupations()}


def _value(person: Profile, key: str) -> str:
    return person.fact(key).value


def _born(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d %B %Y").date()


def _age(born: datetime.date, day: datetime.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def test_the_place_fits_the_locale(people: list[Profile]) -> None:
    for person in people:
        here = places.place(person.locale)
        pool = names.pool_of(person.locale)
        assert person.given_name in pool.given[person.gender]
        assert person.family_name in pool.family
        assert _value(person, "name") == person.name == f"{person.given_name} {person.family_name}"
        assert _value(person, "gender") == person.gender
        assert _value(person, "country") == here.country
        assert {_value(person, "birthplace"), _value(person, "residence")} < set(here.cities)
        held = {fact.key: fact.value for fact in person.facts}
        assert held.get("university", here.universities[0]) in here.universities
        assert held["favourite_food"] in here.dishes
        assert _value(person, "bank") in places.banks(7, person.locale)


def test_the_address_is_written_as_there(people: list[Profile]) -> None:
    ways = {locale: places.place(locale).address for locale in ("en_GB", "fr_FR", "de_DE", "it_IT")}
    assert ways["en_GB"] == ways["fr_FR"] == "{number} {street}"
    assert ways["de_DE"] == ways["it_IT"] == "{street} {number}"
    for person in people:
        address = _value(person, "address")
        number_first = places.place(person.locale).address.startswith("{number}")
        assert address[0].isdigit() == number_first
        assert address[-1].isdigit() != number_first
        assert not any(city in address for city in places.place(person.locale).cities)


def test_money_is_that_of_the_country(people: list[Profile]) -> None:
    sign = {"en_GB": "£", "en_US": "$", "pl_PL": "zł", "sv_SE": "kr", "en_IN": "₹", "fr_FR": "€", "en_KE": "KSh"}
    for person in people:
        salary = _value(person, "annual_salary")
        assert sign.get(person.locale, "") in salary
        assert "," in salary


@settings(max_examples=150, deadline=None)
@given(
    number=st.integers(0, 400),
    seed=st.integers(0, 99),
    as_of=st.dates(datetime.date(1980, 1, 1), datetime.date(2060, 12, 31)),
)
def test_a_life_is_possible(number: int, seed: int, as_of: datetime.date) -> None:
    four = persona.four(number, Recipe(seed=seed, profiles=ProfilesPart(as_of=as_of.isoformat())))
    youngest, oldest = AGES[four.quartet.age_group]
    here = places.place(four.quartet.locale)
    for life in four.values:
        born, since = _born(life["birth_date"]), int(life["employed_since"])
        assert youngest <= _age(born, as_of) <= oldest <= 66
        assert since < as_of.year
        job = JOBS[life["occupation"]]
        assert job.from_age <= since - born.year <= career.LATEST_START + 1
        assert ("field_of_study" in life) == ("university" in life) == bool(job.fields)
        assert life.get("field_of_study", "") in (*job.fields, "")
        assert life["employer"] in work.employers(seed, four.quartet.locale, job.sector, len(here.brands))
        assert life.get("medical_condition", "") in (*persona.conditions(four.quartet.age_group), "")
        assert life["birthplace"] != life["residence"]
        assert 150 <= int(life["height"].removesuffix(" cm")) <= 195


def test_employers_are_of_the_occupations_sector(people: list[Profile]) -> None:
    table = sources.table("work")
    for person in people:
        patterns = table[JOBS[_value(person, "occupation")].sector]["employers"]
        ends = [pattern.removeprefix("{}") for pattern in patterns]
        assert _value(person, "employer").endswith(tuple(ends))


def test_salary_rises_with_age_and_depends_on_the_occupation() -> None:
    def amount(name: str, age: int, locale: str = "en_US") -> int:
        return int("".join(filter(str.isdigit, work.salary(JOBS[name], age, locale, 1.0))))

    assert amount("dentist", 30) < amount("dentist", 50)
    assert amount("tour guide", 40) < amount("dentist", 40)
    assert amount("dentist", 40, "en_KE") > amount("dentist", 40)  # in shillings
    assert work.salary(JOBS["dentist"], 40, "fr_FR", 1.0).startswith("€")


def test_men_are_taller_and_the_old_have_more_conditions(people: list[Profile]) -> None:
    heights = collections.defaultdict(list)
    for person in people:
        heights[person.gender].append(int(_value(person, "height").removesuffix(" cm")))
    mean = {gender: sum(values) / len(values) for gender, values in heights.items()}
    assert mean["male"] > mean["female"] + 8
    assert set(persona.conditions("young")) < set(persona.conditions("middle-aged")) < set(persona.conditions("older"))


def test_groups_have_their_shares(people: list[Profile]) -> None:
    groups = collections.Counter(person.age_group for person in people)
    assert all(abs(groups[group] / len(people) - 1 / 3) < 0.08 for group in AGES)
    women = sum(person.gender == "female" for person in people) / len(people)
    assert abs(women - 0.5) < 0.08
    part = ProfilesPart(female_share=1.0)
    assert all(make_profile(number, Recipe(profiles=part), Lister()).gender == "female" for number in range(5))


def test_one_employer_is_one_for_everybody(recipe: Recipe) -> None:
    few, many = work.employers(7, "fr_FR", "law", 6), work.employers(7, "fr_FR", "law", 40)
    assert many[:6] == few
    assert len(set(many)) == 40
    assert work.employers(8, "fr_FR", "law", 6) != few
