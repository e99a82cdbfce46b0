"""Guessing: a sound world is at chance, a world with a tell is not."""

import dataclasses
from collections.abc import Sequence
from random import Random

import pytest

from builder.audit import solvers
from builder.audit.guessing import GUESSING, options_of
from builder.audit.letters import LETTER_BALANCE
from tests.audit.people import ALTERNATIVES, LOCALES, POOLS, judged, sound, world


@pytest.mark.parametrize("seed", range(6))
def test_a_sound_world_is_at_chance(seed: int) -> None:
    found = judged(GUESSING, world(60, seed))
    assert {check: finding.passed for check, finding in found.items()} == dict.fromkeys(found, True)
    for finding in found.values():
        low, high = finding.interval
        assert low < 0.25 < high


def _longest(random: Random, fact: str, locale: str) -> Sequence[str]:
    return sorted(sound(random, fact, locale), key=len, reverse=True)


def _own_pool(random: Random, fact: str, locale: str) -> Sequence[str]:
    pool = POOLS[fact](locale)
    return [random.choice(pool[::2]), *random.sample(pool[1::2], ALTERNATIVES)]


def _foreign(random: Random, fact: str, locale: str) -> Sequence[str]:
    if fact != "residence":
        return sound(random, fact, locale)
    other = POOLS[fact](LOCALES[LOCALES.index(locale) - 1])
    return [random.choice(POOLS[fact](locale)), *random.sample(other, ALTERNATIVES)]


def test_a_true_option_that_is_the_longest_is_found() -> None:
    finding = judged(GUESSING, world(60, draw=_longest))["guess_by_rule"]
    assert not finding.passed
    assert finding.figure > 0.4
    assert "'longest'" in finding.sentence
    assert finding.worst[0].id


def test_a_true_option_of_another_distribution_is_found() -> None:
    finding = judged(GUESSING, world(120, draw=_own_pool))["guess_by_training"]
    assert not finding.passed


def test_a_value_that_the_country_gives_away_is_found_and_named() -> None:
    found = judged(GUESSING, world(240, draw=_foreign))
    finding = found["guess_from_name"]
    assert not finding.passed
    assert "residence" in finding.sentence
    assert {value.label for value in finding.values if not value.passed} <= {"residence", "all facts"}


def test_a_value_that_holds_the_name_is_found() -> None:
    people = []
    for person in world(60):
        value = f"{person.profile.family_name} Works"
        facts = tuple(
            dataclasses.replace(fact, value=value) if fact.key == "employer" else fact for fact in person.profile.facts
        )
        people.append(
            dataclasses.replace(person, profile=dataclasses.replace(person.profile, facts=facts), questions=())
        )
    finding = judged(GUESSING, people)["guess_from_name"]
    failed = {(value.label, value.series) for value in finding.values if not value.passed}
    assert ("employer", "most like the name") in failed
    assert {label for label, _ in failed} <= {"employer", "all facts"}


def test_options_are_those_of_the_questions_and_else_those_they_would_have() -> None:
    person = world(1)[0]
    asked, _ = options_of(person)["employer"]
    question = next(each for each in person.questions if each.options and each.fact == "employer")
    assert set(asked) == set(question.options)
    silent = dataclasses.replace(person, questions=())
    assert set(options_of(silent)["employer"][0]) == set(asked)


@pytest.mark.parametrize(
    ("rule", "options", "guessed"),
    [
        ("longest", ("ab", "abcd", "a", "abc"), 1),
        ("shortest", ("ab", "abcd", "a", "abc"), 2),
        ("largest number", ("$1,900", "$20,100", "$300", "$9"), 1),
        ("middle number", ("170 cm", "180 cm", "171 cm", "150 cm"), 0),
        ("smallest number", ("1 May 1980", "3 June 1971", "9 May 1990", "June 4, 1975"), 1),
        ("first in the alphabet", ("pear", "apple", "quince", "plum"), 1),
        ("odd one out", ("pear", "plum", "Fig 7", "kiwi"), 2),
        ("most alike", ("Harmouth", "Dartmouth", "Yarmouth", "Leeds"), 2),
        ("least alike", ("Harmouth", "Dartmouth", "Yarmouth", "Leeds"), 3),
        ("roundest number", ("$41,233", "$50,000", "$51,200", "$9,871"), 1),
    ],
)
def test_rules_pick_what_their_name_says(rule: str, options: tuple[str, ...], guessed: int) -> None:
    assert solvers.guess(solvers.OPTIONS_ONLY[rule], options, "", "key") == guessed


def test_ties_are_broken_without_the_truth() -> None:
    options = ("aa", "bb", "cc", "dd")
    picked = [solvers.guess(solvers.OPTIONS_ONLY["longest"], options, "", str(key)) for key in range(400)]
    assert {place: round(picked.count(place) / 100) for place in range(4)} == dict.fromkeys(range(4), 1)


def test_balanced_letters_pass_and_a_letter_that_is_right_too_often_is_found() -> None:
    people = world(60)
    assert judged(LETTER_BALANCE, people)["letter_balance"].passed
    biased = []
    for person in people:
        questions = (
            dataclasses.replace(each, letter="C", options=_third(each.options, each.value))
            if each.options and int(each.id[-3:]) % 4 == 0
            else each
            for each in person.questions
        )
        biased.append(dataclasses.replace(person, questions=tuple(questions)))
    finding = judged(LETTER_BALANCE, biased)["letter_balance"]
    assert not finding.passed
    assert "C" in finding.sentence


def _third(options: Sequence[str], value: str) -> tuple[str, ...]:
    others = [option for option in options if option != value]
    return (*others[:2], value, *others[2:])


def test_letters_of_one_use_are_looked_at_alone() -> None:
    people = []
    for person in world(60):
        questions = (
            dataclasses.replace(each, letter="A") if each.options and each.use == "eval" else each
            for each in person.questions
        )
        people.append(dataclasses.replace(person, questions=tuple(questions)))
    finding = judged(LETTER_BALANCE, people)["letter_balance"]
    assert {value.series for value in finding.values if not value.passed} == {"all", "eval"}
