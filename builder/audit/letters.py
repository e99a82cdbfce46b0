"""Letter balance: no letter is right more often than a quarter of the time."""

from collections import Counter

from builder.audit import thresholds
from builder.audit.finding import level, percent
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import upper_tail, wilson
from builder.base.records import LETTERS
from builder.format.audit_report import Finding, Value
from builder.format.reading import Person


def observe_letters(person: Person, _: Setting) -> Note:
    """How often each letter is right, by use."""
    return {"letters": Counter((question.use, question.letter) for question in person.questions if question.letter)}


def assess_letters(notes: Notes, _: Setting) -> list[Finding]:
    """One finding: the share of the most frequent letter, over all questions and within each use."""
    total: Counter[tuple[str, str]] = Counter()
    for person in notes.of("letters"):
        total.update(person.note)
    uses = list(dict.fromkeys(use for use, _ in total))
    tests = len(LETTERS) * (len(uses) + 1)
    values, bar = [], thresholds.CHANCE + thresholds.LETTER_MARGIN
    for use in ("all", *uses):
        counts = {letter: sum(total[each, letter] for each in uses if use in ("all", each)) for letter in LETTERS}
        asked = sum(counts.values())
        for letter, count in counts.items():
            low, high = wilson(count, asked, level(tests))
            above = upper_tail(count, asked, bar) < level(tests)
            values.append(Value(letter, count / max(1, asked), low, high, use, not above))
    commonest = max(values[: len(LETTERS)], key=lambda value: value.figure)
    return [
        Finding(
            check="letter_balance",
            audit="letters",
            title="Letters of right options",
            figure=commonest.figure,
            unit="share",
            wanted="at most",
            threshold=bar,
            passed=all(value.passed for value in values),
            sentence=f"The most frequent right letter, {commonest.label}, is right {percent(commonest.figure)} of the "
            f"time in {sum(total.values()):,} multiple-choice questions.",
            interval=(commonest.low or 0.0, commonest.high or 1.0),
            values=tuple(values),
        )
    ]


LETTER_BALANCE = Audit("letters", "Are the letters balanced?", observe_letters, assess_letters, needs=("options",))
