"""Contact details can belong to nobody."""

import re

import pytest

from builder.base.recipe import FOUR
from builder.base.records import Profile
from builder.figures.well_known import folded_name
from builder.profiles import contact, places, sources

RESERVED = {
    "en_US": r"\+1 ([2-9]\d\d-555-01\d\d|0\d0-555-\d{4})",
    "en_CA": r"\+1 ([2-9]\d\d-555-01\d\d|0\d9-555-\d{4})",
    "en_GB": r"\+44 (7700 900|1632 960|1(1[3-8]|21|31|41|51|61) 496 0|191 498 0|28 9649 6|29 2018 0|0000 \d{3})\d{3}",
    "en_IE": r"\+353 (20 91|0000 )[\d ]+",
    "en_AU": r"\+61 ([2378] (5550|7010) \d{4}|0000 \d{5})",
    "de_DE": r"\+49 (30 23125 |69 90009 |40 66969 |221 4710 |89 99998 |0000 \d{3})\d{3}",
    "fr_FR": r"\+33 ((1 99 00|2 61 91|3 53 01|4 65 71|5 36 49) \d\d \d\d|0000 \d{5})",
    "sv_SE": r"\+46 (31 390 06 \d\d|40 628 04 \d\d|8 465 004 \d\d|980 319 2\d\d|0000 \d{5})",
    "it_IT": r"\+39 2 00\d\d \d{4}",
    "nb_NO": r"\+47 000\d \d{4}",
    "da_DK": r"\+45 000\d \d{4}",
}
"""Ranges kept for fiction, and those that cannot be assigned; other locales have four zeros after the country code."""
UNASSIGNED = r"\+\d{2,3} 0000 [\d ]+"
MOST, MOST_OF_A_LOCALE = 300_000, 90_000
"""More people than there are names for, in all and in one locale."""
LOCALES = tuple(sources.table("phones"))
EMAIL = re.compile(r"[a-z]+\.[a-z]+\d\d@([a-z]+\.(example|test)|example\.(com|org|net))")
PASSPORT = re.compile(r"(X[A-Z]|Q[M-Z]) \d{4} \d{4} \d{4}")


@pytest.mark.parametrize("locale", LOCALES)
def test_phones_lie_in_reserved_ranges(locale: str) -> None:
    pattern = re.compile(RESERVED.get(locale, UNASSIGNED))
    for city in places.place(locale).cities:
        for index in (*range(0, 600, 4), *range(600, MOST_OF_A_LOCALE, 3001), MOST_OF_A_LOCALE):
            number = contact.phone(3, locale, city, index)
            assert pattern.fullmatch(number), number
            assert any(_fits(number, one) for one in contact.phone_patterns(locale, city)), number


def _fits(number: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\#", r"\d"), number) is not None


@pytest.mark.parametrize("locale", LOCALES)
def test_nobody_shares_a_phone(locale: str) -> None:
    """Quartets that live in the same four cities over and over, far beyond what an area code of a hundred holds."""
    cities = places.place(locale).cities
    for block in (cities[:FOUR], cities[-FOUR:]):
        numbers = [contact.phone(5, locale, block[index % FOUR], index) for index in range(FOUR * 600)]
        assert len(set(numbers)) == len(numbers)


def test_people_of_all_cities_of_an_area_share_no_phone() -> None:
    for locale in ("en_CA", "en_AU", "fr_FR"):
        cities = places.place(locale).cities
        numbers = [
            contact.phone(5, locale, cities[(index // FOUR * FOUR + index % FOUR) % len(cities)], index)
            for index in range(FOUR * 400)
        ]
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("locale", LOCALES)
def test_there_are_phones_for_as_many_people_as_a_recipe_can_have(locale: str) -> None:
    sizes = [10 ** pattern.count("#") for pattern in contact.phone_patterns(locale, places.place(locale).cities[-1])]
    assert sum(sizes) > MOST_OF_A_LOCALE
    with pytest.raises(IndexError):
        contact.phone(5, locale, places.place(locale).cities[-1], 10**7)


def test_area_codes_fit_the_city() -> None:
    for locale, city, start in (
        ("en_US", "Boston", ("+1 617-555-01", "+1 857-555-01")),
        ("en_US", "Albuquerque", ("+1 505-555-01",)),
        ("en_CA", "Toronto", ("+1 416-555-01", "+1 437-555-01", "+1 647-555-01")),
        ("en_GB", "Leeds", ("+44 113 496 0",)),
        ("en_GB", "Norwich", ("+44 7700 900", "+44 1632 960")),
        ("en_AU", "Hobart", ("+61 3 ",)),
        ("fr_FR", "Lyon", ("+33 4 65 71",)),
        ("de_DE", "Hamburg", ("+49 40 66969 ",)),
        ("de_DE", "Leipzig", ("+49 0000 ",)),
        ("sv_SE", "Kiruna", ("+46 980 319 2",)),
    ):
        assert all(contact.phone(9, locale, city, index).startswith(start) for index in range(80)), city


def test_areas_are_of_known_cities_and_share_no_number() -> None:
    for locale, data in sources.table("phones").items():
        named = [city for cities in data.get("areas", {}).values() for city in cities]
        assert len(set(named)) == len(named)
        assert set(named) <= set(places.place(locale).cities)
        codes = [code for codes in data.get("areas", {}) for code in codes.split()]
        assert len(set(codes)) == len(codes)
    united_states, canada = (sources.table("phones")[locale] for locale in ("en_US", "en_CA"))
    assert not set(united_states["unassigned"]) & set(canada["unassigned"])


def test_values_and_alternatives_keep_to_the_ranges(people: list[Profile]) -> None:
    for person in people:
        facts = {key: person.fact(key) for key in ("phone", "email", "passport_number")}
        for key, pattern in (
            ("phone", re.compile(RESERVED.get(person.locale, UNASSIGNED))),
            ("email", EMAIL),
            ("passport_number", PASSPORT),
        ):
            for value in (facts[key].value, *facts[key].alternatives):
                assert pattern.fullmatch(value), value


def test_an_email_has_nothing_to_do_with_the_name(people: list[Profile]) -> None:
    for person in people:
        local_part = person.fact("email").value.partition("@")[0]
        assert not set(re.split(r"[^a-z]+", local_part)) & set(folded_name(person.name).split())


def test_nobody_shares_an_email() -> None:
    assert len({contact.email_of(7, number) for number in range(2000)}) == 2000
    assert contact.emails() > MOST
