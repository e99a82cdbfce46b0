"""Held-out people: their values occur in training only as often as by chance."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from builder.audit import thresholds
from builder.audit.finding import MOST_EXAMPLES, faults, level, percent, words
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import upper_tail, wilson
from builder.base.matching import folded
from builder.base.recipe import FOUR
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

_NAME = "name"


@dataclass(frozen=True)
class Held:
    """One fact: how many held-out people's values some trained person has, the same of trained people, examples."""

    fact: str
    hits: int
    held_out: int
    shared: int
    trained: int
    examples: tuple[FindingExample, ...]

    @property
    def rate(self) -> float:
        """The share of held-out people's values that some trained person has."""
        return self.hits / max(1, self.held_out)

    @property
    def chance(self) -> float:
        """The share of trained people's values that some other trained person has."""
        return self.shared / max(1, self.trained)

    def passed(self, tests: int) -> bool:
        """Whether the one is no higher than the other; the trained people's rate is itself known only so well.

        The four of a quartet are dealt their values as one draw.
        """
        rate = wilson(self.shared // FOUR, self.trained // FOUR, level(tests))[1]
        bar = min(1.0, rate + thresholds.HOLDOUT_MARGIN)
        return bar >= 1 or upper_tail(self.hits // FOUR, self.held_out // FOUR, bar) >= level(tests)


def observe_holdout(person: Person, _: Setting) -> Note:
    """The name and the asked values."""
    values = {fact.key: folded(fact.value) for fact in person.profile.facts if fact.asked}
    return {_NAME: folded(person.profile.name), **values}


def assess_holdout(notes: Notes, _: Setting) -> list[Finding]:
    """Two findings: names of held-out people in training, and their values against those of trained people."""
    held_out = sum(person.segment == "holdout" for person in notes.of(_NAME))
    if not held_out or len(notes) - held_out < 2:
        return []
    looked_at = f"{held_out:,} held-out people"
    return [
        faults("holdout_names", "holdout", "Held-out people among the trained", looked_at, _find_shared_names(notes)),
        _values([_count_shared_values(notes, fact) for fact in notes.topics if fact != _NAME]),
    ]


def _find_shared_names(notes: Notes) -> Iterator[FindingExample]:
    held_out = {person.note for person in notes.of(_NAME) if person.segment == "holdout"}
    bearers = {
        person.note: person.id for person in notes.of(_NAME) if person.segment != "holdout" and person.note in held_out
    }
    for person in notes.of(_NAME):
        if person.segment == "holdout" and person.note in bearers:
            yield FindingExample(person.id, f"'{person.note}' is the name of the trained {bearers[person.note]} too")


def _count_shared_values(notes: Notes, fact: str) -> Held:
    """Counts how often a held-out value is a trained person's, and a trained one another trained person's."""
    holders = Counter(person.note for person in notes.of(fact) if person.segment != "holdout")
    held_out = [(person.id, person.note) for person in notes.of(fact) if person.segment == "holdout"]
    return Held(
        fact=fact,
        hits=sum(value in holders for _, value in held_out),
        held_out=len(held_out),
        shared=sum(count for count in holders.values() if count > 1),
        trained=holders.total(),
        examples=tuple(
            FindingExample(identity, f"{words(fact)} '{value}' is also a trained person's")
            for identity, value in held_out[:3]
            if value in holders
        ),
    )


def _values(found: list[Held]) -> Finding:
    values = []
    failed = [each for each in found if not each.passed(len(found))]
    for each in found:
        low, high = wilson(each.hits, each.held_out, level(len(found)))
        values += [
            Value(each.fact, each.rate, low, high, "held out", each not in failed),
            Value(each.fact, each.chance, series="trained"),
        ]
    rate = sum(each.hits for each in found) / max(1, sum(each.held_out for each in found))
    expected = sum(each.chance for each in found) / max(1, len(found))
    return Finding(
        check="holdout_values",
        audit="holdout",
        title="Values of held-out people that trained people have",
        figure=rate,
        unit="share",
        wanted="at most",
        threshold=min(1.0, expected + thresholds.HOLDOUT_MARGIN),
        passed=not failed,
        sentence=f"{percent(rate)} of the values of held-out people are also a trained person's; of a trained "
        f"person's values, {percent(expected)} are also another's."
        + (f" Too often: {', '.join(words(each.fact) for each in failed)}." if failed else ""),
        values=tuple(values),
        worst=tuple(example for each in failed for example in each.examples)[:MOST_EXAMPLES],
    )


HOLDOUT = Audit("holdout", "Are the held-out people unknown?", observe_holdout, assess_holdout, needs=("facts",))
