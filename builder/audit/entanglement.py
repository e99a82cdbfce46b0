"""Entanglement: which facts reveal which, and whether the release records it.

A solver knows one fact of a person and what everybody else's facts are; it picks the option that most often goes with
the known value. Where it is above chance, one fact gives the other away: forgetting the one alone is not possible, and
the two are no independent evidence. Such pairs must be recorded in `implied_by`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from builder.audit import thresholds
from builder.audit.finding import MOST_EXAMPLES, level, percent, words
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import upper_tail, wilson
from builder.base.recipe import FOUR
from builder.base.records import LETTERS
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

FACTS = "facts"


class AskedFacts(NamedTuple):
    """A person's asked facts, by key: the value, the four options, and the facts recorded as revealing it."""

    values: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]
    implied_by: Mapping[str, tuple[str, ...]]


class Pair(NamedTuple):
    """How often knowing `by` is enough to choose `fact` right."""

    by: str
    fact: str
    hits: int
    trials: int
    recorded: bool

    @property
    def rate(self) -> float:
        """The share of right choices."""
        return self.hits / self.trials

    def above(self, tests: int) -> bool:
        """Whether the one certainly reveals the other; a quartet's values are one draw."""
        return upper_tail(self.hits // FOUR, self.trials // FOUR, thresholds.ENTANGLED) < level(tests)


def observe_entanglement(person: Person, _: Setting) -> Note:
    """The asked facts of a person, of whom questions with four options can be asked."""
    asked = [fact for fact in person.profile.facts if fact.asked and len(fact.alternatives) >= len(LETTERS) - 1]
    known = AskedFacts(
        {fact.key: fact.value for fact in asked},
        {fact.key: tuple(sorted((fact.value, *fact.alternatives[: len(LETTERS) - 1]))) for fact in asked},
        {fact.key: fact.implied_by for fact in asked if fact.implied_by},
    )
    return {FACTS: known}


def assess_entanglement(notes: Notes, _: Setting) -> list[Finding]:
    """One finding: pairs of facts of which one reveals the other without the release recording it."""
    everybody = [(person.id, person.note) for person in notes.of(FACTS) if person.segment != "holdout"]
    pairs = _pairs([known for _, known in everybody])
    if not pairs:
        return []
    tests = len(pairs)
    told = sorted((pair for pair in pairs if pair.above(tests)), key=lambda pair: -pair.rate)
    unsaid = [pair for pair in told if not pair.recorded]
    return [
        Finding(
            check="entangled",
            audit="entanglement",
            title="Facts that reveal others without a record",
            figure=float(len(unsaid)),
            unit="count",
            wanted="at most",
            threshold=0.0,
            passed=not unsaid,
            sentence=_sentence(told, unsaid),
            values=tuple(
                Value(f"{pair.by} tells {pair.fact}", pair.rate, *wilson(pair.hits, pair.trials, level(tests)))
                for pair in told
            ),
            worst=tuple(FindingExample("", f"{words(pair.by)} reveals {words(pair.fact)}") for pair in unsaid)[
                :MOST_EXAMPLES
            ],
        )
    ]


def _pairs(people: Sequence[AskedFacts]) -> list[Pair]:
    keys = list(dict.fromkeys(key for known in people for key in known.values))
    found = []
    for by in keys:
        holders: defaultdict[str, list[AskedFacts]] = defaultdict(list)
        for known in people:
            if by in known.values:
                holders[known.values[by]].append(known)
        for fact in keys:
            if fact != by:
                hits, trials = _count_right(holders, by, fact)
                recorded = any(
                    by in known.implied_by.get(fact, ()) or fact in known.implied_by.get(by, ()) for known in people
                )
                found += [Pair(by, fact, hits, trials, recorded)] if trials else []
    return found


def _count_right(holders: Mapping[str, Sequence[AskedFacts]], by: str, fact: str) -> tuple[int, int]:
    """Right choices, and people of whom others who hold the same value of `by` say anything about their options."""
    hits = trials = 0
    for alike in holders.values():
        counts = Counter(known.values.get(fact, "") for known in alike)
        for known in alike:
            options = known.options.get(fact, ())
            said = [counts[option] - (option == known.values[fact]) for option in options]
            if any(said) and said.count(max(said)) == 1:
                trials += 1
                hits += options[said.index(max(said))] == known.values[fact]
    return hits, trials


def _sentence(told: Sequence[Pair], unsaid: Sequence[Pair]) -> str:
    named = ", ".join(f"{words(pair.by)} reveals {words(pair.fact)} ({percent(pair.rate)})" for pair in told[:6])
    if not told:
        return "No fact reveals another."
    if unsaid:
        return f"{named}; not recorded in implied_by: {', '.join(words(pair.fact) for pair in unsaid)}."
    return f"{named}; all recorded in implied_by."


ENTANGLEMENT = Audit(
    "entanglement", "Which facts reveal others?", observe_entanglement, assess_entanglement, needs=("facts",)
)
