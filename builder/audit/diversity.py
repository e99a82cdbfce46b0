"""Value diversity: how much there is to know, and how far naming the commonest value gets."""

from collections import Counter
from collections.abc import Sequence
from zlib import crc32

from builder.audit import thresholds
from builder.audit.finding import Example, Finding, Value, level, percent, words
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.statistics import entropy, upper_tail, wilson
from builder.reading import Person

Notes = tuple[str, dict[str, str]]
"""The country, and the asked facts' values."""


def look(person: Person, _: Setting) -> Notes:
    """The person's locale and asked values."""
    return person.profile.locale, {fact.key: fact.value for fact in person.profile.facts if fact.asked}


def judge(seen: Sequence[Seen[Notes]], _: Setting) -> list[Finding]:
    """Two findings: naming the commonest value of the country, and the entropy of each fact."""
    facts = list(dict.fromkeys(key for person in seen for key in person.note[1]))
    return [_commonest(seen, facts), _entropies(seen, facts)]


def _commonest(seen: Sequence[Seen[Notes]], facts: Sequence[str]) -> Finding:
    values, worst = [], []
    for fact in facts:
        hits, trials, named = _named_right(seen, fact)
        low, high = wilson(hits, trials, level(len(facts)))
        passed = upper_tail(hits, trials, thresholds.COMMONEST_VALUE) >= level(len(facts))
        values.append(Value(fact, hits / max(1, trials), low, high, passed=passed))
        worst += [] if passed else named[:3]
    values.sort(key=lambda value: -value.figure)
    top = values[0] if values else Value("none", 0.0)
    return Finding(
        check="commonest_value",
        audit="diversity",
        title="Naming the commonest value of the country",
        figure=top.figure,
        unit="share",
        wanted="at most",
        threshold=thresholds.COMMONEST_VALUE,
        passed=all(value.passed for value in values),
        sentence=f"Who names what most others of the country have is right at most {percent(top.figure)} of the time, "
        f"about the {words(top.label)}.",
        interval=(top.low or 0.0, top.high or 1.0),
        values=tuple(values),
        worst=tuple(worst[:20]),
    )


def _named_right(seen: Sequence[Seen[Notes]], fact: str) -> tuple[int, int, list[Example]]:
    """How many people have the value that is commonest among the *others* of their country; nobody guesses alone."""
    counts: dict[str, Counter[str]] = {}
    for person in seen:
        locale, values = person.note
        if fact in values:
            counts.setdefault(locale, Counter())[values[fact]] += 1
    right, trials, examples = 0, 0, []
    ranked = {locale: sorted(found.items(), key=_rank) for locale, found in counts.items()}
    for person in seen:
        locale, values = person.note
        if fact not in values or len(ranked[locale]) == counts[locale].total() == 1:
            continue
        own = values[fact]
        # Without this person its value counts one less: only the three commonest can still come first.
        others = [(value, count - (value == own)) for value, count in ranked[locale][:3]]
        guess = min(others, key=_rank)[0]
        trials += 1
        if guess == own:
            right += 1
            examples.append(Example(person.id, f"{words(fact)}: '{own}' is the commonest in {locale}"))
    return right, trials, examples


def _rank(counted: tuple[str, int]) -> tuple[int, int]:
    value, count = counted
    return -count, crc32(value.encode())


def _entropies(seen: Sequence[Seen[Notes]], facts: Sequence[str]) -> Finding:
    values, worst = [], []
    for fact in facts:
        counts = Counter(person.note[1][fact] for person in seen if fact in person.note[1])
        values.append(Value(fact, len(counts), series="different values"))
        values.append(Value(fact, round(entropy(counts.values()), 3), series="bits"))
        if len(counts) < min(2, counts.total()) or (len(counts) == 1 and counts.total() > 1):
            value = next(iter(counts))
            worst.append(Example("", f"{words(fact)}: everyone has '{value}'"))
    fewest = min((value for value in values if value.series == "different values"), key=lambda value: value.figure)
    return Finding(
        check="different_values",
        audit="diversity",
        title="Different values of a fact",
        figure=fewest.figure,
        unit="count",
        wanted="at least",
        threshold=2.0,
        passed=not worst or len(seen) < 2,
        sentence=f"Every fact takes at least {fewest.figure:,.0f} different values; the fewest has the "
        f"{words(fewest.label)}.",
        values=tuple(values),
        worst=tuple(worst),
    )


DIVERSITY = Audit("diversity", "Are the values diverse?", look, judge)
