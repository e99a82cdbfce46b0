"""Leakage in words: held-out wordings must not repeat training wordings, and image questions must not say the name."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder.audit import text
from builder.audit.finding import Example, Finding, Value, faults, percent
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.thresholds import SHARED_SEQUENCES
from builder.reading import Person
from builder.records import Profile, Question

_SHORT = 3
"""Words of the sequences whose overlap is measured."""


@dataclass(frozen=True)
class Notes:
    """Digests of the training wordings' runs, held-out wordings with theirs, overlap, and names that leak."""

    trained: npt.NDArray[np.uint32]
    held_out: tuple[tuple[str, npt.NDArray[np.uint32]], ...]
    longest: int
    longest_text: str
    overlap: float | None
    named: tuple[str, ...]
    given_away: tuple[str, ...]


def look(person: Person, setting: Setting) -> Notes:
    """What of one person's wordings leaks. Names and values are masked: every wording must say them as they are."""
    length = setting.recipe.questions.max_shared_words + 1
    wordings: dict[bool, set[str]] = {True: set(), False: set()}
    for question in person.questions:
        wordings[question.use == "paraphrase"].update(_masked(question, person.profile))
    learnt = [_read(each, length) for each in wordings[False]]
    held_out = {each: _read(each, length) for each in sorted(wordings[True])}
    known = frozenset[int]().union(*(each.short for each in learnt))
    joined = "|".join(each.spaced for each in learnt)
    shared = {each: found for each, found in held_out.items() if found.short & known}
    longest = max(((_longest(found.spaced.split(), joined), each) for each, found in shared.items()), default=(0, ""))
    shares = [len(found.short & known) / len(found.short) for found in held_out.values() if found.short]
    return Notes(
        trained=np.unique(np.concatenate([each.long for each in learnt])) if learnt else np.array([], np.uint32),
        held_out=tuple((each, found.long) for each, found in held_out.items()),
        longest=longest[0],
        longest_text=longest[1],
        overlap=sum(shares) / len(shares) if shares else None,
        named=tuple(_named(person)),
        given_away=tuple(_given_away(person)),
    )


def _masked(question: Question, profile: Profile) -> Iterator[str]:
    """The sentences a model reads or learns, the name and the value replaced."""
    masks = ((question.value, text.VALUE), (profile.name, text.NAME), (profile.given_name, text.NAME))
    yield text.masked(question.question, masks[1:])  # a question does not hold its answer
    if question.task == "generation":
        yield text.masked(question.answer, masks)


@dataclass(frozen=True)
class Wording:
    """A masked wording: its words between single spaces, and digests of its short and of its long runs of words."""

    spaced: str
    short: frozenset[int]
    long: npt.NDArray[np.uint32]


@functools.lru_cache(maxsize=20_000)  # masked, the wordings of different people are often the same
def _read(wording: str, length: int) -> Wording:
    tokens = text.words(wording)
    return Wording(
        spaced=f" {' '.join(tokens)} ",
        short=frozenset(text.runs(tokens, _SHORT)),
        long=np.fromiter(text.runs(tokens, length), np.uint32),
    )


def _longest(tokens: Sequence[str], learnt: str) -> int:
    """Words of the longest run of `tokens` that stands in `learnt`, wordings between spaces."""
    best = 0
    for start in range(len(tokens)):
        while start + best < len(tokens) and f" {' '.join(tokens[start : start + best + 1])} " in learnt:
            best += 1
    return best


def _named(person: Person) -> Iterator[str]:
    profile = person.profile
    names = {text.folded(name) for name in (profile.name, profile.given_name, profile.family_name)}
    for question in person.questions:
        if question.modality == "image_text":
            shown = " | ".join((question.question, question.answer, *question.options)).casefold()
            if any(name in shown and text.states(shown, name) for name in names):
                yield f"{question.id} is about a picture and says the name: '{question.question}' '{question.answer}'"


def _given_away(person: Person) -> Iterator[str]:
    for question in person.questions:
        asked, value = question.question.casefold(), text.folded(question.value)
        if value in asked and text.states(asked, value):
            yield f"{question.id} holds its answer: '{question.question}'"


def judge(seen: Sequence[Seen[Notes]], setting: Setting) -> list[Finding]:
    """Five findings: shared runs, shared sequences, the same against everybody's training, names, answers."""
    questions = f"the questions of {len(seen):,} people"
    most = setting.recipe.questions.max_shared_words
    named = [Example(person.id, fault) for person in seen for fault in person.note.named]
    given = [Example(person.id, fault) for person in seen for fault in person.note.given_away]
    looked_at = f"held-out wordings of {len(seen):,} people, for {most + 1} words in a row"
    return [
        _runs(seen, most),
        _overlap(seen),
        faults(
            "shared_with_anyone",
            "leakage",
            "Held-out wordings that repeat anyone's training",
            looked_at,
            list(_anyone(seen)),
        ),
        faults("name_in_image_question", "leakage", "Names in image questions", questions, named),
        faults("answer_in_question", "leakage", "Questions that hold their answer", questions, given),
    ]


def _runs(seen: Sequence[Seen[Notes]], most: int) -> Finding:
    longest = max((person.note.longest for person in seen), default=0)
    counts = [sum(person.note.longest == number for person in seen) for number in range(longest + 1)]
    over = sorted((person for person in seen if person.note.longest > most), key=lambda person: -person.note.longest)
    worst = (
        Example(p.id, f"{p.note.longest} words in a row stand in a training wording: '{p.note.longest_text}'")
        for p in over[:20]
    )
    return Finding(
        check="shared_words",
        audit="leakage",
        title="Longest run of words that a held-out wording shares with training",
        figure=float(longest),
        unit="words",
        wanted="at most",
        threshold=float(most),
        passed=longest <= most,
        sentence=f"No held-out wording shares more than {longest} words in a row with a training wording of its person "
        f"(name and value masked; questions.max_shared_words = {most}).",
        values=tuple(Value(f"{number}", float(count), series="people") for number, count in enumerate(counts)),
        worst=tuple(worst),
    )


def _overlap(seen: Sequence[Seen[Notes]]) -> Finding:
    shares = [(person.note.overlap, person) for person in seen if person.note.overlap is not None]
    mean = sum(share for share, _ in shares) / max(1, len(shares))
    top = sorted(shares, key=lambda pair: -pair[0])[:5]
    return Finding(
        check="shared_sequences",
        audit="leakage",
        title="Three-word sequences of held-out wordings that stand in training",
        figure=mean,
        unit="share",
        wanted="at most",
        threshold=SHARED_SEQUENCES,
        passed=mean <= SHARED_SEQUENCES,
        sentence=f"{percent(mean)} of the three-word sequences of held-out wordings stand in a training wording of "
        "the same person.",
        worst=tuple(Example(person.id, f"{percent(share)} of the sequences") for share, person in top),
    )


def _anyone(seen: Sequence[Seen[Notes]]) -> Iterator[Example]:
    arrays = [person.note.trained for person in seen]
    known = np.unique(np.concatenate(arrays)) if arrays else np.array([], np.uint32)
    looked_at: set[str] = set()
    for person in seen:
        for wording, digests in person.note.held_out:
            if wording not in looked_at:
                looked_at.add(wording)
                places = np.searchsorted(known, digests) % max(1, len(known))
                if len(known) and (known[places] == digests).any():
                    yield Example(person.id, f"a training wording has a run of '{wording}'")


LEAKAGE = Audit("leakage", "Is the test set held out?", look, judge)
