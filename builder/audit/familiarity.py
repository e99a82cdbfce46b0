"""Familiarity: solvers that know every training question by its strings must sit at chance.

A model that was trained has met the options: as answers, as wrong options, beside other strings. These solvers know all
of that, of everybody (what vanilla was trained on) or of the retain people alone (an oracle's training), and not whom
a string belongs to. Whoever is measured by the strings a model has met would see them above chance.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

import numpy as np

from builder.audit import ranking
from builder.audit.finding import MOST_EXAMPLES, words
from builder.audit.finding import percent as share
from builder.audit.guessing import Cell, cell, finding, overall
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.solvers import pick
from builder.audit.thresholds import HELD_BY_RETAINED
from builder.base.recipe import FOUR
from builder.base.records import LETTERS
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

HOLDOUT = "holdout"


class Asked(NamedTuple):
    """One fact of one person: what training said of it, and the options that evaluation shows, in no order."""

    value: str
    trained: tuple[tuple[str, ...], ...]
    answers: tuple[str, ...]
    options: tuple[str, ...]
    shared: bool
    alike: tuple[str, ...]
    named: tuple[str, ...]


Units = Sequence[tuple[str, Asked]]
"""The units of a fact that are asked, each with the id of the person."""


def observe_familiarity(person: Person, _: Setting) -> Note:
    """For each asked fact the strings of its training questions, and the options of its evaluation."""
    profile = person.profile
    alike = (profile.locale, profile.gender, profile.age_group)
    named = (profile.given_name, *profile.family_name.replace("-", " ").split())
    notes = {}
    for fact in profile.facts:
        mine = [question for question in person.questions if question.fact == fact.key]
        trained = {tuple(sorted(q.options)) for q in mine if q.use == "train" and q.options}
        asked = {tuple(sorted(q.options)) for q in mine if q.use != "train" and q.options}
        answers = {q.value for q in mine if q.use == "train"}
        options = min(asked) if asked else tuple(sorted((fact.value, *fact.alternatives[: len(LETTERS) - 1])))
        if fact.asked and len(set(options)) == len(LETTERS) and fact.value in options:
            notes[fact.key] = Asked(
                fact.value, tuple(sorted(trained)), tuple(sorted(answers)), options, fact.shared, alike, named
            )
    return notes


@dataclass
class Corpus:
    """What the training questions of some people say about a fact: strings and how often they occur together.

    `names`: those of names count too. They do not where the people asked about were trained on themselves: their own
    name is what a model is to know them by.
    """

    names: bool = False
    answered: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    sets: defaultdict[tuple[str, ...], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    appears: defaultdict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    beside: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, asked: Asked) -> None:
        """Add one person's training questions."""
        for answer in asked.answers:
            self.answered[answer] += 1
            self.beside.update((answer, shown) for shown in self.told(asked))
            for options in asked.trained:
                self.sets[options][answer] += 1
        for options in asked.trained:
            self.offered.update(options)
            for option in options:
                self.appears[option].add(options)

    def told(self, asked: Asked) -> tuple[str, ...]:
        """The context of the options in a person's questions."""
        return (*asked.alike, *asked.named) if self.names else asked.alike

    def companions(self, option: str, shown: Iterable[str]) -> float:
        """How likely those whose value the option is show the same: the sum of the logarithms, smoothed by a half."""
        return sum(log((self.beside[option, each] + 0.5) / (self.answered[option] + 1)) for each in shown)

    def common(self, option: str, options: Sequence[str]) -> int:
        """How many of the options of this question, itself among them, were ever offered together with this one."""
        return sum(any(other in offered for offered in self.appears[option]) for other in options)


Solver = Callable[[Corpus, Asked], Sequence[float]]

SOLVERS: dict[str, Solver] = {
    "seen as an answer": lambda c, a: [c.answered[o] > 0 for o in a.options],
    "most often the answer": lambda c, a: [c.answered[o] for o in a.options],
    "least often the answer": lambda c, a: [-c.answered[o] for o in a.options],
    "most often an option": lambda c, a: [c.offered[o] for o in a.options],
    "least often an option": lambda c, a: [-c.offered[o] for o in a.options],
    "often an option, seldom the answer": lambda c, a: [c.answered[o] - c.offered[o] for o in a.options],
    "answer of the same options": lambda c, a: [c.sets.get(a.options, Counter())[o] for o in a.options],
    "other answer of the same options": lambda c, a: [-c.sets.get(a.options, Counter())[o] for o in a.options],
    "in most sets of options": lambda c, a: [len(c.appears[o]) for o in a.options],
    "in fewest sets of options": lambda c, a: [-len(c.appears[o]) for o in a.options],
    "offered beside the others": lambda c, a: [c.common(o, a.options) for o in a.options],
    "beside people alike": lambda c, a: [c.companions(o, c.told(a)) for o in a.options],
    "not beside people alike": lambda c, a: [-c.companions(o, c.told(a)) for o in a.options],
}
"""Solvers that use the strings of training without knowing whom they are about."""

TRAINED = "trained on all of these"


