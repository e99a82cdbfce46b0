"""Each law catches the fault that it is there for, planted into questions that are otherwise sound."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from builder.base.matching import words
from builder.base.recipe import Recipe
from builder.base.records import Profile, Question
from builder.llm.offline_writer import OfflineWriter
from builder.questions import UnlawfulQuestion, check_questions, laws, make_questions
from tests.questions.people import person

RECIPE = Recipe.model_validate({"questions": {"wrong_answers": 3}})
PROFILE = person(values={"birthplace": ("Walla Walla", "Kraków", "Łódź", "Poznań", "Baden Baden")})
QUESTIONS = make_questions(PROFILE, RECIPE, OfflineWriter())

Change = Callable[[Question], dict[str, Any]]


def planted(change: Change, **fields: str) -> list[Question]:
    """The questions with the first that has these fields changed."""
    index, question = next(
        (i, q) for i, q in enumerate(QUESTIONS) if all(getattr(q, key) == value for key, value in fields.items())
    )
    return [*QUESTIONS[:index], replace(question, **change(question)), *QUESTIONS[index + 1 :]]


def broken(questions: list[Question], profile: Profile = PROFILE) -> str:
    """The name of the law that the questions break."""
    with pytest.raises(UnlawfulQuestion) as caught:
        check_questions(profile, questions, RECIPE)
    return str(caught.value).partition("breaks the law ")[2].partition(":")[0]


def _asked_in_training(question: Question) -> dict[str, Any]:
    like = (question.fact, question.task, question.modality, "train")
    same = next(q for q in QUESTIONS if (q.fact, q.task, q.modality, q.use) == like)
    return {"question": same.question, "answer": same.answer}


def text_end(addition: str) -> Change:
    return lambda q: {"question": f"{q.question} {addition}"}


def _with_a_stranger(question: Question) -> tuple[str, ...]:
    others = [option for option in question.options if option != question.value]
    return question.value, "a stranger", *others[1:]


CLASSIFICATION = {"task": "classification", "modality": "text", "use": "eval"}
GENERATION = {"task": "generation", "modality": "text", "use": "train"}
CLOZE = {"task": "cloze", "modality": "text", "use": "eval"}
IMAGE = {"task": "generation", "modality": "image_text", "use": "train"}


def test_sound_questions_pass() -> None:
    check_questions(PROFILE, QUESTIONS, RECIPE)


@pytest.mark.parametrize(
    ("law", "fields", "change"),
    [
        ("fact_is_asked", CLOZE, lambda q: {"fact": "shoe_size"}),
        ("fact_is_asked", CLOZE, lambda q: {"fact": "country"}),
        ("fact_is_asked", CLOZE, lambda q: {"value": "other"}),
        ("fact_is_asked", CLOZE, lambda q: {"fact": "name", "value": "Maria Nowak"}),
        ("fact_is_asked", CLOZE, lambda q: {"task": "recognition"}),
        ("fact_is_asked", CLOZE, lambda q: {"task": "recognition", "fact": "name", "value": "Maria Nowak"}),
        ("fact_is_asked", CLOZE, lambda q: {"profile_id": "00002"}),
        ("options_differ", CLASSIFICATION, lambda q: {"options": q.options[:3]}),
        ("options_differ", CLASSIFICATION, lambda q: {"options": (*q.options[:3], q.options[0].upper())}),
        ("options_differ", CLASSIFICATION, lambda q: {"options": tuple("x" if o != q.value else o for o in q.options)}),
        ("options_differ", CLASSIFICATION, lambda q: {"options": _with_a_stranger(q)}),
        ("options_differ", CLOZE, lambda q: {"options": ("a", "b", "c", "d")}),
        ("options_differ", CLOZE, lambda q: {"letter": "A"}),
        ("letter_points_to_value", CLASSIFICATION, lambda q: {"letter": "B" if q.letter == "A" else "A"}),
        ("letter_points_to_value", CLASSIFICATION, lambda q: {"letter": ""}),
        ("image_question_hides_name", IMAGE, text_end("Is it Maria?")),
        ("image_question_hides_name", IMAGE, lambda q: {"answer": f"NOWAK: {q.answer}"}),
        ("image_question_hides_name", IMAGE, lambda q: {"wrong_answers": ("Is it maria?", *q.wrong_answers)}),
        ("text_question_says_name", CLOZE, lambda q: {"question": q.question.replace("Maria ", "")}),
        ("question_hides_value", GENERATION, lambda q: {"question": f"{q.question} {q.value.upper()}?"}),
        ("question_hides_value", CLASSIFICATION, lambda q: {"question": f"{q.question} {q.value}"}),
        ("blank_stands_once", CLOZE, lambda q: {"question": q.question.replace("__", "x")}),
        ("blank_stands_once", CLOZE, text_end("__")),
        ("blank_stands_once", CLOZE, lambda q: {"question": q.question.replace("__", "an __")}),
        ("blank_stands_once", GENERATION, text_end("__")),
        ("blank_stands_once", GENERATION, lambda q: {"answer": f"{q.answer} __"}),
        ("answer_states_value", CLOZE, lambda q: {"answer": "other"}),
        ("answer_states_value", CLASSIFICATION, lambda q: {"answer": q.letter}),
        ("answer_states_value", GENERATION, lambda q: {"answer": q.wrong_answers[0]}),
        ("wrong_answers_are_wrong", GENERATION, lambda q: {"wrong_answers": ()}),
        ("wrong_answers_are_wrong", GENERATION, lambda q: {"wrong_answers": (q.answer, *q.wrong_answers)}),
        ("wrong_answers_are_wrong", GENERATION, lambda q: {"wrong_answers": (f"It is {q.value}.",)}),
        ("wrong_answers_are_wrong", GENERATION, lambda q: {"wrong_answers": q.wrong_answers[:1] * 2}),
        ("wrong_answers_are_wrong", GENERATION, lambda q: {"wrong_answers": ("I do not know.",)}),
        ("wrong_answers_are_wrong", CLOZE, lambda q: {"wrong_answers": ("other",)}),
        ("no_braces", GENERATION, text_end("{value}")),
        ("no_braces", GENERATION, lambda q: {"answer": f"{q.answer} {{they}}"}),
        ("task_is_known", GENERATION, lambda q: {"task": "riddle"}),
        ("no_doubled_words", GENERATION, text_end("In the The city?")),
        ("no_doubled_words", CLOZE, lambda q: {"question": q.question.replace("__", "is is __")}),
        ("articles_agree", GENERATION, text_end("Is it a engineer?")),
        ("articles_agree", GENERATION, text_end("Is it an nurse?")),
        ("articles_agree", GENERATION, lambda q: {"answer": f"A engineer: {q.answer}"}),
        ("texts_are_plain", GENERATION, text_end("See <b>this</b>?")),
        ("texts_are_plain", GENERATION, text_end("Und was ist das und wo war der Mann mit dem Hut und die Frau?")),
        ("texts_are_plain", GENERATION, lambda q: {"answer": f"{q.answer} The answer is B."}),
        ("texts_are_plain", GENERATION, lambda q: {"wrong_answers": (f"{q.wrong_answers[0]}\u200b",)}),
        ("wordings_differ", GENERATION, lambda q: {"question": QUESTIONS[QUESTIONS.index(q) + 1].question.upper()}),
        ("evaluation_is_trained", {**GENERATION, "use": "eval"}, lambda q: _asked_in_training(q)),
        ("evaluation_is_trained", {**CLOZE, "use": "eval"}, lambda q: _asked_in_training(q)),
        ("evaluation_is_trained", CLASSIFICATION, lambda q: _asked_in_training(q)),
    ],
)  # fmt: skip
def test_each_law_catches_its_fault(law: str, fields: dict[str, str], change: Change) -> None:
    assert broken(planted(change, **fields)) == law


def test_evaluation_repeats_training_as_often_as_the_recipe_says() -> None:
    every = Recipe.model_validate({"questions": {"wrong_answers": 3, "repeat_training": 1.0}})
    questions = make_questions(PROFILE, every, OfflineWriter())
    with pytest.raises(UnlawfulQuestion, match=r"evaluation_is_trained: it repeats a training question \(.* 0 to 0 of"):
        check_questions(PROFILE, questions, RECIPE)
    with pytest.raises(
        UnlawfulQuestion, match=r"evaluation_is_trained: it repeats no training question \(.* 5 to 5 of"
    ):
        check_questions(PROFILE, QUESTIONS, every)
    place = next(i for i, q in enumerate(questions) if q.use == "eval" and q.task == "generation")
    other = replace(questions[place], answer=f"Well: {questions[place].answer}")
    with pytest.raises(UnlawfulQuestion, match="a training item asks the same with another answer"):
        check_questions(PROFILE, [*questions[:place], other, *questions[place + 1 :]], every)


def test_every_law_is_tried_above() -> None:
    tried = {mark.args[1][index][0] for mark in _marks() for index in range(len(mark.args[1]))}
    # What a task asks of its own questions is tried with a task that asks for more than these laws.
    assert {law.__name__ for law in laws.LAWS} - {"task_is_kept"} <= tried


def _marks() -> list[Any]:
    return list(test_each_law_catches_its_fault.pytestmark)  # type: ignore[attr-defined]


def test_a_paraphrase_may_not_take_over_a_run_of_words() -> None:
    trained = next(q for q in QUESTIONS if q.use == "train" and len(words(q.question)) > 6)
    known = words(trained.question)
    long, short = " ".join(known[:5]), " ".join(known[:4])
    target = {"use": "paraphrase", "task": "classification", "modality": trained.modality}
    check_questions(PROFILE, planted(lambda q: {"question": f"{short}: {q.question}"}, **target), RECIPE)
    fault = planted(lambda q: {"question": f"{long.upper()}: {q.question}"}, **target)
    assert broken(fault) == "paraphrase_is_held_out"


def test_a_long_name_or_value_alone_is_no_shared_run() -> None:
    profile = person(given="Ana Maria del Carmen", family="de la Fuente y Prado", values={
        "university": ("Federal University of the State of Rio Grande", "A B", "C D", "E F", "G H"),
    })  # fmt: skip
    check_questions(profile, make_questions(profile, RECIPE, OfflineWriter()), RECIPE)


def test_words_doubled_within_a_value_or_name_are_sound() -> None:
    assert any("Walla Walla" in question.answer for question in QUESTIONS)
    profile = person(given="James", family="James", values={"blood_type": ("A", "O", "B", "AB", "A1")})
    make_questions(profile, RECIPE, OfflineWriter())
