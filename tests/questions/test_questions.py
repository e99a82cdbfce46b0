import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base import schemas
from builder.base.errors import BenchError
from builder.base.recipe import Recipe, parse
from builder.base.records import LETTERS, Profile, Question
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import Ask, Wording
from builder.questions import UnlawfulQuestion, make_questions
from tests.questions.people import NAMES, VALUES, people, person

WRITER = OfflineWriter()


def recipe(seed: int = 0, **questions: Any) -> Recipe:
    return parse({"seed": seed, "questions": {"wrong_answers": 3, **questions}}, "test")


def of(questions: Sequence[Question], **fields: str) -> list[Question]:
    return [q for q in questions if all(getattr(q, key) == value for key, value in fields.items())]


def test_the_same_recipe_and_profile_give_the_same_questions() -> None:
    first = make_questions(person(), recipe(), WRITER)
    make_questions(person(2), recipe(), WRITER)
    assert make_questions(person(), recipe(), OfflineWriter()) == first
    assert make_questions(replace(person(), biography="Anything."), recipe(), WRITER) == first
    assert make_questions(person(), recipe(seed=1), WRITER) != first
    assert make_questions(person(2), recipe(), WRITER) != first


def test_counts() -> None:
    questions = make_questions(person(), recipe(), WRITER)
    for use in ("eval", "paraphrase"):
        kinds = Counter((q.task, q.modality) for q in of(questions, use=use))
        assert kinds == {
            (task, modality): number
            for task, number in (("classification", 5), ("generation", 2), ("cloze", 2))
            for modality in ("image_text", "text")
        }
    trained = Counter((q.fact, q.modality, q.task) for q in of(questions, use="train"))
    assert trained == {
        (fact, modality, task): number
        for fact in VALUES
        for modality in ("image_text", "text")
        for task, number in (("classification", 1), ("generation", 3), ("cloze", 1))
    }


def test_ids_count_within_each_use_and_records_keep_the_schema() -> None:
    questions = make_questions(person(7), recipe(), WRITER)
    for use in ("eval", "paraphrase", "train"):
        ids = [q.id for q in of(questions, use=use)]
        assert ids == [f"00007-{use}-{number:03d}" for number in range(len(ids))]
    for question in questions:
        schemas.check("question", json.loads(json.dumps(asdict(question))))


def test_evaluation_asks_each_fact_once_in_both_modalities_and_paraphrases_the_same() -> None:
    questions = make_questions(person(), recipe(), WRITER)
    asked = [(q.fact, q.task, q.modality) for q in of(questions, use="eval")]
    assert asked == [(q.fact, q.task, q.modality) for q in of(questions, use="paraphrase")]
    assert len(set(asked)) == 18
    assert Counter(fact for fact, *_ in asked) == {fact: 2 for fact, *_ in asked}


@pytest.mark.parametrize(("share", "fewest", "most"), [(0.0, 0, 0), (0.5, 1, 3), (1.0, 2, 5)])
def test_a_share_of_the_evaluation_questions_repeats_training_items(share: float, fewest: int, most: int) -> None:
    variants = set()
    for number in range(20):
        questions = make_questions(person(number), recipe(repeat_training=share, train_cloze=2), WRITER)
        repeated: Counter[tuple[str, str]] = Counter()
        for question in of(questions, use="eval"):
            trained = of(questions, use="train", task=question.task, fact=question.fact, modality=question.modality)
            same = [q.question == question.question and q.answer == question.answer for q in trained]
            assert sum(same) <= 1
            repeated[question.task, question.modality] += any(same)
            variants |= {same.index(True)} if any(same) and question.task == "generation" else set()
        assert all(fewest <= times <= most for times in repeated.values())
        assert all(repeated[task, "text"] == repeated[task, "image_text"] for task, _ in repeated)
    assert variants == ({0, 1, 2} if share else set())


def test_no_blank_is_repeated_that_was_never_trained() -> None:
    questions = make_questions(person(), recipe(repeat_training=1.0, train_cloze=0, train_classification=0), WRITER)
    assert len(of(questions, use="eval", task="cloze")) == 4


def test_training_wordings_of_a_fact_all_differ() -> None:
    questions = make_questions(person(), recipe(train_generation=12, train_cloze=12, train_classification=12), WRITER)
    for fact in VALUES:
        for modality in ("text", "image_text"):
            items = of(questions, use="train", task="generation", fact=fact, modality=modality)
            assert len({q.question for q in items}) == 12
            assert len({q.answer for q in items[:6]}) == 6
            asked = [q.question for q in of(questions, use="train", fact=fact, modality=modality)]
            assert len(set(asked)) == 36


def test_the_same_options_stand_in_every_question_of_a_fact() -> None:
    questions = make_questions(person(), recipe(train_classification=2), WRITER)
    for fact in VALUES:
        shown = {frozenset(q.options) for q in of(questions, fact=fact, task="classification")}
        assert shown == {frozenset(VALUES[fact][1][:4])}


