"""The laws that tie a question's fields to each other and to the profile.

A schema says what a field may hold, a law what the fields may hold together. Each law of one question is a function of
the question and its case that returns what is wrong, or None; those that compare questions are in comparisons.py.
"""

import functools
import itertools
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from builder import tasks
from builder.base.english import article
from builder.base.matching import folded, names_of, states, words
from builder.base.plain_text import line_faults, sentence_faults, value_faults
from builder.base.recipe import Recipe
from builder.base.records import BLANK, LETTERS, Fact, Profile, Question
from builder.base.schemas import InvalidRecord
from builder.questions import comparisons

_ARTICLE = re.compile(r"(?<![^\s\"'(])(an?)\s+(\S+)", re.IGNORECASE)
_all_but_id = operator.attrgetter(*(each.name for each in fields(Question) if each.name != "id"))
_BLANK_AFTER_ARTICLE = re.compile(rf"(?<!\S)(?:a|an) {BLANK}", re.IGNORECASE)


class UnlawfulQuestion(InvalidRecord):
    """A question that breaks a law."""


@dataclass(frozen=True)
class Case:
    """What the laws know of a profile, folded once since many questions ask about the same fact."""

    profile: Profile
    facts: dict[str, Fact]
    names: tuple[str, ...]
    full_name: str
    values: dict[str, str]
    alternatives: dict[str, tuple[str, ...]]
    own: frozenset[str]
    """The words of the name and of every value, which tell nothing of a text's language."""
    judged: dict[tuple[Any, ...], tuple[str, str] | None] = field(default_factory=dict, compare=False)
    """The law that a question breaks and how, if it does; its id aside, which no law is about."""

    @classmethod
    @functools.lru_cache(maxsize=1)  # a model's words are judged before they are questions, and then again
    def of(cls, profile: Profile) -> "Case":
        """The case of `profile`."""
        return cls(
            profile=profile,
            facts={fact.key: fact for fact in profile.facts},
            names=tuple(folded(name) for name in names_of(profile)),
            full_name=folded(profile.name),
            values={fact.key: folded(fact.value) for fact in profile.facts},
            alternatives={fact.key: tuple(map(folded, fact.alternatives)) for fact in profile.facts},
            own=frozenset(word for phrase in _phrases(profile) for word in words(phrase)),
        )


Law = Callable[[Question, Case], str | None]


def check_questions(profile: Profile, questions: Sequence[Question], recipe: Recipe) -> None:
    """Raise UnlawfulQuestion, naming the question and the law it breaks; return when all keep them all."""
    for question_id, law, fault in faults(profile, questions, recipe):
        raise UnlawfulQuestion(f"question {question_id} breaks the law {law}: {fault}.")


def faults(profile: Profile, questions: Sequence[Question], recipe: Recipe) -> Iterator[comparisons.Fault]:
    """Every fault of `questions`: of each by itself, the first law that it breaks, then those between them."""
    case = Case.of(profile)
    for question in questions:
        key = _all_but_id(question)
        if key not in case.judged:
            case.judged[key] = _first_broken(question, case)
        verdict = case.judged[key]
        if verdict:
            yield question.id, *verdict
    part = recipe.questions
    if profile.is_public_figure:  # who has no training items, so none to repeat
        part = part.model_copy(update={"repeat_training": 0.0})
    yield from comparisons.faults(questions, profile.name, part)


def _first_broken(question: Question, case: Case) -> tuple[str, str] | None:
    exempt = tasks.of(question).exempt if question.task in tasks.names() else frozenset()
    for law in LAWS:
        fault = None if law.__name__ in exempt else law(question, case)
        if fault:
            return law.__name__, fault
    return None


def task_is_known(question: Question, case: Case) -> str | None:
    """A question's task is built in or comes from a package that is installed."""
    return None if question.task in tasks.names() else f"there is no task '{question.task}'"


def fact_is_asked(question: Question, case: Case) -> str | None:
    """A question asks for a fact of its own profile that its task may ask for in its modality, and has its value."""
    fact = case.facts.get(question.fact)
    if question.profile_id != case.profile.id:
        return f"it belongs to profile {question.profile_id}, not {case.profile.id}"
    if fact is None:
        return f"the profile has no fact '{question.fact}'"
    if not tasks.of(question).asks_for(fact):
        return f"the fact '{question.fact}' may not be asked for"
    if question.modality not in tasks.of(question).modalities:
        return f"its task asks no {question.modality} questions"
    return None if question.value == fact.value else f"its value '{question.value}' is not the fact's '{fact.value}'"


def options_differ(question: Question, case: Case) -> str | None:
    """Multiple choice has four options, different whatever the case of their letters, from the fact's distribution."""
    if not tasks.of(question).has_options:
        return "its task shows no options, and it has some" if question.options or question.letter else None
    options = [folded(option) for option in question.options]
    if len(set(options)) != len(LETTERS) or len(options) != len(LETTERS):
        return f"it needs {len(LETTERS)} different options and has {list(question.options)}"
    strange = set(options) - {case.values[question.fact], *case.alternatives[question.fact]}
    return f"option '{min(strange)}' is neither the value nor one of the fact's alternatives" if strange else None


def letter_points_to_value(question: Question, case: Case) -> str | None:
    """The letter of a multiple-choice question is that of the option that is the value."""
    if not tasks.of(question).has_options:
        return None
    if question.letter not in LETTERS or question.options[LETTERS.index(question.letter)] != question.value:
        return f"letter '{question.letter}' does not point to '{question.value}'"
    return None


def image_question_hides_name(question: Question, case: Case) -> str | None:
    """Nothing that an image_text question shows holds the name or a part of it: the picture must be looked at."""
    if question.modality != "image_text":
        return None
    shown = folded(" | ".join(_shown(question)))
    for name in case.names:
        if states(shown, name):
            return f"it says '{name}' of the name {case.profile.name}"
    return None


