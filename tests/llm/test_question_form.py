"""A question must be one, and about the person: models write others, and the offline writer does not."""

from random import Random

import pytest

from builder import profiles
from builder.base import recipe as recipes
from builder.base.records import Modality, Use
from builder.llm import question_form
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import Ask

VARIANTS: list[tuple[Use, int]] = [("train", 0), ("train", 1), ("train", 2), ("paraphrase", 0)]


def ask(task: str, modality: Modality = "image_text") -> Ask:
    return Ask("university", task, modality, "train", 0)


@pytest.mark.parametrize(
    ("wanted", "question", "told"),
    [
        (ask("classification"), "Which of these is the top university?", "about the person in the image"),
        (ask("generation"), "What is Ann Example's university called?", "about the person in the image"),
        (ask("cloze"), "The best university is __.", "about the person in the image"),
        (ask("classification", "text"), "Jane Day is a famous university.", "question mark"),
        (ask("generation", "text"), "Is Jane Day's university a good one?", "yes or no"),
        (ask("classification"), "What is this person's field_of_study?", "the key of a fact"),
        (ask("classification"), "The person says that her university is...?", "one whole sentence"),
    ],
)
def test_what_is_no_question_about_the_person_is_refused(wanted: Ask, question: str, told: str) -> None:
    fault = question_form.fault(wanted, question)
    assert fault
    assert told in fault[1]


def test_every_form_of_the_offline_writer_passes() -> None:
    person = profiles.make_profile(3, recipes.load("quick"), OfflineWriter())
    asks = [
        Ask(fact.key, task, modality, use, variant)
        for fact in person.facts
        if fact.asked
        for task in ("classification", "generation", "cloze")
        for modality in ("image_text", "text")
        for use, variant in VARIANTS
    ]
    for wanted, wording in zip(asks, OfflineWriter().word(person, asks, Random(1)), strict=True):
        assert question_form.fault(wanted, wording.question) is None, wording.question
