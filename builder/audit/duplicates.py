"""Duplicates: two people with one name, one biography or one life, and questions asked twice."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from builder.audit import text, thresholds
from builder.audit.finding import Example, Finding, faults
from builder.audit.interface import Audit, Seen, Setting
from builder.reading import Person

_HASHES, _ROWS = 64, 4
"""A biography's sketch: 64 numbers, compared in bands of four: a likeness of 0.8 goes unseen twice in ten thousand."""
_PRIME = (1 << 31) - 1
_MULTIPLIERS = np.random.default_rng(20250101).integers(1, _PRIME, size=(2, _HASHES), dtype=np.int64)
_RARE = 4
"""A value is rare when no more people than this have it."""


@dataclass(frozen=True)
class Notes:
    """What could be somebody else's too."""

    name: str
    sketch: npt.NDArray[np.int64]
    values: dict[str, str]
    asked: npt.NDArray[np.int64]
    repeated: tuple[str, ...]


def look(person: Person, _: Setting) -> Notes:
    """The name, the biography's sketch, the values, and what the text questions ask."""
    seen: Counter[tuple[str, ...]] = Counter()
    for question in person.questions:
        seen[question.fact, question.task, question.modality, question.use, text.folded(question.question)] += 1
    asked = {crc32(text.folded(each.question).encode()) for each in person.questions if each.modality == "text"}
    return Notes(
        name=text.folded(person.profile.name),
        sketch=_sketch(person.profile.biography),
        values={fact.key: text.folded(fact.value) for fact in person.profile.facts if fact.asked},
        asked=np.array(sorted(asked), dtype=np.int64),
        repeated=tuple(question[-1] for question, count in seen.items() if count > 1),
    )


def _sketch(biography: str) -> npt.NDArray[np.int64]:
    """MinHash of the three-word runs (Broder, 1997): equal numbers estimate Jaccard's index."""
    runs = np.array(sorted(set(text.runs(text.words(biography), 3))) or [0], dtype=np.int64) % _PRIME
    mixed = (runs[:, None] * (_MULTIPLIERS[0] % (1 << 30)) + _MULTIPLIERS[1]) % _PRIME
    return np.asarray(mixed.min(axis=0))


def judge(seen: Sequence[Seen[Notes]], _: Setting) -> list[Finding]:
    """Four findings: names, biographies, lives and questions that are there twice."""
    people = f"{len(seen):,} people"
    return [
        faults("same_name", "duplicates", "Two people of one name", people, list(_same_names(seen))),
        faults("same_biography", "duplicates", "Biographies that are nearly the same", people, _biographies(seen)),
        faults("same_life", "duplicates", "People who share their rare facts", people, _lives(seen)),
        faults("same_question", "duplicates", "Questions asked twice", people, list(_questions(seen))),
    ]


def _same_names(seen: Sequence[Seen[Notes]]) -> Iterator[Example]:
    bearers: dict[str, list[str]] = {}
    for person in seen:
        bearers.setdefault(person.note.name, []).append(person.id)
    for name, ids in bearers.items():
        for identity in ids[1:]:
            yield Example(identity, f"'{name}' is {ids[0]}'s name too")


def _biographies(seen: Sequence[Seen[Notes]]) -> list[Example]:
    sketches = np.stack([person.note.sketch for person in seen])
    pairs: set[tuple[int, int]] = set()
    for start in range(0, _HASHES, _ROWS):
        buckets: dict[bytes, list[int]] = {}
        for number, row in enumerate(sketches[:, start : start + _ROWS]):
            buckets.setdefault(row.tobytes(), []).append(number)
        # Of many in one bucket, each is compared with the first few: enough to name it.
        pairs |= {(a, b) for found in buckets.values() for a in found[:3] for b in found if a < b}
    found: dict[int, Example] = {}
    for a, b in sorted(pairs):
        alike = float((sketches[a] == sketches[b]).mean())
        if alike >= thresholds.BIOGRAPHY_LIKENESS and b not in found:
            found[b] = Example(seen[b].id, f"the biography is {alike:.0%} that of {seen[a].id}")
    return list(found.values())


def _lives(seen: Sequence[Seen[Notes]]) -> list[Example]:
    holders: dict[tuple[str, str], list[int]] = {}
    for number, person in enumerate(seen):
        for fact in person.note.values.items():
            holders.setdefault(fact, []).append(number)
    shared: Counter[tuple[int, int]] = Counter()
    rare: Counter[int] = Counter()
    for found in holders.values():
        if len(found) <= _RARE:
            rare.update(found)
            shared.update(itertools.combinations(found, 2))
    # In a small benchmark nearly every value is rare, so a few shared ones are no sign: half of them are.
    return [
        Example(seen[b].id, f"shares {count} of {rare[b]} rare facts with {seen[a].id}")
        for (a, b), count in shared.most_common()
        if count >= max(3, thresholds.SHARED_FACTS * min(rare[a], rare[b]))
    ]


def _questions(seen: Sequence[Seen[Notes]]) -> Iterator[Example]:
    asked = np.concatenate([person.note.asked for person in seen])
    owner = np.repeat(np.arange(len(seen)), [len(person.note.asked) for person in seen])
    order = np.argsort(asked, kind="stable")
    twice = np.flatnonzero(np.diff(asked[order]) == 0)
    pairs = np.stack([owner[order[twice]], owner[order[twice + 1]]], axis=1)
    found, shared = np.unique(pairs, axis=0, return_counts=True)
    named: set[int] = set()
    for (first, second), count in zip(found.tolist(), shared.tolist(), strict=True):
        # Digests of 32 bits meet by chance, one of a pair of people; whoever was copied shares many.
        if count > 1 and second not in named:
            named.add(second)
            yield Example(seen[second].id, f"is asked {count} text questions that {seen[first].id} is asked")
    for person in seen:
        for question in person.note.repeated:
            yield Example(person.id, f"the same use asks twice: '{question}'")


DUPLICATES = Audit("duplicates", "Is everybody and everything there once?", look, judge)
