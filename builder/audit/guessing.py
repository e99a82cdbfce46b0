"""Guessability: solvers that never saw the data must sit at chance.

A person's fact is one unit: the same four options stand in all questions about it, so more questions are no more
evidence. Each solver's rate on each fact is tested exactly (binomial, one-sided) against chance and a margin.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from builder.audit import classifier, solvers, thresholds
from builder.audit.classifier import Hashed
from builder.audit.finding import Example, Finding, Value, level, percent, words
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.statistics import detectable, upper_tail, wilson
from builder.reading import Person
from builder.records import LETTERS, Question

WRONG = len(LETTERS) - 1
ALL = "all facts"


@dataclass(frozen=True)
class Unit:
    """One fact of one person as solvers see it: options in an order that says nothing, and which one is true."""

    options: tuple[str, ...]
    truth: int
    right: tuple[bool, ...]
    alone: Hashed
    told: Hashed


Notes = dict[str, Unit]
Hits = Callable[[Sequence[tuple[str, Unit]]], list[bool]]


@dataclass(frozen=True)
class Cell:
    """How a solver did on a fact, or on all of them."""

    fact: str
    solver: str
    hits: int
    trials: int
    bar: float

    @property
    def rate(self) -> float:
        """The share of right guesses."""
        return self.hits / self.trials if self.trials else 0.0

    def above(self, tests: int) -> bool:
        """Whether the solver is certainly above the bar, `tests` tests being made."""
        return upper_tail(self.hits, self.trials, self.bar) < level(tests)


def look(person: Person, _: Setting) -> Notes:
    """The units of one person, with what the rules guess and the features that the classifiers learn from."""
    profile = person.profile
    told = (
        profile.locale,
        profile.gender,
        profile.age_group,
        f"{profile.locale} {profile.gender}",
        profile.family_name,
    )
    rules = {**solvers.OPTIONS_ONLY, **solvers.NAME_ONLY}
    notes = {}
    for fact, options in options_of(person).items():
        truth = options.index(profile.fact(fact).value)
        guesses = (solvers.guess(rule, options, profile.name, profile.id + fact + key) for key, rule in rules.items())
        notes[fact] = Unit(
            options=options,
            truth=truth,
            right=tuple(guessed == truth for guessed in guesses),
            alone=classifier.hashed(options),
            told=classifier.hashed(options, told),
        )
    return notes


def options_of(person: Person) -> dict[str, tuple[str, ...]]:
    """For each asked fact its options, sorted: those of a question, or what a question would have."""
    shown: dict[str, Question] = {}
    for question in person.questions:
        if question.task == "classification":
            shown.setdefault(question.fact, question)
    found = {}
    for fact in person.profile.facts:
        asked = shown.get(fact.key)
        options = asked.options if asked else (fact.value, *fact.alternatives[:WRONG])
        # A set of options without the value is grounding's to report.
        if fact.asked and len(set(options)) == len(LETTERS) and fact.value in options:
            found[fact.key] = tuple(sorted(options))
    return found


def judge(seen: Sequence[Seen[Notes]], _: Setting) -> list[Finding]:
    """Three findings: rules on the options, a classifier on the options, and both when told whom it is about."""
    by_fact: dict[str, list[tuple[str, Unit]]] = {}
    for person in seen:
        for fact, unit in person.note.items():
            by_fact.setdefault(fact, []).append((person.id, unit))
    alone = list(solvers.OPTIONS_ONLY)
    named = {solver: len(alone) + number for number, solver in enumerate(solvers.NAME_ONLY)}
    rules: dict[str, Hits] = {solver: _rule(number) for number, solver in enumerate(alone)}
    rules["most frequent"] = _frequent
    told: dict[str, Hits] = {solver: _rule(number) for solver, number in named.items()}
    told["trained classifier"] = _trained(lambda unit: unit.told)
    trained: dict[str, Hits] = {"trained classifier": _trained(lambda unit: unit.alone)}
    return [
        _finding("guess_by_rule", "Guessing from the options by rule", by_fact, rules),
        _finding("guess_by_training", "Guessing from the options, trained on other people", by_fact, trained),
        _finding("guess_from_name", "Guessing from the name, country, gender and age group", by_fact, told),
    ]


def _rule(number: int) -> Hits:
    return lambda units: [unit.right[number] for _, unit in units]


def _frequent(units: Sequence[tuple[str, Unit]]) -> list[bool]:
    return classifier.frequent_hits((unit.options, unit.truth) for _, unit in units)


def _trained(features: Callable[[Unit], Hashed]) -> Hits:
    def hits(units: Sequence[tuple[str, Unit]]) -> list[bool]:
        folds = [classifier.fold_of(identity) for identity, _ in units]
        return classifier.hits([features(unit) for _, unit in units], [unit.truth for _, unit in units], folds)

    return hits


def _finding(check: str, title: str, by_fact: dict[str, list[tuple[str, Unit]]], guessers: dict[str, Hits]) -> Finding:
    cells: list[Cell] = []
    examples: dict[tuple[str, str], list[Example]] = {}
    for solver, hits in guessers.items():
        for fact, units in by_fact.items():
            right = hits(units)
            cells.append(Cell(fact, solver, sum(right), len(units), thresholds.CHANCE + thresholds.GUESS_MARGIN_FACT))
            examples[fact, solver] = list(_examples(fact, solver, units, right))
    overall = [_overall(solver, cells) for solver in guessers]
    tests = len(cells) + len(overall)
    above = [cell for cell in (*overall, *cells) if cell.above(tests)]
    best = max(overall, key=lambda cell: cell.rate)
    return Finding(
        check=check,
        audit="guessing",
        title=title,
        figure=best.rate,
        unit="share",
        wanted="at most",
        threshold=best.bar,
        passed=not above,
        sentence=_sentence(best, above, tests, max((len(units) for units in by_fact.values()), default=0)),
        interval=wilson(best.hits, best.trials, level(tests)),
        values=tuple(_value(cell, tests) for cell in (*overall, *cells)),
        worst=tuple(example for cell in above for example in examples.get((cell.fact, cell.solver), ()))[:20],
    )


def _overall(solver: str, cells: Iterable[Cell]) -> Cell:
    mine = [cell for cell in cells if cell.solver == solver]
    bar = thresholds.CHANCE + thresholds.GUESS_MARGIN_OVERALL
    return Cell(ALL, solver, sum(cell.hits for cell in mine), sum(cell.trials for cell in mine), bar)


def _value(cell: Cell, tests: int) -> Value:
    low, high = wilson(cell.hits, cell.trials, level(tests))
    return Value(cell.fact, cell.rate, low, high, cell.solver, not cell.above(tests))


def _examples(fact: str, solver: str, units: Sequence[tuple[str, Unit]], right: Sequence[bool]) -> Iterator[Example]:
    found = [(identity, unit) for (identity, unit), hit in zip(units, right, strict=True) if hit]
    for identity, unit in found[:3]:
        wrong = ", ".join(f"'{option}'" for option in unit.options if option != unit.options[unit.truth])
        yield Example(identity, f"{words(fact)}: '{solver}' picks '{unit.options[unit.truth]}' among {wrong}")


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


GUESSING = Audit("guessing", "Can it be guessed?", look, judge)
