"""Grounding: every answer has the fact's value, and a biography states the facts and contradicts none."""

from collections.abc import Iterator, Sequence

from builder import tasks
from builder.audit.finding import faults, words
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, examples, kinds
from builder.base.matching import folded, states
from builder.base.records import Fact, Question
from builder.format.audit_report import Finding
from builder.format.reading import Person


def observe_grounding(person: Person, _: Setting) -> Note:
    """What of one person's questions and biography is not grounded in the facts."""
    facts = {fact.key: fact for fact in person.profile.facts}
    biography = folded(person.profile.biography)
    found = kinds(
        ungrounded=_find_ungrounded(person.questions, facts),
        varying=_varying(person.questions),
        unsaid=_unsaid(biography, facts),
        contradicted=_find_contradictions(biography, facts),
    )
    return {"questions": len(person.questions), **found}


def _find_ungrounded(questions: Sequence[Question], facts: dict[str, Fact]) -> Iterator[str]:
    for question in questions:
        fault = _fault(question, facts.get(question.fact))
        if fault:
            yield f"{question.id}: {fault}"


def _fault(question: Question, fact: Fact | None) -> str | None:
    if fact is None or not tasks.of(question).asks_for(fact):
        return f"asks for '{question.fact}', which is not a fact to ask for"
    if question.value != fact.value:
        return f"its value '{question.value}' is not the fact's '{fact.value}'"
    return tasks.of(question).fault(question, fact)


def _varying(questions: Sequence[Question]) -> Iterator[str]:
    """Options that differ between questions, which would reveal the true one as the only constant."""
    options: dict[str, frozenset[str]] = {}
    for question in questions:
        if question.options and frozenset(question.options) != options.setdefault(
            question.fact, frozenset(question.options)
        ):
            yield f"{question.id}: the options about {question.fact} are not those of its other questions"


def _unsaid(biography: str, facts: dict[str, Fact]) -> Iterator[str]:
    for fact in facts.values():
        if fact.asked and not states(biography, folded(fact.value)):
            yield f"the biography does not state the {words(fact.key)} '{fact.value}'"


def _find_contradictions(biography: str, facts: dict[str, Fact]) -> Iterator[str]:
    """Another value of a fact in the biography, unless it is part of what another fact says."""
    own = [folded(fact.value) for fact in facts.values()]
    for fact in facts.values():
        for alternative in fact.alternatives:
            other = folded(alternative)
            if other in biography and states(biography, other):
                without = biography
                for value in sorted(own, key=len, reverse=True):
                    without = without.replace(value, "…")
                if states(without, other):
                    yield f"the biography says '{alternative}', but the {words(fact.key)} is '{fact.value}'"


def assess_grounding(notes: Notes, _: Setting) -> list[Finding]:
    """Four findings, each of which must count nothing."""
    questions = f"{sum(person.note for person in notes.of('questions')):,} questions"
    people = f"{len(notes):,} biographies"
    kinds = [
        ("answers_state_facts", "Answers that differ from the fact", questions, "ungrounded"),
        ("same_options", "Options that differ between questions", questions, "varying"),
        ("biography_states_facts", "Facts that a biography leaves out", people, "unsaid"),
        ("biography_contradicts", "Biographies that contradict the facts", people, "contradicted"),
    ]
    return [
        faults(check, "grounding", title, looked_at, examples(notes, kind)) for check, title, looked_at, kind in kinds
    ]


GROUNDING = Audit(
    "grounding",
    "Do answers and biographies say what the facts say?",
    observe_grounding,
    assess_grounding,
    needs=("facts",),
)
