"""Portraits: none blank, none shown twice, people told apart, and each person's held-out views nearest to their own."""

import hashlib
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from builder.audit import thresholds
from builder.audit.finding import Example, Finding, faults, level, percent
from builder.audit.interface import Audit, Seen, Setting
from builder.audit.pictures import Measures, measure
from builder.reading import Person

MOST_MEASURED = 600
"""With more people than this, the further views of so many are measured; everybody's reference always is."""
_MOST_COMPARED = 6000
"""Pictures that are compared with each other by their outlines."""


@dataclass(frozen=True)
class Shown:
    """One portrait: its id and view, a digest of its bytes, what is wrong with it, and its measures."""

    id: str
    view: str
    digest: bytes
    fault: str
    measures: Measures | None


@dataclass(frozen=True)
class Notes:
    """A person's portraits, and the group of people who look alike."""

    alike: str
    portraits: tuple[Shown, ...]


def look(person: Person, setting: Setting) -> Notes:
    """Measures the person's portraits."""
    profile = person.profile
    every = max(1, round(setting.people / MOST_MEASURED))
    measured = int(profile.id) % every == 0
    return Notes(
        alike=f"{profile.gender} {profile.age_group}",
        portraits=tuple(
            _shown(each.id, each.view, each.image, measured or each.view == "reference") for each in person.portraits
        ),
    )


def _shown(identity: str, view: str, image: bytes, measured: bool) -> Shown:
    found = measure(image) if measured else None
    fault = _fault(found) if measured else ""
    return Shown(identity, view, hashlib.blake2b(image, digest_size=16).digest(), fault, found)


def _fault(found: Measures | None) -> str:
    if found is None:
        return "cannot be decoded"
    if found.mean < thresholds.DARK_PICTURE:
        return f"is black (mean luminance {found.mean:.0f} of 255)"
    if found.spread < thresholds.FLAT_PICTURE:
        return f"is blank (luminance varies by {found.spread:.1f} of 255)"
    return ""


def judge(seen: Sequence[Seen[Notes]], _: Setting) -> list[Finding]:
    """Four findings: blank ones, repeated ones, test views that were trained on, and people told apart."""
    shown = [(person.id, each) for person in seen for each in person.note.portraits]
    measured = sum(each.measures is not None for _, each in shown)
    looked_at = f"{len(shown):,} portraits, {measured:,} of them measured"
    blank = [Example(identity, f"{each.id} {each.fault}") for identity, each in shown if each.fault]
    repeated = [*_identical(shown), *_similar_people(seen)]
    found = [
        faults("blank_portraits", "portraits", "Blank, black or broken portraits", looked_at, blank),
        faults("repeated_portraits", "portraits", "Portraits that are there twice", looked_at, repeated),
        faults("trained_test_views", "portraits", "Test views that were trained on", looked_at, list(_trained(seen))),
    ]
    told_apart = _told_apart(seen)
    return [*found, told_apart] if told_apart else found


def _identical(shown: Sequence[tuple[str, Shown]]) -> Iterator[Example]:
    first: dict[bytes, str] = {}
    for identity, each in shown:
        other = first.setdefault(each.digest, each.id)
        if other != each.id:
            yield Example(identity, f"{each.id} is the very same image as {other}")


def _same(one: Measures, other: Measures) -> bool:
    bits = int(np.bitwise_count(one.outline ^ other.outline).sum())
    return bits <= thresholds.SAME_PICTURE_BITS and _colour_difference(one, other) <= thresholds.SAME_PICTURE_COLOUR


def _colour_difference(one: Measures, other: Measures) -> float:
    return float(np.abs(one.colours.astype(np.int16) - other.colours).mean())


