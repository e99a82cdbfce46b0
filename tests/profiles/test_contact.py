"""Contact details can belong to nobody."""

import re

import pytest

from builder.profiles import contact
from builder.public_figures import fold
from builder.recipe import LOCALES
from builder.records import Profile

RESERVED = {
    "en_US": r"\+1 \d{3}-555-01\d\d",
    "en_CA": r"\+1 \d{3}-555-01\d\d",
    "en_GB": r"\+44 (7700 900\d{3}|20 7946 0\d{3}|1632 960\d{3}|1(1[3-8]|21|31|41|51|61) 496 0\d{3})",
    "en_IE": r"\+353 20 91\d \d{4}",
    "en_AU": r"\+61 [2378] (5550|7010) \d{4}",
    "de_DE": r"\+49 (30 23125|69 90009|40 66969|221 4710|89 99998) \d{3}",
    "fr_FR": r"\+33 (1 99 00|2 61 91|3 53 01|4 65 71|5 36 49|6 39 98) \d\d \d\d",
    "sv_SE": r"\+46 (31 390 06 \d\d|40 628 04 \d\d|8 465 004 \d\d|980 319 2\d\d|70 174 06 [1-9]\d)",
    "en_IN": r"\+91 0[\d ]+",
    "en_KE": r"\+254 0[\d ]+",
    "es_ES": r"\+34 0[\d ]+",
    "es_MX": r"\+52 0[\d ]+",
    "pt_BR": r"\+55 0[\d ]+",
    "nl_NL": r"\+31 0[\d ]+",
    "pl_PL": r"\+48 0[\d ]+",
    "it_IT": r"\+39 2 00\d\d \d{4}",
}
EMAIL = re.compile(r"[a-z]+\.[a-z]+\d\d@([a-z]+\.(example|test)|example\.(com|org|net))")
PASSPORT = re.compile(r"(X[A-Z]|Q[M-Z]) \d{4} \d{4} \d{4}")


@pytest.mark.parametrize("locale", LOCALES)
def test_phones_lie_in_reserved_ranges(locale: str) -> None:
    size = contact.phones(locale)
    numbers = [contact.phone(locale, index) for index in range(0, size, max(1, size // 997))]
    numbers.append(contact.phone(locale, size - 1))
    assert all(re.fullmatch(RESERVED[locale], number) for number in numbers)
    assert len(set(numbers)) >= len(numbers) - 1


def test_area_codes_are_those_of_the_country() -> None:
    united_states = {pattern[3:6] for pattern in contact.PHONES["en_US"]}
    canada = {pattern[3:6] for pattern in contact.PHONES["en_CA"]}
    assert not united_states & canada
    assert {"206", "212"} < united_states
    assert {"416", "604"} < canada


def test_values_and_alternatives_keep_to_the_ranges(people: list[Profile]) -> None:
    for person in people:
        facts = {key: person.fact(key) for key in ("phone", "email", "passport_number")}
        for key, pattern in (
            ("phone", re.compile(RESERVED[person.locale])),
            ("email", EMAIL),
            ("passport_number", PASSPORT),
        ):
            for value in (facts[key].value, *facts[key].alternatives):
                assert pattern.fullmatch(value), value


def test_an_email_has_nothing_to_do_with_the_name(people: list[Profile]) -> None:
    for person in people:
        local_part = person.fact("email").value.partition("@")[0]
        assert not set(re.split(r"[^a-z]+", local_part)) & set(fold(person.name).split())


def test_nobody_shares_phone_or_email() -> None:
    own = [contact.own(7, "sv_SE", number, number // 16) for number in range(0, 16 * 490, 16)]
    assert len({details["phone"] for details in own}) == 490 == contact.phones("sv_SE")
    assert len({details["email"] for details in own}) == 490
    assert len({contact.own(7, "de_DE", number, number)["email"] for number in range(2000)}) == 2000
    assert contact.emails() > 99_999
