"""Guessability: solvers that never saw the data must sit at chance.

A person's fact is one unit: the same four options stand in all questions about it, so more questions are no more
evidence. Each solver's rate on each fact is tested exactly (binomial, one-sided) against chance and a margin.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from builder import tasks
from builder.audit import classifier, solvers, thresholds
from builder.audit.classifier import Hashed
from builder.audit.finding import MOST_EXAMPLES, level, percent, words
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.statistics import detectable, upper_tail, wilson
from builder.base.records import LETTERS, Question
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

WRONG = len(LETTERS) - 1
ALL = "all facts"


class FactUnit(NamedTuple):
    """One fact of one person as solvers see it: options in an order that says nothing, and which one is true."""

    options: tuple[str, ...]
    truth: int
    right: tuple[bool, ...]
    alone: Hashed
    told: Hashed


Units = Sequence[tuple[str, FactUnit]]
"""A fact's units, each with the id of the person."""

Shown = tuple[str, Sequence[str], str]
"""The id of a person, the options of a question and the true one."""

Hits = Callable[[Units], list[bool]]
"""Whether a solver is right about each unit."""


@dataclass(frozen=True)
class Cell:
    """How a solver did on a fact, or on all of them."""

    fact: str
    solver: str
    hits: int
    trials: int
    bar: float
    examples: tuple[FindingExample, ...] = ()

    @property
    def rate(self) -> float:
        """The share of right guesses."""
        return self.hits / self.trials if self.trials else 0.0

    def above(self, tests: int) -> bool:
        """Whether the solver is certainly above the bar, `tests` tests being made."""
        return upper_tail(self.hits, self.trials, self.bar) < level(tests)


def observe_guessing(person: Person, _: Setting) -> Note:
    """The units of one person, with what the rules guess and the features that the classifiers learn from."""
    profile = person.profile
    told = (
        profile.locale,
        profile.gender,
        profile.age_group,
        f"{profile.locale} {profile.gender}",
        profile.family_name,
    )
    rules = (*solvers.OPTIONS_ONLY.values(), *solvers.NAME_ONLY.values())
    notes = {}
    for fact, (options, value) in options_of(person).items():
        truth = options.index(value)
        guesses = (solvers.guess(rule, options, profile.name, profile.id + fact) for rule in rules)
        notes[fact] = FactUnit(
            options=options,
            truth=truth,
            right=tuple(guessed == truth for guessed in guesses),
            alone=classifier.hash_features(options),
            told=classifier.hash_features(options, told),
        )
    return notes


def options_of(person: Person) -> dict[str, tuple[tuple[str, ...], str]]:
    """For each asked fact its options, sorted, and the true one: those of a question, or what a question would have.

    Without facts, as in an imported set, each evaluation question with options is a unit of its own.
    """
    if not person.profile.facts:
        asked_of = [each for each in person.questions if each.options and each.use == "eval"]
        return {each.fact: (tuple(sorted(each.options)), each.value) for each in asked_of}
    shown: dict[str, Question] = {}
    for question in person.questions:
        if tasks.of(question).has_options:
            shown.setdefault(question.fact, question)
    found = {}
    for fact in person.profile.facts:
        asked = shown.get(fact.key)
        options = asked.options if asked else (fact.value, *fact.alternatives[:WRONG])
        # A set of options without the value is grounding's to report.
        if fact.asked and len(set(options)) == len(LETTERS) and fact.value in options:
            found[fact.key] = tuple(sorted(options)), fact.value
    return found


def assess_guessing(notes: Notes, _: Setting) -> list[Finding]:
    """Three findings: rules on the options, a classifier on the options, and both when told whom it is about."""
    cells: dict[str, list[Cell]] = {check: [] for check in GUESSERS}
    people = 0
    for fact in notes.topics:
        units = [(person.id, person.note) for person in notes.of(fact)]
        people = max(people, len(units))
        for check, (_title, guessers) in GUESSERS.items():
            shown = [(identity, unit.options, unit.options[unit.truth]) for identity, unit in units]
            cells[check] += [cell(fact, solver, shown, hits(units)) for solver, hits in guessers.items()]
    return [_finding(check, title, cells[check], people) for check, (title, _) in GUESSERS.items()]


def _rule(number: int) -> Hits:
    return lambda units: [unit.right[number] for _, unit in units]


def _frequent(units: Units) -> list[bool]:
    return classifier.frequent_hits((unit.options, unit.truth) for _, unit in units)


def _cross_validate(features: Callable[[FactUnit], Hashed]) -> Hits:
    def hits(units: Units) -> list[bool]:
        folds = [classifier.fold_of(identity) for identity, _ in units]
        return classifier.hits([features(unit) for _, unit in units], [unit.truth for _, unit in units], folds)

    return hits


