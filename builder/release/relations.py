"""Checks the relations between the splits of a release, on the ids in its files."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from builder.base.recipe import FOUR
from builder.format.concepts import is_of_concepts
from builder.format.splits import UNTRAINED
from builder.release.manifest import NAME
from builder.release.rows import PersonIds

Found = tuple[str, str]
"""File and what is wrong."""


def check_splits(manifest: Mapping[str, Any], people: PersonIds) -> Iterator[Found]:
    """Counts, nesting, complements, disjointness, the held-out people apart, the test set about the trained people."""
    configs = {name: config for name, config in manifest["configs"].items() if not is_of_concepts(name)}
    ids = {name: people.of(config["files"]) for name, config in configs.items()}
    sets = {name: set(members) for name, members in ids.items()}
    yield from _counts(manifest, people, ids)
    yield from _forget_and_retain(sets, ours="imported" not in manifest)
    train = sets.get("train", set())
    for untrained in UNTRAINED:
        if overlap := sets.get(untrained, set()) & train:
            yield NAME, f"{untrained} and train share {_some(overlap)}"
    if sets.get("test", set()) != (train if "test" in sets or "imported" not in manifest else set()):
        yield NAME, f"test is not about the people of train: {_some(sets.get('test', set()) ^ train)}"


def _counts(manifest: Mapping[str, Any], people: PersonIds, ids: Mapping[str, list[str]]) -> Iterator[Found]:
    for name, members in ids.items():
        wanted = manifest["configs"][name]["rows"]
        if len(members) != wanted:
            yield NAME, f"{name} has {len(members)} rows, and manifest.json says {wanted}"
        if twice := {member for member, count in Counter(members).items() if count > 1}:
            yield NAME, f"{name} holds {_some(twice)} twice"
    for segment, wanted in manifest["people"].items():
        here = {name for name in people.of_file if name.startswith(f"people/{segment}/")}
        if (count := len(people.of(sorted(here)))) != wanted:
            yield NAME, f"segment {segment} has {count} people, and manifest.json says {wanted}"
    for identity in manifest["not_made"]:
        if any(identity in members for members in ids.values()):
            yield NAME, f"person {identity} is listed as not made but is present"


def _forget_and_retain(sets: Mapping[str, set[str]], *, ours: bool) -> Iterator[Found]:
    """The laws of forget sets; that they are nested and whole quartets is a law of `ours` alone."""
    train = sets.get("train", set())
    percents = sorted(int(name.partition("_")[2]) for name in sets if name.startswith("forget_"))
    smaller = ""
    for percent in percents:
        forget, retain = f"forget_{percent}", f"retain_{100 - percent}"
        if ours and smaller and not sets[smaller] <= sets[forget]:
            yield NAME, f"{smaller} is not inside {forget}: {_some(sets[smaller] - sets[forget])}"
        smaller = forget
        if retain not in sets:
            yield NAME, f"{forget} has no {retain}"
            continue
        if overlap := sets[forget] & sets[retain]:
            yield NAME, f"{forget} and {retain} share {_some(overlap)}"
        if sets[forget] | sets[retain] != train:
            yield NAME, f"{forget} and {retain} together are not train: {_some((sets[forget] | sets[retain]) ^ train)}"
        if not ours:
            continue
        forgotten, fours = _fours(sets[forget]), _fours(train)
        if halved := forgotten & _fours(sets[retain]):
            yield NAME, f"{forget} and {retain} share quartet {min(halved)}"
        if len(forgotten) > 1 and abs(100 * len(forgotten) - percent * len(fours)) > 100:  # one off is rounding
            yield NAME, f"{forget} has {len(forgotten)} of {len(fours)} quartets"


def _fours(ids: set[str]) -> set[int]:
    """The quartets that people belong to."""
    return {int(identity) // FOUR for identity in ids}


def _some(ids: set[str]) -> str:
    named = ", ".join(sorted(ids)[:3])
    return f"{named} and {len(ids) - 3} more" if len(ids) > 3 else named