def _similar_people(seen: Sequence[Seen[Notes]]) -> Iterator[Example]:
    """Pictures of different people with one outline and one colouring: references first, then the other views."""
    pictures = [(person.id, each, each.measures) for person in seen for each in person.note.portraits if each.measures]
    pictures.sort(key=lambda picture: picture[1].view != "reference")
    pictures = pictures[: max(_MOST_COMPARED, sum(each.view == "reference" for _, each, _ in pictures))]
    if not pictures:
        return
    outlines = np.stack([measures.outline for _, _, measures in pictures])
    for number, (identity, each, measures) in enumerate(pictures):
        bits = np.bitwise_count(outlines[:number] ^ measures.outline).sum(axis=1)
        for near in np.flatnonzero(bits <= thresholds.SAME_PICTURE_BITS):
            other, theirs, their_measures = pictures[near]
            if other != identity and each.digest != theirs.digest and _same(measures, their_measures):
                yield Example(identity, f"{each.id} is nearly the same image as {theirs.id}")
                break


def _trained(seen: Sequence[Seen[Notes]]) -> Iterator[Example]:
    for person in seen:
        learnt = [each for each in person.note.portraits if each.view != "test" and each.measures]
        for test in person.note.portraits:
            if test.view != "test" or not test.measures:
                continue
            for each in learnt:
                if each.measures and _same(test.measures, each.measures):
                    yield Example(person.id, f"{test.id} is nearly the same image as {each.id}")
                    break


Faces = tuple[str, npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""A person's id, the face of the reference, and those of the test views in rows."""


def _told_apart(seen: Sequence[Seen[Notes]]) -> Finding | None:
    """How often a test view is nearer to its own reference than to another person's of the same gender and age group.

    The measure is colour, so it finds portraits that were mixed up, not a face that drifts: for that, a model that
    recognises faces is needed.
    """
    groups: dict[str, list[Faces]] = {}
    for person in seen:
        faces = _faces(person)
        if faces:
            groups.setdefault(person.note.alike, []).append(faces)
    nearer = {identity: rate for group in groups.values() for identity, rate in _nearer(group)}
    if len(nearer) < 2:
        return None
    rate = statistics.fmean(nearer.values())
    reach = NormalDist().inv_cdf(1 - level(1) / 2) * statistics.stdev(nearer.values()) / math.sqrt(len(nearer))
    mixed_up = sorted((share, identity) for identity, share in nearer.items() if share < thresholds.SAME_PERSON / 2)
    return Finding(
        check="told_apart",
        audit="portraits",
        title="Held-out views nearest to their own person",
        figure=rate,
        unit="share",
        wanted="at least",
        threshold=thresholds.SAME_PERSON,
        passed=rate + reach >= thresholds.SAME_PERSON,
        sentence=f"By the colours of their middle, held-out views are nearer to their own reference than to another's "
        f"of the same gender and age group {percent(rate)} of the time (chance: 50.0 %), in {len(nearer):,} people.",
        interval=(max(0.0, rate - reach), min(1.0, rate + reach)),
        worst=tuple(
            Example(identity, f"the test views are nearer to {percent(1 - share)} of the other people")
            for share, identity in mixed_up[:10]
        ),
    )


def _faces(person: Seen[Notes]) -> Faces | None:
    reference = [each.measures.face for each in person.note.portraits if each.measures and each.view == "reference"]
    tests = [each.measures.face for each in person.note.portraits if each.measures and each.view == "test"]
    return (person.id, reference[0], np.stack(tests)) if reference and tests else None


def _nearer(group: Sequence[Faces]) -> Iterator[tuple[str, float]]:
    """For each person the share of the others whose references are farther from the test views than the own one."""
    if len(group) < 2:
        return
    references = np.stack([reference for _, reference, _ in group])
    for number, (identity, _, tests) in enumerate(group):
        far = np.abs(tests[:, None, :] - references[None, :, :]).mean(axis=2)
        others = np.delete(far, number, axis=1)
        yield identity, float((others > far[:, number : number + 1]).mean())


PORTRAITS = Audit("portraits", "Are the portraits sound?", look, judge)