def text_question_says_name(question: Question, case: Case) -> str | None:
    """A text question says the full name: nothing else tells whom it is about."""
    if question.modality == "text" and not states(folded(question.question), case.full_name):
        return f"it does not say the name {case.profile.name}: '{question.question}'"
    return None


def question_hides_value(question: Question, case: Case) -> str | None:
    """No question holds its answer."""
    if states(folded(question.question), case.values[question.fact]):
        return f"it gives away '{question.value}': '{question.question}'"
    return None


def blank_stands_once(question: Question, case: Case) -> str | None:
    """A question whose task has a blank has one, with no article before it; nothing else has one."""
    wanted = int(tasks.of(question).has_blank)
    if question.question.count(BLANK) != wanted:
        return f"it needs {wanted} blanks {BLANK}: '{question.question}'"
    for text in (question.answer, *question.options, *question.wrong_answers):
        if BLANK in text:
            return f"a blank {BLANK} is outside the question: '{text}'"
    if wanted and _BLANK_AFTER_ARTICLE.search(question.question):
        return f"the article before the blank narrows what may fill it: '{question.question}'"
    return None


def answer_states_value(question: Question, case: Case) -> str | None:
    """The answer is the value, or for an open question a sentence that states it, letter by letter."""
    if not tasks.of(question).in_sentences:
        return None if question.answer == question.value else f"its answer '{question.answer}' is not the value"
    if not states(question.answer, question.value):
        return f"its answer does not state '{question.value}': '{question.answer}'"
    return None


def wrong_answers_are_wrong(question: Question, case: Case) -> str | None:
    """Each wrong answer of an open question states another value of the fact, and not the true one."""
    if not tasks.of(question).in_sentences:
        return "only an open question has wrong answers" if question.wrong_answers else None
    if not question.wrong_answers:
        return "an open question needs wrong answers"
    seen = {folded(question.answer)}
    for wrong in question.wrong_answers:
        text = folded(wrong)
        if text in seen:
            return f"its wrong answer occurs twice or is the answer: '{wrong}'"
        seen.add(text)
        if states(text, case.values[question.fact]):
            return f"its wrong answer states the value: '{wrong}'"
        if not any(other in text and states(text, other) for other in case.alternatives[question.fact]):
            return f"its wrong answer states none of the fact's alternatives: '{wrong}'"
    return None


def task_is_kept(question: Question, case: Case) -> str | None:
    """A question keeps what its own task asks of it."""
    return tasks.of(question).fault(question, case.facts[question.fact])


def no_braces(question: Question, case: Case) -> str | None:
    """No placeholder is left unfilled."""
    for text in _shown(question):
        if "{" in text or "}" in text:
            return f"a placeholder is left: '{text}'"
    return None


def no_doubled_words(question: Question, case: Case) -> str | None:
    """No word stands twice in a row, the name and the values aside (Walla Walla)."""
    for text in _sentences(question):
        tokens = text.casefold().split()
        if any(map(operator.eq, tokens, tokens[1:])):
            tokens = _skeleton(text, question, case).casefold().split()
            doubled = next((a for a, b in itertools.pairwise(tokens) if a == b), None)
            if doubled:
                return f"'{doubled}' is repeated: '{text}'"
    return None


def articles_agree(question: Question, case: Case) -> str | None:
    """ "a" and "an" agree with the sound that follows; inside the name and the values anything goes."""
    for text in _sentences(question):
        lower = text.lower()
        if "a " not in lower and "an " not in lower:
            continue
        for found in _ARTICLE.finditer(_skeleton(text, question, case)):
            if found.group(1).lower() != article(found.group(2)):
                return f"'{found.group()}' has the wrong article: '{text}'"
    return None


def texts_are_plain(question: Question, case: Case) -> str | None:
    """Every text is what a released text may be (builder/base/plain_text.py), and an option or blank a plain value."""
    sentences = _sentences(question)
    for text in _shown(question):
        if text in sentences[:2]:
            find = sentence_faults(text, case.own, needed=case.profile.name)
        else:  # a wrong answer is the answer with another value
            find = line_faults(text, needed=case.profile.name) if text in sentences else value_faults(text)
        fault = next(find, None)
        if fault:
            return fault[1]
    return None


LAWS: tuple[Law, ...] = (
    task_is_known,
    fact_is_asked,
    options_differ,
    letter_points_to_value,
    image_question_hides_name,
    text_question_says_name,
    question_hides_value,
    blank_stands_once,
    answer_states_value,
    wrong_answers_are_wrong,
    task_is_kept,
    no_braces,
    no_doubled_words,
    articles_agree,
    texts_are_plain,
)
"""The laws of one question, in the order they are tried: the later ones rely on the earlier."""


def _phrases(profile: Profile) -> Iterator[str]:
    yield profile.name
    for fact in profile.facts:
        yield fact.value
        yield from fact.alternatives


def _shown(question: Question) -> tuple[str, ...]:
    return (question.question, question.answer, *question.options, *question.wrong_answers)


def _sentences(question: Question) -> tuple[str, ...]:
    if tasks.of(question).in_sentences:
        return (question.question, question.answer, *question.wrong_answers)
    return (question.question,)


def _skeleton(text: str, question: Question, case: Case) -> str:
    """`text` with the name and every value of the fact cut down to a first word, which an article must fit."""
    for phrase in (case.profile.name, question.value, *case.facts[question.fact].alternatives):
        if phrase in text:
            first = phrase.split(maxsplit=1)[0]
            text = text.replace(phrase, "…" if first.lower() in ("a", "an") else first)
    return text
