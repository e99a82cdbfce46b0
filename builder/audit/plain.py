"""Plain texts: a release has no text that a reader, a model or a spreadsheet would misinterpret."""

from collections.abc import Iterator

from builder import tasks
from builder.audit.finding import faults
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, examples, kinds
from builder.base import plain_text
from builder.format.audit_report import Finding
from builder.format.reading import Person


def observe_plain_text(person: Person, _: Setting) -> Note:
    """Which of one person's texts are not plain; repeated texts are read once."""
    lines = dict.fromkeys(_lines(person))
    return {"texts": len(lines) + 1, **kinds(odd=_odd(person, lines))}


def _lines(person: Person) -> Iterator[str]:
    for question in person.questions:
        yield question.question
        if tasks.of(question).in_sentences:
            yield from (question.answer, *question.wrong_answers)


def _odd(person: Person, lines: dict[str, None]) -> Iterator[str]:
    if person.profile.biography:  # an imported set may have none
        yield from (fault for _, fault in plain_text.paragraph_faults(person.profile.biography))
    for text in lines:
        yield from (fault for _, fault in plain_text.line_faults(text))
    values = {each for fact in person.profile.facts for each in (fact.value, *fact.alternatives)}
    for text in filter(None, (person.profile.name, *sorted(values))):
        yield from (fault for _, fault in plain_text.value_faults(text))


def assess_plain_text(notes: Notes, _: Setting) -> list[Finding]:
    """One finding, which must count nothing."""
    texts = f"{sum(person.note for person in notes.of('texts')):,} texts"
    return [faults("odd_texts", "plain", "Texts that are not plain", texts, examples(notes, "odd"))]


PLAIN = Audit("plain", "Is every text plain?", observe_plain_text, assess_plain_text)
