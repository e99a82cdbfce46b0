"""Duplicates: two people with one name, one biography or one life, and questions asked twice."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from builder.audit import masking, thresholds
from builder.audit.finding import faults
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, examples, kinds
from builder.base.matching import folded
from builder.format.audit_report import Finding, FindingExample
from builder.format.reading import Person

_HASHES, _ROWS = 64, 4
"""A biography's sketch: 64 numbers, compared in bands of four: a likeness of 0.8 goes unseen twice in ten thousand."""
_PRIME = (1 << 31) - 1
_MULTIPLIERS = np.random.default_rng(20250101).integers(1, _PRIME, size=(2, _HASHES), dtype=np.int64)
_RARE = 4
"""A value is rare when no more people than this have it."""


def observe_duplicates(person: Person, _: Setting) -> Note:
    """The name and, as digests, the biography's sketch, the values, and what the text questions ask."""
    seen: Counter[tuple[str, ...]] = Counter()
    for question in person.questions:
        seen[question.fact, question.task, question.modality, question.use, folded(question.question)] += 1
    repeated = (f"the same use asks twice: '{question[-1]}'" for question, count in seen.items() if count > 1)
    asked = {crc32(question.encode()) for _, _, modality, _, question in seen if modality == "text"}
    values = [_digest(fact.key, folded(fact.value)) for fact in person.profile.facts if fact.asked]
    return {
        "name": folded(person.profile.name),
        "sketch": _sketch(person.profile.biography).tobytes(),
        "values": b"".join(values),
        "asked": np.fromiter(asked, np.uint32).tobytes(),
        **kinds(repeated=repeated),
    }


def _digest(key: str, value: str) -> bytes:
    return hashlib.blake2b(f"{key}: {value}".encode(), digest_size=8).digest()


def _sketch(biography: str) -> npt.NDArray[np.int32]:
    """MinHash of the three-word runs (Broder, 1997): equal numbers estimate Jaccard's index."""
    runs = np.array(sorted(set(masking.runs(masking.words(biography), 3))) or [0], dtype=np.int64) % _PRIME
    mixed = (runs[:, None] * (_MULTIPLIERS[0] % (1 << 30)) + _MULTIPLIERS[1]) % _PRIME
    return np.asarray(mixed.min(axis=0), np.int32)


def assess_duplicates(notes: Notes, _: Setting) -> list[Finding]:
    """Four findings: names, biographies, lives and questions that occur twice."""
    people = f"{len(notes):,} people"
    asked = itertools.chain(_questions(notes), examples(notes, "repeated"))
    return [
        faults("same_name", "duplicates", "People who share a name", people, _same_names(notes)),
        faults("same_biography", "duplicates", "Biographies that are nearly the same", people, _biographies(notes)),
        faults("same_life", "duplicates", "People who share their rare facts", people, _lives(notes)),
        faults("same_question", "duplicates", "Questions asked twice", people, asked),
    ]


def _same_names(notes: Notes) -> Iterator[FindingExample]:
    bearers: dict[str, str] = {}
    for person in notes.of("name"):
        first = bearers.setdefault(person.note, person.id)
        if first != person.id:
            yield FindingExample(person.id, f"'{person.note}' is {first}'s name too")


def _biographies(notes: Notes) -> list[FindingExample]:
    ids = [person.id for person in notes.of("sketch")]
    sketches = np.frombuffer(b"".join(person.note for person in notes.of("sketch")), np.int32).reshape(-1, _HASHES)
    pairs: set[tuple[int, int]] = set()
    for start in range(0, _HASHES, _ROWS):
        buckets: dict[bytes, list[int]] = {}
        for number, row in enumerate(sketches[:, start : start + _ROWS]):
            buckets.setdefault(row.tobytes(), []).append(number)
        # Of many in one bucket, each is compared with the first few: enough to name it.
        pairs |= {(a, b) for found in buckets.values() for a in found[:3] for b in found if a < b}
    found: dict[int, FindingExample] = {}
    for a, b in sorted(pairs):
        alike = float((sketches[a] == sketches[b]).mean())
        if alike >= thresholds.BIOGRAPHY_LIKENESS and b not in found:
            found[b] = FindingExample(ids[b], f"the biography is {alike:.0%} that of {ids[a]}")
    return list(found.values())


def _lives(notes: Notes) -> list[FindingExample]:
    ids, digests, owners = _sort_digests(notes, "values", np.uint64)
    _, counts = np.unique(digests, return_counts=True)
    rarely = np.repeat(counts, counts) <= _RARE
    digests, owners = digests[rarely], owners[rarely]
    rare = np.bincount(owners, minlength=len(ids))
    # A value's owners stand in a row, ascending: two of them are at most so many places apart.
    pairs = np.concatenate([_pairs(digests, owners, apart) for apart in range(1, _RARE)])
    found, shared = np.unique(pairs, axis=0, return_counts=True)
    # In a small benchmark nearly every value is rare, so a few shared ones are no sign: half of them are.
    alike = np.flatnonzero(shared >= np.maximum(3, thresholds.SHARED_FACTS * rare[found].min(axis=1)))
    alike = alike[np.argsort(-shared[alike], kind="stable")]
    return [
        FindingExample(ids[b], f"shares {count} of {rare[b]} rare facts with {ids[a]}")
        for (a, b), count in zip(found[alike].tolist(), shared[alike].tolist(), strict=True)
    ]


def _questions(notes: Notes) -> Iterator[FindingExample]:
    ids, digests, owners = _sort_digests(notes, "asked", np.uint32)
    found, shared = np.unique(_pairs(digests, owners, 1), axis=0, return_counts=True)
    named: set[int] = set()
    for (first, second), count in zip(found.tolist(), shared.tolist(), strict=True):
        # Digests of 32 bits meet by chance, one of a pair of people; whoever was copied shares many.
        if count > 1 and second not in named:
            named.add(second)
            yield FindingExample(ids[second], f"is asked {count} text questions that {ids[first]} is asked")


Owners = npt.NDArray[np.int32]


def _sort_digests(
    notes: Notes, topic: str, kind: type[np.unsignedinteger[Any]]
) -> tuple[list[str], npt.NDArray[Any], Owners]:
    """The ids of everybody, the digests of what they have, ascending, and each one's owner as a place in the ids."""
    ids, sizes, joined = [], [], bytearray()
    for person in notes.of(topic):
        ids.append(person.id)
        sizes.append(len(person.note) // np.dtype(kind).itemsize)
        joined += person.note
    digests = np.frombuffer(joined, kind)
    order = np.argsort(digests, kind="stable")
    return ids, digests[order], np.repeat(np.arange(len(ids), dtype=np.int32), sizes)[order]


def _pairs(digests: npt.NDArray[Any], owners: Owners, apart: int) -> Owners:
    """The owners, in rows of two, of equal digests that are `apart` places apart."""
    same = np.flatnonzero(digests[apart:] == digests[:-apart])
    return np.stack([owners[same], owners[same + apart]], axis=1)


DUPLICATES = Audit(
    "duplicates",
    "Is everybody and everything there only once?",
    observe_duplicates,
    assess_duplicates,
    checks_need={"same_name": ("names",), "same_biography": ("biographies",), "same_life": ("facts",)},
)
