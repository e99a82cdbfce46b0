"""Familiarity and entanglement: people in fours are at chance, and a planted leak of each kind is found."""

import dataclasses
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.audit import ranking
from builder.audit.entanglement import ENTANGLEMENT
from builder.audit.familiarity import FAMILIARITY, SOLVERS, TRAINED
from builder.base.records import LETTERS, Question
from builder.format.reading import Person
from tests.audit.people import dealt, judged, sound, with_fact, with_profile, world

VIEWS = {"familiar_to_vanilla", "familiar_to_retain_95", "familiar_to_retain_90", "familiar_to_retain_85"}


@pytest.mark.parametrize("seed", range(4))
def test_people_in_fours_are_at_chance_in_every_view(seed: int) -> None:
    found = judged(FAMILIARITY, world(200, seed))
    assert set(found) == VIEWS | {"options_held"}
    assert {check: each.sentence for check, each in found.items() if not each.passed} == {}
    for check in VIEWS:
        low, high = found[check].interval
        assert low < 0.25 < high


def _reworked(person: Person, change: Callable[[Question], Question]) -> Person:
    return dataclasses.replace(person, questions=tuple(change(each) for each in person.questions))


def _with_options(question: Question, wrong: list[str]) -> Question:
    return dataclasses.replace(question, options=(question.value, *wrong), letter=LETTERS[0])


def _failed(people: list[Person], check: str = "familiar_to_vanilla") -> set[str]:
    """The solvers that are above chance."""
    return {value.series for value in judged(FAMILIARITY, people)[check].values if not value.passed}


def test_wrong_options_that_are_nobodys_value_are_found() -> None:
    people = world(120, draw=sound)
    for number, person in enumerate(people):
        random = Random(number)
        people[number] = _reworked(
            person,
            lambda q, random=random: (  # type: ignore[misc]
                _with_options(q, [f"made up {random.randrange(10**6)}" for _ in range(3)]) if q.options else q
            ),
        )
    assert {"seen as an answer", "most often the answer", TRAINED} <= _failed(people)


def test_options_of_other_sets_in_evaluation_are_found_by_the_sets_of_training() -> None:
    """The trap of old: training shows the same four options as evaluation, and their one answer."""
    assert {"answer of the same options", TRAINED} <= _failed(world(120, draw=sound))


def test_an_option_that_training_offers_to_others_but_never_calls_right_is_found() -> None:
    people = [
        _reworked(
            person,
            lambda q: (
                _with_options(q, ["never right", "never true", "never so"]) if q.options and q.use == "train" else q
            ),
        )
        for person in world(120)
    ]
    assert not _failed(people)  # evaluation still shows the four
    people = [
        _reworked(person, lambda q: _with_options(q, ["never right", "never true", "never so"]) if q.options else q)
        for person in people
    ]
    assert "often an option, seldom the answer" in _failed(people)


def test_an_option_that_goes_with_the_country_is_found() -> None:
    people = []
    for person in world(200):
        true, others = f"of {person.profile.locale}", [f"of elsewhere {place}" for place in range(3)]
        people.append(
            _reworked(
                with_fact(person, "hobby", value=true, alternatives=tuple(others)),
                lambda q, true=true, others=others: (  # type: ignore[misc]
                    dataclasses.replace(q, value=true, options=(true, *others) if q.options else ())
                    if q.fact == "hobby"
                    else q
                ),
            )
        )
    # Told the country of those who are asked, a solver need not know the person.
    assert {"beside people alike", "seen as an answer"} <= _failed(people)


def test_forgetting_one_of_four_leaves_the_fourth_by_elimination() -> None:
    """Why forget sets are whole quartets: cut through them, the value that nobody retained has is the right one."""
    people = [
        dataclasses.replace(person, segment="retain" if number % 4 or person.segment == "holdout" else "forget_5")
        for number, person in enumerate(world(200))
    ]
    own = [person for person in people if person.segment != "holdout"]
    assert "least often the answer" in _failed(own, "familiar_to_retain_95")


def test_options_that_nobody_retained_holds_are_counted() -> None:
    people = [
        with_fact(
            person,
            "hobby",
            value=f"{dealt(n, 0, 'hobby', person.profile.locale)[0]} alone",
            alternatives=("a", "b", "c"),
        )
        if person.segment == "forget_5"
        else person
        for n, person in enumerate(world(200))
    ]
    people = [dataclasses.replace(person, questions=()) for person in people]
    finding = judged(FAMILIARITY, people)["options_held"]
    assert finding.figure < 0.9
    assert not finding.passed
    assert any("hobby" in example.text for example in finding.worst)


def test_every_solver_is_reported() -> None:
    found = judged(FAMILIARITY, world(80))["familiar_to_vanilla"]
    assert {value.series for value in found.values} == {*SOLVERS, TRAINED}


def test_a_fact_that_tells_another_is_found_unless_it_is_recorded() -> None:
    people = []
    for person in world(240):
        employer = person.profile.fact("employer")
        values = {value: f"bank of {value}" for value in (employer.value, *employer.alternatives)}
        told = tuple(values[value] for value in employer.alternatives)
        people.append(with_fact(person, "residence", value=values[employer.value], alternatives=told))
    finding = judged(ENTANGLEMENT, people)["entangled"]
    assert not finding.passed
    assert "employer reveals residence (100.0 %)" in finding.sentence
    recorded = [with_fact(person, "residence", implied_by=("employer",)) for person in people]
    finding = judged(ENTANGLEMENT, recorded)["entangled"]
    assert finding.passed
    assert "all recorded" in finding.sentence


def test_facts_that_are_dealt_apart_tell_nothing() -> None:
    finding = judged(ENTANGLEMENT, world(400))["entangled"]
    assert (finding.passed, finding.sentence) == (True, "No fact reveals another.")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_the_trained_solver_finds_a_feature_that_tells_and_nothing_in_noise(seed: int, telling: int) -> None:
    random = np.random.default_rng(seed)
    features = random.normal(size=(400, 4, 7)).astype(np.float32)
    truth = random.integers(0, 4, 400)
    groups = np.arange(400)
    assert 0.15 < np.mean(ranking.hits(features, truth.tolist(), groups.tolist())) < 0.35
    features[np.arange(400), truth, telling] += 3
    assert np.mean(ranking.hits(features, truth.tolist(), groups.tolist())) > 0.8


def test_people_are_known_by_their_quartet_not_by_their_place() -> None:
    """A profile's quartet is its number divided by four: what the audits count on."""
    assert all(person.profile.quartet == int(person.profile.id) // 4 for person in world(40))
    assert with_profile(world(1)[0], quartet=3).profile.quartet == 3
