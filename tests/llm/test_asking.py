"""A question must ask for its own fact: the offline wordings of every fact pass for it, and for no other one."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base import bundled, english
from builder.base.records import Gender, Profile
from builder.llm import asking, wordings
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import Ask
from tests.questions.people import people

WORDINGS = wordings.load(bundled.folder("prompts") / "offline" / "questions")
OF_PUBLIC_FIGURES = frozenset({"birth_year", "death_year", "nationality", "place_of_birth", "profession"})
NAMED = {"subject": "Ann Example", "possessive": "Ann Example's"}
SEEN = {"subject": "the person in the picture", "possessive": "this person's"}


@pytest.mark.parametrize(("gender", "who"), [("female", NAMED), ("male", SEEN)])
def test_every_wording_asks_for_its_fact_and_for_no_other_of_the_same_person(
    gender: Gender, who: dict[str, str]
) -> None:
    fields = english.with_capitals(who | english.PRONOUNS[gender])
    for (own, *_), templates in WORDINGS.templates.items():
        rivals = {fact for fact in WORDINGS.facts if (fact in OF_PUBLIC_FIGURES) == (own in OF_PUBLIC_FIGURES)}
        for template in templates:
            question = template.text.format_map(fields)
            accepted = {fact for fact in rivals if asking.fault(fact, question, NAMED["subject"]) is None}
            assert accepted == {own}, question


@settings(max_examples=10, deadline=None)
@given(people(), st.integers(0, 2**32))
def test_a_question_about_another_fact_is_refused_whoever_is_asked_about(profile: Profile, seed: int) -> None:
    asked = [fact.key for fact in profile.facts if fact.asked]
    asks = [
        Ask(fact, task, modality, use, 0)
        for fact in asked
        for task in ("classification", "generation", "cloze")
        for modality in ("image_text", "text")
        for use in ("train", "paraphrase")
    ]
    for ask, wording in zip(asks, OfflineWriter().word(profile, asks, Random(seed)), strict=True):
        accepted = [fact for fact in asked if asking.fault(fact, wording.question, profile.name) is None]
        assert accepted == [ask.fact], wording.question


@pytest.mark.parametrize(
    "question", ["What is Igor Czerkies' name?", "How old is he?", "What is his shoe size?", "__ is his name."]
)
def test_a_question_about_something_else_is_refused_for_every_fact(question: str) -> None:
    assert all(asking.fault(fact, question, "Igor Czerkies") for fact in WORDINGS.facts)


def test_a_refusal_says_what_would_ask_for_the_fact() -> None:
    assert asking.fault("pet_name", "What is his name?", "Igor") == (
        "none of its words asks for that, as would 'pet/pets/dog/cat/companion'"
    )
    assert asking.fault("passport_number", "When does his passport number expire?", "Igor") == (
        "its words 'expire/expiry/issuing' ask for something else"
    )


def test_a_name_asks_for_nothing_and_an_unknown_fact_in_any_words() -> None:
    assert asking.fault("birthplace", "In which city was Jane Day born?", "Jane Day") is None
    assert asking.fault("pet_name", "What is Jane Pet called?", "Jane Pet")
    assert asking.fault("shoe_size", "What is this?", "Igor") is None