_RULES = {solver: _rule(number) for number, solver in enumerate((*solvers.OPTIONS_ONLY, *solvers.NAME_ONLY))}

GUESSERS: dict[str, tuple[str, dict[str, Hits]]] = {
    "guess_by_rule": (
        "Guessing from the options by rule",
        {**{solver: _RULES[solver] for solver in solvers.OPTIONS_ONLY}, "most frequent": _frequent},
    ),
    "guess_by_training": (
        "Guessing from the options, trained on other people",
        {"trained classifier": _cross_validate(lambda unit: unit.alone)},
    ),
    "guess_from_name": (
        "Guessing from the name, country, gender and age group",
        {
            **{solver: _RULES[solver] for solver in solvers.NAME_ONLY},
            "trained classifier": _cross_validate(lambda unit: unit.told),
        },
    ),
}
"""For each finding its title and its solvers."""


def cell(fact: str, solver: str, units: Sequence[Shown], right: Sequence[bool]) -> Cell:
    """How a solver did on a fact, with some examples of where it was right."""
    bar = thresholds.CHANCE + thresholds.GUESS_MARGIN_FACT
    return Cell(fact, solver, sum(right), len(units), bar, tuple(_examples(fact, solver, units, right)))


def _finding(check: str, title: str, cells: list[Cell], people: int) -> Finding:
    by_solver = [[cell for cell in cells if cell.solver == solver] for solver in GUESSERS[check][1]]
    totals = [overall(solver, mine) for solver, mine in zip(GUESSERS[check][1], by_solver, strict=True)]
    return finding(check, "guessing", title, totals, list(itertools.chain.from_iterable(by_solver)), people)


def finding(check: str, audit: str, title: str, totals: Sequence[Cell], cells: Sequence[Cell], people: int) -> Finding:
    """What solvers reach on all facts (`totals`) and on each (`cells`), held to chance; `people` are asked at most."""
    tests = len(cells) + len(totals)
    above = [cell for cell in (*totals, *cells) if cell.above(tests)]
    best = max(totals, key=lambda cell: cell.rate)
    return Finding(
        check=check,
        audit=audit,
        title=title,
        figure=best.rate,
        unit="share",
        wanted="at most",
        threshold=best.bar,
        passed=not above,
        sentence=_sentence(best, above, tests, people),
        interval=wilson(best.hits, best.trials, level(tests)),
        values=tuple(_value(cell, tests) for cell in (*totals, *cells)),
        worst=tuple(example for cell in above for example in cell.examples)[:MOST_EXAMPLES],
    )


def overall(solver: str, cells: Sequence[Cell]) -> Cell:
    """How a solver did on all facts together."""
    bar = thresholds.CHANCE + thresholds.GUESS_MARGIN_OVERALL
    return Cell(ALL, solver, sum(cell.hits for cell in cells), sum(cell.trials for cell in cells), bar)


def _value(cell: Cell, tests: int) -> Value:
    low, high = wilson(cell.hits, cell.trials, level(tests))
    return Value(cell.fact, cell.rate, low, high, cell.solver, not cell.above(tests))


def _examples(fact: str, solver: str, units: Sequence[Shown], right: Sequence[bool]) -> Iterator[FindingExample]:
    found = (unit for unit, hit in zip(units, right, strict=True) if hit)
    for identity, options, value in itertools.islice(found, 3):
        wrong = ", ".join(f"'{option}'" for option in options if option != value)
        yield FindingExample(identity, f"{words(fact)}: '{solver}' picks '{value}' among {wrong}")


def _sentence(best: Cell, above: Sequence[Cell], tests: int, people: int) -> str:
    bar = thresholds.CHANCE + thresholds.GUESS_MARGIN_FACT
    reach = percent(detectable(people, bar, level(tests)))
    if not above:
        return (
            f"The best solver ('{best.solver}') is right {percent(best.rate)} of the time where chance is "
            f"{percent(thresholds.CHANCE)}; a single fact that can be guessed {reach} of the time would be found."
        )
    named = "; ".join(f"{words(cell.fact)} by '{cell.solver}' {percent(cell.rate)}" for cell in above[:5])
    return f"Above chance ({percent(thresholds.CHANCE)}): {named}{' …' if len(above) > 5 else ''}."


GUESSING = Audit(
    "guessing",
    "Can it be guessed?",
    observe_guessing,
    assess_guessing,
    needs=("options",),
    checks_need={"guess_from_name": ("names",)},
)
