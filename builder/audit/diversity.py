"""Diversity: how many values there are, how far guessing the most frequent one gets, how alike biographies are."""

import heapq
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from builder.audit import sameness, thresholds
from builder.audit.finding import MOST_EXAMPLES, level, percent, words
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import entropy, upper_tail, wilson
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

_NAMED = 3
"""Examples of each fact."""
_TEXT = "masked biography"
"""The topic that is no fact."""

Counts = dict[str, Counter[str]]
"""For each country how many people have each value of a fact."""


@dataclass(frozen=True)
class ValueCounts:
    """One fact: how often guessing the most frequent value is right, and how many people have each value."""

    fact: str
    hits: int
    trials: int
    named: tuple[FindingExample, ...]
    different: int
    bits: float
    only: str | None
    """The value that everyone has, if everyone has one."""


def observe_diversity(person: Person, setting: Setting) -> Note:
    """The person's locale and value, for each asked fact, and the masked biography if it is one to compare."""
    profile = person.profile
    known = {fact.key: (profile.locale, fact.value) for fact in profile.facts if fact.asked}
    return known | ({_TEXT: sameness.masked_biography(person)} if sameness.is_compared(person, setting.people) else {})


def assess_diversity(notes: Notes, _: Setting) -> list[Finding]:
    """Three findings: guessing the most frequent value of the country, the entropy of each fact, self-BLEU."""
    known = [_count_values(notes, fact) for fact in notes.topics if fact != _TEXT]
    return [_commonest(known), _entropies(known, len(notes)), _sameness(notes)]


def _count_values(notes: Notes, fact: str) -> ValueCounts:
    counts: Counts = {}
    for person in notes.of(fact):
        locale, value = person.note
        counts.setdefault(locale, Counter())[value] += 1
    hits, trials = 0, 0
    named: list[FindingExample] = []
    for example in _named_right(notes, fact, counts):
        trials += 1
        if example:
            hits += 1
            named += [example] if len(named) < _NAMED else []
    everywhere = sum(counts.values(), Counter[str]())
    only = next(iter(everywhere)) if len(everywhere) == 1 and everywhere.total() > 1 else None
    return ValueCounts(fact, hits, trials, tuple(named), len(everywhere), round(entropy(everywhere.values()), 3), only)


def _commonest(known: list[ValueCounts]) -> Finding:
    values: list[Value] = []
    worst: list[FindingExample] = []
    for each in known:
        low, high = wilson(each.hits, each.trials, level(len(known)))
        passed = upper_tail(each.hits, each.trials, thresholds.COMMONEST_VALUE) >= level(len(known))
        values.append(Value(each.fact, each.hits / max(1, each.trials), low, high, passed=passed))
        worst += [] if passed else each.named
    values.sort(key=lambda value: -value.figure)
    top = values[0] if values else Value("none", 0.0)
    return Finding(
        check="commonest_value",
        audit="diversity",
        title="Guessing the most frequent value of the country",
        figure=top.figure,
        unit="share",
        wanted="at most",
        threshold=thresholds.COMMONEST_VALUE,
        passed=all(value.passed for value in values),
        sentence=f"Guessing what most others of the country have is right at most {percent(top.figure)} of the time, "
        f"about the {words(top.label)}.",
        interval=(top.low or 0.0, top.high or 1.0),
        values=tuple(values),
        worst=tuple(worst[:MOST_EXAMPLES]),
    )


def _named_right(notes: Notes, fact: str, counts: Counts) -> Iterator[FindingExample | None]:
    """For each person an example if its value is commonest among the *others* of its country; nobody guesses alone."""
    commonest = {locale: heapq.nsmallest(3, found.items(), key=_rank) for locale, found in counts.items()}
    alone = {locale for locale, found in counts.items() if found.total() == 1}
    for person in notes.of(fact):
        locale, own = person.note
        if locale in alone:
            continue
        # Without this person its value counts one less: only the three commonest can still come first.
        others = [(value, count - (value == own)) for value, count in commonest[locale]]
        right = min(others, key=_rank)[0] == own
        yield FindingExample(person.id, f"{words(fact)}: '{own}' is the most frequent in {locale}") if right else None


def _rank(counted: tuple[str, int]) -> tuple[int, int]:
    value, count = counted
    return -count, crc32(value.encode())


def _entropies(known: list[ValueCounts], people: int) -> Finding:
    values = itertools.chain.from_iterable(
        (Value(each.fact, each.different, series="different values"), Value(each.fact, each.bits, series="bits"))
        for each in known
    )
    worst = [
        FindingExample("", f"{words(each.fact)}: everyone has '{each.only}'") for each in known if each.only is not None
    ]
    fewest = min(known, key=lambda each: each.different)
    return Finding(
        check="different_values",
        audit="diversity",
        title="Different values of a fact",
        figure=float(fewest.different),
        unit="count",
        wanted="at least",
        threshold=2.0,
        passed=not worst or people < 2,
        sentence=f"Every fact takes at least {fewest.different:,} different values; the fewest has the "
        f"{words(fewest.fact)}.",
        values=tuple(values),
        worst=tuple(worst),
    )


def _sameness(notes: Notes) -> Finding:
    people = [(person.id, person.note) for person in notes.of(_TEXT)]
    figures = sameness.self_bleu([text for _, text in people])
    mean = sum(figures) / max(1, len(figures))
    worst = heapq.nlargest(3, zip(figures, (identity for identity, _ in people), strict=True))
    return Finding(
        check="self_bleu",
        audit="diversity",
        title="Biographies that repeat each other's phrases (masked self-BLEU-4)",
        figure=mean,
        unit="share",
        wanted="at most",
        threshold=thresholds.SELF_BLEU,
        passed=mean <= thresholds.SELF_BLEU,
        sentence=f"With values and names masked, the biographies of {len(people):,} people have a self-BLEU-4 of "
        f"{mean:.3f}: 1 would mean that each consists of runs of four words that others have.",
        worst=tuple(FindingExample(identity, f"{figure:.3f}") for figure, identity in worst),
    )


DIVERSITY = Audit(
    "diversity", "Are values and texts diverse?", observe_diversity, assess_diversity, needs=("facts", "locales")
)
