"""Lays out what was read of a foreign set as a release of this format."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pyarrow as pa

from builder import tasks
from builder.base import schemas
from builder.base.errors import BenchError
from builder.base.records import (
    FIRST_PUBLIC_FIGURE,
    LETTERS,
    Appearance,
    Portrait,
    Profile,
    Question,
    Scene,
    Use,
    View,
    number_at,
)
from builder.format import layout
from builder.format.lacking import NEEDS, Need
from builder.format.splits import HOLDOUT, PUBLIC_FIGURES, RETAIN, UNTRAINED, Config
from builder.imports.foreign import TRAIN, ForeignPerson, ForeignSet, counted, pairs
from builder.release import front_matter, manifest
from builder.release.contents import Contents
from builder.release.parquet import RowFiles
from builder.release.sizes import weigh
from builder.run.files import write_text

VERSION = 2
"""Raised whenever the same source would be laid out in other bytes than before."""
ASIDE = "imported.jsonl"
SOURCE_IDS = "source_ids.json"
_NOWHERE = Scene(*[""] * 6)
_UNSEEN = Appearance("", "", "", "", "", "", "", (), "")
_ROWS_AT_ONCE = 50
_ALWAYS_LACKING: tuple[Need, ...] = (
    "a recipe",
    "facts",
    "alternatives",
    "quartets",
    "values of open answers",
    "locales",
    "appearances",
)
_USES: tuple[Use, ...] = ("train", "eval", "paraphrase")


@dataclass(frozen=True)
class Provenance:
    """Where a set comes from: its layout, its name, the repository or folder, the revision and the licence."""

    layout: str
    name: str
    source: str
    revision: str
    licence: str


def build(folder: Path, foreign: ForeignSet, provenance: Provenance) -> None:
    """Write the release of everybody who is sound into `folder`, which is empty. Raises BenchError when nobody is."""
    people = foreign.sound()
    if not people:
        raise BenchError(f"{provenance.source} has nobody who can be asked about: {_summary(foreign)}.")
    numbers = _number(people)
    segments = _segments(people, numbers)
    held_out = any(person.is_tested for person in people)
    contents = Contents({name: [numbers[each.id] for each in ours] for name, ours in segments.items()}, [])
    contents = replace(contents, configs=_configs(segments, test=held_out))
    _write_rows(folder, segments, numbers, contents, test=held_out)
    contents = contents.counted(folder)
    lines = (json.dumps(vars(each), ensure_ascii=False) + "\n" for each in foreign.aside)
    write_text(folder / ASIDE, "".join(lines))
    write_text(folder / SOURCE_IDS, json.dumps({ours: theirs for theirs, ours in numbers.items()}, indent=0) + "\n")
    for name in ("profile", "portrait", "question", "manifest"):
        write_text(folder / "schemas" / f"{name}.json", schemas.text(f"imported_{name}"))
    _write_card(folder, contents, provenance)
    imported = {**vars(provenance), "lacks": _lacking(people), "set_aside": counted(foreign.aside)}
    manifest.write_imported(folder, imported, [VERSION, vars(provenance)], contents)


def _summary(foreign: ForeignSet) -> str:
    found = counted(foreign.aside)
    return ", ".join(f"{kind}: {number}" for kind, number in found.items()) or "it is empty"


def _number(people: Sequence[ForeignPerson]) -> dict[str, str]:
    """Our number of each person, by the source's id: the same number where that is one, else in the source's order."""
    found: dict[str, str] = {}
    fictitious = [person for person in people if PUBLIC_FIGURES not in person.sets]
    numeric = [person.id.isdecimal() and int(person.id) < FIRST_PUBLIC_FIGURE for person in fictitious]
    if all(numeric) and len({int(person.id) for person in fictitious}) == len(fictitious):
        found = {person.id: f"{int(person.id):05d}" for person in fictitious}
    else:
        found = {person.id: f"{number_at(place):05d}" for place, person in enumerate(fictitious)}
    real = (person for person in people if PUBLIC_FIGURES in person.sets)
    return found | {
        person.id: f"{number:05d}" for number, person in zip(count(FIRST_PUBLIC_FIGURE), real, strict=False)
    }


def _segments(people: Sequence[ForeignPerson], numbers: Mapping[str, str]) -> dict[str, list[ForeignPerson]]:
    """The people of each disjoint segment, by our number: those who are in the same forget sets.

    A segment bears the name of its smallest forget set, or of all of them where another segment has that name.
    """
    alike: dict[tuple[str, ...], list[ForeignPerson]] = {}
    names = {name for person in people for name in person.sets}
    for person in sorted(people, key=lambda person: numbers[person.id]):
        forgotten = tuple(forget for forget, _ in pairs(names) if forget in person.sets)
        untrained = tuple(name for name in UNTRAINED if name in person.sets)
        alike.setdefault(untrained or forgotten or (RETAIN,), []).append(person)
    forgets = [forget for forget, _ in pairs(names)]
    order = {name: place for place, name in enumerate((*forgets, RETAIN, HOLDOUT, PUBLIC_FIGURES))}
    found: dict[str, list[ForeignPerson]] = {}
    for key in sorted(alike, key=lambda key: (order[key[0]], -len(key), key)):
        found["+".join(key) if key[0] in found else key[0]] = alike[key]
    return found


def _configs(segments: Mapping[str, Sequence[ForeignPerson]], *, test: bool) -> list[Config]:
    trained = tuple(name for name in segments if name not in UNTRAINED)
    names = {name for name in trained for person in segments[name] for name in person.sets}
    configs = [Config(TRAIN, trained)] if trained else []
    for forget, _ in pairs(names):
        configs.append(Config(forget, tuple(name for name in trained if forget in segments[name][0].sets)))
    for forget, retain in pairs(names):
        configs.append(Config(retain, tuple(name for name in trained if forget not in segments[name][0].sets)))
    if test and trained:
        configs.append(Config("test", trained, test=True))
    return configs + [Config(name, (name,)) for name in UNTRAINED if name in segments]


def _write_rows(
    folder: Path,
    segments: Mapping[str, Sequence[ForeignPerson]],
    numbers: Mapping[str, str],
    contents: Contents,
    *,
    test: bool,
) -> None:
    for name, people in segments.items():
        before: RowFiles | None = None
        for held_out in (False, True) if test and name not in UNTRAINED else (False,):
            schema = layout.TEST if held_out else layout.columns(name)
            with RowFiles(folder / contents.folder(name, test=held_out), schema, like=before) as files:
                before = files
                for start in range(0, len(people), _ROWS_AT_ONCE):
                    some = people[start : start + _ROWS_AT_ONCE]
                    rows = [_row(person, numbers[person.id], name, held_out=held_out) for person in some]
                    files.add(pa.Table.from_pylist(rows, schema=schema))


def _row(person: ForeignPerson, number: str, segment: str, *, held_out: bool) -> dict[str, object]:
    records = _profile(person, number), _portraits(person, number), _questions(person, number)
    if held_out:
        return layout.test_row(*records)
    if segment == PUBLIC_FIGURES:
        return layout.public_figure_row(*records, ())
    return layout.person_row(*records)


def _profile(person: ForeignPerson, number: str) -> Profile:
    return Profile(number, None, person.name, "", "", "", "", "", (), _UNSEEN, person.biography)


def _portraits(person: ForeignPerson, number: str) -> list[Portrait]:
    places: dict[View, count[int]] = {}
    found = []
    for picture in person.pictures:
        index = next(places.setdefault(picture.view, count()))
        identity = f"{number}-{picture.view}-{index}"
        data = picture.kept.read_bytes()
        found.append(
            Portrait(identity, number, picture.view, index, _NOWHERE, 0, 0, picture.format, picture.sha256, data)
        )
    return found


def _questions(person: ForeignPerson, number: str) -> list[Question]:
    found = []
    for use in _USES:
        for place, asked in enumerate(each for each in person.questions if each.use == use):
            has_options = tasks.of(asked).has_options
            answer = asked.options[asked.answer] if has_options else asked.answer
            found.append(
                Question(
                    id=f"{number}-{use}-{place:03d}",
                    profile_id=number,
                    fact=asked.about or f"{use}_{place}",
                    task=asked.task,
                    modality=asked.modality,
                    use=use,
                    question=asked.question,
                    answer=answer,
                    value="" if tasks.of(asked).in_sentences else answer,
                    options=tuple(asked.options[letter] for letter in LETTERS) if has_options else (),
                    letter=asked.answer if has_options else "",
                    wrong_answers=asked.wrong_answers,
                )
            )
    return found


def _lacking(people: Iterable[ForeignPerson]) -> list[Need]:
    """What none of the people have."""
    found: set[Need] = set(NEEDS) - set(_ALWAYS_LACKING)
    for person in people:
        found -= _needs_met(person)
    return [need for need in NEEDS if need in found or need in _ALWAYS_LACKING]


def _needs_met(person: ForeignPerson) -> set[Need]:
    """What this person has of all that a set may lack."""
    views: dict[View, Need] = {"reference": "portraits", "train": "train views", "test": "held-out views"}
    uses: dict[Use, Need | None] = {"train": "training questions", "paraphrase": "held-out wordings", "eval": None}
    kept: dict[Need, bool] = {
        "names": bool(person.name),
        "biographies": bool(person.biography),
        "wrong answers": any(asked.wrong_answers for asked in person.questions),
        "options": any(asked.options for asked in person.questions),
        "held-out people": HOLDOUT in person.sets,
    }
    return {
        *(views[picture.view] for picture in person.pictures),
        *(need for asked in person.questions if (need := uses[asked.use])),
        *(need for need, has in kept.items() if has),
    }


def _write_card(folder: Path, contents: Contents, provenance: Provenance) -> None:
    head = {"license": provenance.licence, "pretty_name": provenance.name}
    yaml = front_matter.to_yaml({**head, **front_matter.tables(contents, weigh(folder, contents))})
    said = (
        f"# {provenance.name}\n\nRead by `build-bench import {provenance.layout}` from {provenance.source}, revision "
        f"{provenance.revision}. Licence: {provenance.licence}. Questions, answers and pictures are its makers' own. "
        f"`{ASIDE}` lists what was found wrong and left out, and `{SOURCE_IDS}` the ids that people have there.\n"
    )
    write_text(folder / "README.md", f"---\n{yaml}---\n\n{said}")
