"""Closed lists: no value is a word of another of its list, so that a wrong option is never also right."""

import re
from collections.abc import Iterable

import pytest

from builder.profiles import lives, places, sources, work
from builder.recipe import LOCALES

LIVES = sources.table("lives")
OCCUPATIONS = [job.name for job in work.occupations()]
FIELDS = {field for job in work.occupations() for field in job.fields}
LISTS: dict[str, Iterable[str]] = {
    **{key: values for key, values in LIVES.items() if isinstance(values, list)},
    "conditions": [condition for values in LIVES["conditions"].values() for condition in values],
    "occupations": [*OCCUPATIONS, *LIVES["father_occupations"]],
    "fields": sorted(FIELDS),
    "destinations": [destination.name for destination in lives.destinations()],
    "foods": [*LIVES["foods"], *(dish for locale in LOCALES for dish in places.place(locale).dishes)],
    "universities": [university for locale in LOCALES for university in places.place(locale).universities],
    "cities": [city for locale in LOCALES for city in places.place(locale).cities],
}


def _check(values: Iterable[str]) -> None:
    known = [tuple(re.findall(r"\w+", value.casefold())) for value in values]
    assert len(set(known)) == len(known)
    for words in known:
        inside = {words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
        assert not (inside - {words}) & set(known), words


@pytest.mark.parametrize("name", LISTS)
def test_no_value_is_a_word_of_another(name: str) -> None:
    _check(LISTS[name])


@pytest.mark.parametrize("locale", LOCALES)
def test_no_firm_or_place_is_a_word_of_another(locale: str) -> None:
    here = places.place(locale)
    _check(here.universities)
    _check(here.streets)
    sectors = sources.table("work")
    firms = [firm for sector in sectors for firm in work.employers(3, locale, sector, 40)]
    _check([*firms, *places.banks(3, locale)])
    assert len(set(here.brands)) >= 40
    assert 20 <= len(here.cities) <= 30


def test_lists_are_long_enough_for_their_alternatives() -> None:
    """Fifteen alternatives, the truth, and one that another fact of the person may hold."""
    for name, values in LISTS.items():
        if name not in {"blood_types", "email_hosts"}:
            assert len(list(values)) >= 17, name
    assert len(LIVES["conditions"]["any"]) >= 17
    assert len(LIVES["blood_types"]) == 8


def test_fathers_have_other_occupations_than_their_children() -> None:
    assert not set(OCCUPATIONS) & set(LIVES["father_occupations"])
