"""Portraits: none blank, none shown twice, people told apart, and each person's held-out views nearest to their own."""

import hashlib
import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from builder.audit import thresholds
from builder.audit.finding import faults, level, percent
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes, examples, kinds
from builder.audit.pictures import Measures, measure
from builder.format.audit_report import Finding, FindingExample
from builder.format.reading import Person

MOST_MEASURED = 600
"""Above this many people, train and test views are measured for this many only; references always are."""
_MOST_COMPARED = 6000
"""The most pictures that are compared with each other by their outlines."""


class Shown(NamedTuple):
    """A measured portrait: its id and view, a digest of its bytes, and its measures."""

    id: str
    view: str
    digest: bytes
    measures: Measures


def observe_portraits(person: Person, setting: Setting) -> Note:
    """Measures the person's portraits; `alike` is the group of people who look alike."""
    profile = person.profile
    every = max(1, round(setting.people / MOST_MEASURED))
    chosen = int(profile.id) % every == 0
    digests, measured, faults = [], [], []
    for each in person.portraits:
        digests.append((each.id, hashlib.blake2b(each.image, digest_size=8).digest()))
        if chosen or each.view == "reference":
            found = measure(each.image)
            if found:
                measured.append(Shown(each.id, each.view, digests[-1][1], found))
            if fault := _fault(found):
                faults.append(f"{each.id} {fault}")
    return {
        "alike": f"{profile.gender} {profile.age_group}",
        "digests": tuple(digests),
        "measured": tuple(measured),
        **kinds(faults=faults),
    }


def _fault(found: Measures | None) -> str:
    if found is None:
        return "cannot be decoded"
    if found.mean < thresholds.DARK_PICTURE:
        return f"is black (mean luminance {found.mean:.0f} of 255)"
    if found.spread < thresholds.FLAT_PICTURE:
        return f"is blank (luminance varies by {found.spread:.1f} of 255)"
    return ""


def assess_portraits(notes: Notes, _: Setting) -> list[Finding]:
    """Four findings: blank ones, repeated ones, test views that were trained on, and people told apart."""
    shown = sum(len(person.note) for person in notes.of("digests"))
    measured = sum(len(person.note) for person in notes.of("measured"))
    looked_at = f"{shown:,} portraits, {measured:,} of them measured"
    repeated = itertools.chain(_identical(notes), _similar_people(notes))
    found = [
        faults(
            "blank_portraits", "portraits", "Blank, black or broken portraits", looked_at, examples(notes, "faults")
        ),
        faults("repeated_portraits", "portraits", "Portraits that occur twice", looked_at, repeated),
        faults(
            "trained_test_views", "portraits", "Test views that were trained on", looked_at, _find_trained_views(notes)
        ),
    ]
    told_apart = _told_apart(notes)
    return [*found, told_apart] if told_apart else found


def _identical(notes: Notes) -> Iterator[FindingExample]:
    digests = np.frombuffer(b"".join(each for person in notes.of("digests") for _, each in person.note), np.uint64)
    repeated = {digest.tobytes() for digest in _find_repeated(digests)}
    first: dict[bytes, str] = {}
    for person in notes.of("digests") if repeated else ():
        for identity, digest in person.note:
            if digest in repeated and first.setdefault(digest, identity) != identity:
                yield FindingExample(person.id, f"{identity} is the same image as {first[digest]}")