def test_letters_are_uniform() -> None:
    letters: Counter[tuple[str, str]] = Counter()
    for number in range(100):
        for question in make_questions(person(number), recipe(train_classification=2), WRITER):
            if question.letter:
                letters[question.use, question.letter] += 1
    for use in ("eval", "paraphrase", "train"):
        seen = [letters[use, letter] for letter in LETTERS]
        expected = sum(seen) / 4
        assert sum((number - expected) ** 2 / expected for number in seen) < 16.3  # chi-square, 3 d.f., p = 0.001


def test_evaluation_covers_all_facts_evenly() -> None:
    facts = Counter(
        question.fact
        for number in range(100)
        for question in make_questions(person(number), recipe(train_generation=1, train_cloze=0), WRITER)
        if question.use == "eval"
    )
    expected = 100 * 18 / len(VALUES)
    assert set(facts) == set(VALUES)
    assert all(0.5 * expected < number < 1.6 * expected for number in facts.values())


def test_more_training_wordings_leave_the_evaluation_as_it_was() -> None:
    few = make_questions(person(), recipe(train_cloze=0, train_classification=0), WRITER)
    many = make_questions(person(), recipe(train_cloze=2, train_classification=2), WRITER)
    for use in ("eval", "paraphrase"):
        assert [(q.fact, q.task, q.options) for q in of(few, use=use)] == [
            (q.fact, q.task, q.options) for q in of(many, use=use)
        ]


@settings(max_examples=40, deadline=None)
@given(people(), st.integers(0, 2**31), st.integers(1, 3), st.integers(0, 2), st.integers(0, 2))
def test_the_offline_writer_keeps_the_laws(
    profile: Profile, seed: int, generation: int, cloze: int, classification: int
) -> None:
    knobs = recipe(seed, train_generation=generation, train_cloze=cloze, train_classification=classification)
    assert len(of(make_questions(profile, knobs, WRITER), use="eval")) == 18


@pytest.mark.parametrize(("given_name", "family"), NAMES)
def test_names_of_all_shapes_can_be_asked_about(given_name: str, family: str) -> None:
    for number in range(5):
        make_questions(person(number, given_name, family), recipe(max_shared_words=3), WRITER)


def test_a_fact_that_holds_part_of_the_name_is_not_asked() -> None:
    questions = make_questions(person(given="Marek", family="Mill"), recipe(), WRITER)
    assert {fact for fact in VALUES if not of(questions, fact=fact)} == {"father_name", "address"}
    lane = make_questions(person(given="Ana Biscuit"), recipe(), WRITER)
    assert {fact for fact in VALUES if not of(lane, fact=fact)} == {"pet_name"}


def test_alternatives_that_hold_part_of_the_name_or_overlap_with_the_value_are_passed_over() -> None:
    """Too few are left then, and the fact is not asked: with three others of a quartet each of them is needed."""
    names = ("Marek", "Maria", "Jan", "Ivo")
    cities = ("Porto", "Porto Alegre", "Braga", "Faro")
    questions = make_questions(person(values={"father_name": names, "birthplace": cities}), recipe(), WRITER)
    assert not of(questions, fact="father_name")
    assert not of(questions, fact="birthplace")
    assert of(questions, fact="mother_name")


def test_a_fact_with_too_few_alternatives_is_not_asked() -> None:
    values = {"birthplace": ("Porto", "Porto Alegre", "Braga", "Faro")}
    assert not of(make_questions(person(values=values), recipe(), WRITER), fact="birthplace")


def test_facts_that_are_not_asked_for_stay_out() -> None:
    hidden = frozenset({"bank", "hobby"})
    questions = make_questions(person(unasked=hidden), recipe(), WRITER)
    assert {q.fact for q in questions} == set(VALUES) - hidden


def test_too_few_facts_for_the_evaluation_is_said_clearly() -> None:
    with pytest.raises(BenchError, match=r"Profile 00001 has 5 facts .* needs 9, .*questions\.classification"):
        make_questions(person(unasked=frozenset(list(VALUES)[5:])), recipe(), WRITER)


class Crooked:
    """A writer whose wordings are the offline writer's, changed."""

    def __init__(self, change: Callable[[Ask, Wording], Wording], drop: int = 0) -> None:
        self.change = change
        self.drop = drop

    def biography(self, profile: Profile, stream: Random) -> str:
        return ""

    def word(self, profile: Profile, asks: Sequence[Ask], stream: Random) -> list[Wording]:
        given = WRITER.word(profile, asks, stream)
        return [self.change(ask, wording) for ask, wording in zip(asks, given, strict=True)][self.drop :]


def test_what_another_writer_returns_is_checked() -> None:
    crooked = Crooked(lambda ask, wording: replace(wording, question="Who is it?"))
    with pytest.raises(UnlawfulQuestion, match="question 00001-eval-001 breaks the law text_question_says_name"):
        make_questions(person(), recipe(), crooked)


def test_a_writer_that_returns_too_few_wordings_is_refused() -> None:
    with pytest.raises(BenchError, match="the writer returned 325 wordings for 326 asks"):
        make_questions(person(), recipe(), Crooked(lambda ask, wording: wording, drop=1))