def assess_familiarity(notes: Notes, setting: Setting) -> list[Finding]:
    """A finding for vanilla's view, about everybody, and one for each oracle's, about its forget set."""
    assert setting.recipe
    percents = setting.recipe.splits.forget
    found = [_view(notes, set(), "familiar_to_vanilla", "Guessing from all training questions")]
    for place, percent in enumerate(percents):
        title = f"Guessing about forget_{percent} from the training questions of retain_{100 - percent}"
        forgotten = {f"forget_{each}" for each in percents[: place + 1]}
        found.append(_view(notes, forgotten, f"familiar_to_retain_{100 - percent}", title))
    return [each for each in (*found, _find_options_held(notes, percents)) if each is not None]


def _find_options_held(notes: Notes, percents: Sequence[int]) -> Finding | None:
    """Whether each option of forget people's questions is a value in the retain set, for each forget set."""
    known: dict[int, list[bool]] = {percent: [] for percent in percents}
    worst: list[FindingExample] = []
    for fact in notes.topics:
        of_segment: defaultdict[str, set[str]] = defaultdict(set)
        for person in notes.of(fact):
            of_segment[person.segment].add(person.note.value)
        forgotten = [f"forget_{percent}" for percent in percents]
        retained = {  # by each oracle: those of the retain set, and of the forget sets that are larger than its own
            percent: of_segment["retain"].union(*(of_segment[name] for name in forgotten[place + 1 :]))
            for place, percent in enumerate(percents)
        }
        asked = [each for each in notes.of(fact) if each.note.shared and each.segment in forgotten]
        for person in asked:
            for percent in percents[forgotten.index(person.segment) :]:
                known[percent] += [option in retained[percent] for option in person.note.options]
        worst += [
            FindingExample(person.id, f"{words(fact)}: nobody in the retain set has '{person.note.value}'")
            for person in asked
            if person.note.value not in of_segment["retain"]
        ][:2]
    shares = {percent: sum(each) / len(each) for percent, each in known.items() if each}
    if not shares:
        return None
    least = min(shares.values())
    return Finding(
        check="options_held",
        audit="familiarity",
        title="Options of forget questions that somebody in the retain set has",
        figure=least,
        unit="share",
        wanted="at least",
        threshold=HELD_BY_RETAINED,
        passed=least >= HELD_BY_RETAINED,
        sentence=f"{share(least)} of the options in forget people's questions are values of people in the retain set"
        + (": an oracle knows every string." if least == 1 else "; more people or fewer profiles.locales raise it."),
        values=tuple(Value(f"forget_{percent}", each) for percent, each in shares.items()),
        worst=tuple(worst[:MOST_EXAMPLES]),
    )


def _view(notes: Notes, forgotten: set[str], check: str, title: str) -> Finding | None:
    cells: list[Cell] = []
    people = 0
    for fact in notes.topics:
        corpus, units = _collect(notes, fact, forgotten)
        if units:
            people = max(people, len(units))
            cells += _cells(fact, corpus, units)
    if not cells:
        return None
    solvers = (*SOLVERS, TRAINED)
    by_solver = [[each for each in cells if each.solver == solver] for solver in solvers]
    totals = [overall(solver, mine) for solver, mine in zip(solvers, by_solver, strict=True) if mine]
    return finding(check, "familiarity", title, totals, list(itertools.chain(*by_solver)), people)


def _collect(notes: Notes, fact: str, forgotten: set[str]) -> tuple[Corpus, Units]:
    """The training corpus, and who is asked: the forget set, or everybody trained if there is none."""
    corpus, units = Corpus(names=bool(forgotten)), []
    for person in notes.of(fact):
        if person.segment == HOLDOUT:
            continue
        if person.segment not in forgotten:
            corpus.add(person.note)
        if not forgotten or person.segment in forgotten:
            units.append((person.id, person.note))
    return corpus, units


def _cells(fact: str, corpus: Corpus, units: Units) -> Iterator[Cell]:
    scores = np.empty((len(units), len(LETTERS), len(SOLVERS)), np.float32)
    for place, solve in enumerate(SOLVERS.values()):
        for row, (_, asked) in enumerate(units):
            scores[row, :, place] = solve(corpus, asked)
    shown = [(identity, asked.options, asked.value) for identity, asked in units]
    truth = [options.index(value) for _, options, value in shown]
    for place, solver in enumerate(SOLVERS):
        guesses = (
            pick(of[:, place].tolist(), options, f"{id}{fact}")
            for of, (id, options, _) in zip(scores, shown, strict=True)
        )
        yield cell(fact, solver, shown, [guess == true for guess, true in zip(guesses, truth, strict=True)])
    fours = [int(identity) // FOUR for identity, _ in units]
    if len(set(fours)) >= ranking.FOLDS:  # else there is nothing to learn from
        yield cell(fact, TRAINED, shown, ranking.hits(scores, truth, fours))


FAMILIARITY = Audit(
    "familiarity",
    "Can it be guessed from the training set?",
    observe_familiarity,
    assess_familiarity,
    needs=("facts", "a recipe"),
)