def _find_repeated(digests: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The digests that occur more than once."""
    found, counts = np.unique(digests, return_counts=True)
    return found[counts > 1]


def _same(one: Measures, other: Measures) -> bool:
    bits = int(np.bitwise_count(one.outline ^ other.outline).sum())
    return bits <= thresholds.SAME_PICTURE_BITS and _same_colours(one.colours, other.colours)


def _same_colours(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> bool:
    return float(np.abs(one.astype(np.int16) - other).mean()) <= thresholds.SAME_PICTURE_COLOUR


@dataclass(frozen=True)
class Looks:
    """Pictures of people, in rows: whose each is, its id, a digest of its bytes, its outlines and its colours."""

    people: list[str]
    ids: list[str]
    digests: list[bytes]
    outlines: npt.NDArray[np.uint64]
    colours: npt.NDArray[np.uint8]


def _looks(notes: Notes) -> Looks:
    """The pictures to compare with each other: everybody's reference, then as many of the other views as may be."""
    references = sum(each.view == "reference" for person in notes.of("measured") for each in person.note)
    pictures = (
        (person.id, each)
        for others in (False, True)
        for person in notes.of("measured")
        for each in person.note
        if (each.view != "reference") == others
    )
    people, ids, digests, outlines, colours = [], [], [], bytearray(), bytearray()
    for identity, each in itertools.islice(pictures, max(_MOST_COMPARED, references)):
        people.append(identity)
        ids.append(each.id)
        digests.append(each.digest)
        outlines += each.measures.outline.tobytes()
        colours += each.measures.colours.tobytes()
    count = len(ids)
    return Looks(
        people,
        ids,
        digests,
        np.frombuffer(outlines, np.uint64).reshape(count, -1 if count else 0),
        np.frombuffer(colours, np.uint8).reshape(count, -1 if count else 0),
    )


def _similar_people(notes: Notes) -> Iterator[FindingExample]:
    """Pictures of different people with one outline and one colouring: references first, then the other views."""
    looks = _looks(notes)
    for number, outline in enumerate(looks.outlines):
        bits = np.bitwise_count(looks.outlines[:number] ^ outline).sum(axis=1)
        for near in np.flatnonzero(bits <= thresholds.SAME_PICTURE_BITS):
            other = looks.people[near] != looks.people[number] and looks.digests[near] != looks.digests[number]
            if other and _same_colours(looks.colours[near], looks.colours[number]):
                yield FindingExample(
                    looks.people[number], f"{looks.ids[number]} is nearly the same image as {looks.ids[near]}"
                )
                break


def _find_trained_views(notes: Notes) -> Iterator[FindingExample]:
    for person in notes.of("measured"):
        learnt = [each for each in person.note if each.view != "test"]
        for test in person.note:
            near = (each for each in learnt if test.view == "test" and _same(test.measures, each.measures))
            if found := next(near, None):
                yield FindingExample(person.id, f"{test.id} is nearly the same image as {found.id}")


Faces = tuple[str, npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""A person's id, the face of the reference, and those of the test views in rows."""


def _told_apart(notes: Notes) -> Finding | None:
    """How often a test view is nearer to its own reference than to another person's of the same gender and age group.

    The measure is colour, so it finds portraits that were mixed up, not a face that drifts: for that, a model that
    recognises faces is needed.
    """
    groups: dict[str, list[Faces]] = {}
    for person, group in zip(notes.of("measured"), notes.of("alike"), strict=True):
        faces = _faces(person.id, person.note)
        if faces:
            groups.setdefault(group.note, []).append(faces)
    nearer = {identity: rate for group in groups.values() for identity, rate in _nearer(group)}
    if len(nearer) < 2:
        return None
    rate = statistics.fmean(nearer.values())
    reach = NormalDist().inv_cdf(1 - level(1) / 2) * statistics.stdev(nearer.values()) / math.sqrt(len(nearer))
    mixed_up = sorted((share, identity) for identity, share in nearer.items() if share < thresholds.SAME_PERSON / 2)
    return Finding(
        check="told_apart",
        audit="portraits",
        title="Held-out views closest to their own person",
        figure=rate,
        unit="share",
        wanted="at least",
        threshold=thresholds.SAME_PERSON,
        passed=rate + reach >= thresholds.SAME_PERSON,
        sentence=f"By the colours of their centre, held-out views are closer to their own reference than to another's "
        f"of the same gender and age group {percent(rate)} of the time (chance: 50.0 %), in {len(nearer):,} people.",
        interval=(max(0.0, rate - reach), min(1.0, rate + reach)),
        worst=tuple(
            FindingExample(identity, f"the test views are closer to {percent(1 - share)} of the other people")
            for share, identity in mixed_up[:10]
        ),
    )


def _faces(identity: str, shown: Sequence[Shown]) -> Faces | None:
    reference = [each.measures.face for each in shown if each.view == "reference"]
    tests = [each.measures.face for each in shown if each.view == "test"]
    return (identity, reference[0], np.stack(tests)) if reference and tests else None


def _nearer(group: Sequence[Faces]) -> Iterator[tuple[str, float]]:
    """For each person the share of the others whose references are farther from the test views than their own."""
    if len(group) < 2:
        return
    references = np.stack([reference for _, reference, _ in group])
    for number, (identity, _, tests) in enumerate(group):
        far = np.abs(tests[:, None, :] - references[None, :, :]).mean(axis=2)
        others = np.delete(far, number, axis=1)
        yield identity, float((others > far[:, number : number + 1]).mean())


PORTRAITS = Audit(
    "portraits",
    "Are the portraits sound?",
    observe_portraits,
    assess_portraits,
    needs=("portraits",),
    checks_need={"trained_test_views": ("held-out views",)},
)
