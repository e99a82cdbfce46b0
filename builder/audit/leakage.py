"""Leakage in words: held-out wordings must not repeat training wordings, and image questions must not say the name."""

import functools
import heapq
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder import tasks
from builder.audit import masking
from builder.audit.finding import MOST_EXAMPLES, faults, percent
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, examples, kinds
from builder.audit.thresholds import SHARED_SEQUENCES
from builder.base.matching import folded, states
from builder.base.recipe import QuestionsPart
from builder.base.records import Profile, Question
from builder.format.audit_report import Finding, FindingExample, Value
from builder.format.reading import Person

_SHORT = 3
"""Words of the sequences whose overlap is measured."""
_TOGETHER = 100
"""How many people's runs are merged at once."""


def observe_leakage(person: Person, setting: Setting) -> Note:
    """What of one person's wordings leaks. Names and values are masked: every wording must say them as they are."""
    length = _most_shared(setting) + 1
    wordings: dict[bool, set[str]] = {True: set(), False: set()}
    for question in person.questions:
        wordings[question.use == "paraphrase"].update(_mask_sentences(question, person.profile))
    learnt = [_digest_wording(each, length) for each in wordings[False]]
    held_out = {each: _digest_wording(each, length) for each in sorted(wordings[True])}
    known = frozenset[int]().union(*(each.short for each in learnt))
    shared = {each: found for each, found in held_out.items() if found.short & known}
    longest = max(((_longest(found, learnt), each) for each, found in shared.items()), default=(0, ""))
    shares = [len(found.short & known) / len(found.short) for found in held_out.values() if found.short]
    trained = np.unique(np.concatenate([each.long for each in learnt])) if learnt else np.array([], np.uint32)
    return {
        "trained": trained.tobytes(),
        "held_out": tuple((each, found.long.tobytes()) for each, found in held_out.items()),
        "longest": longest,
        **({"overlap": sum(shares) / len(shares)} if shares else {}),
        **kinds(named=_find_names(person), given_away=_given_away(person)),
    }


def _most_shared(setting: Setting) -> int:
    """The most words in a row that a held-out wording may share: the recipe's; of an imported set the default."""
    return (setting.recipe.questions if setting.recipe else QuestionsPart()).max_shared_words


def _mask_sentences(question: Question, profile: Profile) -> Iterator[str]:
    """The sentences a model reads or learns, the name and the value replaced."""
    masks = ((question.value, masking.VALUE), (profile.name, masking.NAME), (profile.given_name, masking.NAME))
    yield masking.mask(question.question, masks[1:])  # a question does not hold its answer
    if tasks.of(question).in_sentences:
        yield masking.mask(question.answer, masks)


@dataclass(frozen=True)
class MaskedWording:
    """A masked wording: its words between single spaces, and digests of its short and of its long runs of words."""

    spaced: str
    short: frozenset[int]
    long: npt.NDArray[np.uint32]


@functools.lru_cache(maxsize=4096)  # masked, the wordings of different people are often the same
def _digest_wording(wording: str, length: int) -> MaskedWording:
    tokens = masking.words(wording)
    return MaskedWording(
        spaced=f" {' '.join(tokens)} ",
        short=frozenset(masking.runs(tokens, _SHORT)),
        long=np.fromiter(masking.runs(tokens, length), np.uint32),
    )


def _longest(wording: MaskedWording, learnt: Sequence[MaskedWording]) -> int:
    """The length of the longest run of `wording` that is in one of `learnt`; runs below the short ones do not count."""
    tokens, best = wording.spaced.split(), 0
    near = "|".join(each.spaced for each in learnt if not each.short.isdisjoint(wording.short))
    for start in range(len(tokens)):
        while start + best < len(tokens) and f" {' '.join(tokens[start : start + best + 1])} " in near:
            best += 1
    return best


