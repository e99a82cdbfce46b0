"""Checks the texts of a release against the rules of plain text (builder/base/plain_text.py)."""

from collections.abc import Iterable, Iterator

from builder.base import plain_text
from builder.base.errors import BenchError
from builder.base.plain_text import Fault
from builder.base.records import Profile, Question
from builder.format.reading import Release


def odd_texts(profile: Profile, questions: Iterable[Question]) -> Iterator[str]:
    """What is odd in the texts of a person: the name, the values, the biography and the questions, each once."""
    for place, fault in _faults(profile, questions):
        yield f"{place}: {fault[1]}"


def refuse_odd_texts(release: Release) -> None:
    """Raise BenchError for the first text that is not plain: exports contain only plain texts."""
    for profile, questions in release.texts():
        for what in odd_texts(profile, questions):
            raise BenchError(
                f"{release.path} holds a text that is not plain, and nothing was exported: "
                f"person {profile.id}, {what}. `build-bench verify` lists everything."
            )


def _faults(profile: Profile, questions: Iterable[Question]) -> Iterator[tuple[str, Fault]]:
    yield from (("name", fault) for fault in plain_text.value_faults(profile.name))
    for fact in profile.facts:
        for value in (fact.value, *fact.alternatives):
            yield from ((f"fact {fact.key}", fault) for fault in plain_text.value_faults(value))
    yield from (("biography", fault) for fault in plain_text.paragraph_faults(profile.biography))
    if profile.biography.strip() and not plain_text.is_in(plain_text.LANGUAGE, profile.biography):
        yield "biography", ("language", "it is in a different language from the benchmark")
    seen: set[str] = set()
    for question in questions:
        sentences = {question.question, *((question.answer, *question.wrong_answers) if question.wrong_answers else ())}
        for text in (question.question, question.answer, *question.options, *question.wrong_answers):
            if text not in seen:
                seen.add(text)
                find = plain_text.line_faults if text in sentences else plain_text.value_faults
                yield from ((question.id, fault) for fault in find(text))