def _find_names(person: Person) -> Iterator[str]:
    profile = person.profile
    names = {folded(name) for name in (profile.name, profile.given_name, profile.family_name) if name}
    for question in person.questions:
        if question.modality == "image_text" and "image_question_hides_name" not in tasks.of(question).exempt:
            shown = " | ".join((question.question, question.answer, *question.options)).casefold()
            if any(name in shown and states(shown, name) for name in names):
                yield f"{question.id} is about the picture but says the name: '{question.question}' '{question.answer}'"


def _given_away(person: Person) -> Iterator[str]:
    for question in person.questions:
        asked, value = question.question.casefold(), folded(question.value)
        exempt = "question_hides_value" in tasks.of(question).exempt
        if value and not exempt and value in asked and states(asked, value):
            yield f"{question.id} contains its answer: '{question.question}'"


def assess_leakage(notes: Notes, setting: Setting) -> list[Finding]:
    """Five findings: shared runs, shared sequences, the same against everybody's training, names, answers."""
    questions = f"the questions of {len(notes):,} people"
    most = _most_shared(setting)
    named, given = examples(notes, "named"), examples(notes, "given_away")
    looked_at = f"held-out wordings of {len(notes):,} people, for {most + 1} words in a row"
    return [
        _runs(notes, most),
        _overlap(notes),
        faults(
            "shared_with_anyone",
            "leakage",
            "Held-out wordings that repeat anyone's training",
            looked_at,
            _anyone(notes),
        ),
        faults("name_in_image_question", "leakage", "Names in image questions", questions, named),
        faults("answer_in_question", "leakage", "Questions that contain their answer", questions, given),
    ]


def _runs(notes: Notes, most: int) -> Finding:
    counts = Counter(person.note[0] for person in notes.of("longest"))
    longest = max(counts, default=0)
    over = (person for person in notes.of("longest") if person.note[0] > most)
    worst = (
        FindingExample(person.id, f"{person.note[0]} words in a row are in a training wording: '{person.note[1]}'")
        for person in heapq.nsmallest(MOST_EXAMPLES, over, key=lambda person: -person.note[0])
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
        values=tuple(Value(f"{number}", float(counts[number]), series="people") for number in range(longest + 1)),
        worst=tuple(worst),
    )


def _overlap(notes: Notes) -> Finding:
    shares = [person.note for person in notes.of("overlap")]
    mean = sum(shares) / max(1, len(shares))
    top = heapq.nsmallest(5, notes.of("overlap"), key=lambda person: -person.note)
    return Finding(
        check="shared_sequences",
        audit="leakage",
        title="Three-word sequences of held-out wordings that occur in training",
        figure=mean,
        unit="share",
        wanted="at most",
        threshold=SHARED_SEQUENCES,
        passed=mean <= SHARED_SEQUENCES,
        sentence=f"{percent(mean)} of the three-word sequences of held-out wordings occur in a training wording of "
        "the same person.",
        worst=tuple(FindingExample(person.id, f"{percent(person.note)} of the sequences") for person in top),
    )


def _anyone(notes: Notes) -> Iterator[FindingExample]:
    known = _collect_training_runs(notes)
    looked_at: set[bytes] = set()
    for person in notes.of("held_out"):
        for wording, runs in person.note:
            if runs not in looked_at:
                looked_at.add(runs)
                digests = np.frombuffer(runs, np.uint32)
                places = np.searchsorted(known, digests) % max(1, len(known))
                if len(known) and (known[places] == digests).any():
                    yield FindingExample(person.id, f"a training wording has a run of '{wording}'")


def _collect_training_runs(notes: Notes) -> npt.NDArray[np.uint32]:
    """The digests of all training wordings' runs, ascending. Most people share most of them, so that they stay few."""
    known = np.array([], np.uint32)
    people = notes.of("trained")
    while some := [person.note for person in itertools.islice(people, _TOGETHER)]:
        known = np.union1d(known, np.frombuffer(b"".join(some), np.uint32))
    return known


LEAKAGE = Audit(
    "leakage",
    "Is the test set held out?",
    observe_leakage,
    assess_leakage,
    checks_need={
        **dict.fromkeys(("shared_words", "shared_sequences", "shared_with_anyone"), ("held-out wordings",)),
        "name_in_image_question": ("names",),
    },
)
