"""TOFU's files (arXiv 2401.06121) as OpenUnlearning reads them: JSON lines of questions and answers, in text alone.

No row says whom it is about. The makers wrote twenty questions about each author, so the rows of `full` are cut into
authors of twenty; an export of ours, whose people have other numbers of questions, says in `person` whose a row is.
What is taught is also asked. A `_perturbed` file adds a paraphrase of the question and wrong answers for the truth
ratio: several rows may have one paraphrase, and a paraphrase may itself be taught. Each row of `real_authors` and
`world_facts` stands for a person of its own.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from builder.base.errors import CallError
from builder.format.splits import HOLDOUT, PUBLIC_FIGURES
from builder.imports.foreign import TRAIN, Asked, ForeignPerson, ForeignSet
from builder.imports.tables import Row, json_rows

AUTHORS_QUESTIONS = 20
"""Of each author."""
_SET = re.compile(r"(forget|retain|holdout)(\d\d)")
_REAL = ("real_authors", "world_facts")
_PERTURBED = "_perturbed"
Wording = tuple[object, object]
"""A question and its answer, whatever stands there."""
Perturbed = Mapping[str, tuple[str, Row]]
"""The rows with a paraphrase and wrong answers, each with its place, by the key of what they ask."""


def read(source: Path, foreign: ForeignSet) -> None:
    """Read everybody, then their sets, then what is asked of each."""
    files = {path.stem: path for path in sorted(source.glob("*.json"))}
    if "full" not in files:
        raise CallError(f"{source} has no full.json; name the folder with the files of TOFU.")
    perturbed = _read_perturbed(files)
    owners: dict[str, str] = {}
    _read_taught(foreign, owners, perturbed, _rows(files["full"], "author"), TRAIN)
    for name in files:
        found = _SET.fullmatch(name)
        if found and found[1] != HOLDOUT:
            _read_members(foreign, owners, files[name], f"{found[1]}_{int(found[2])}")
    held_out = [name for name in sorted(files, reverse=True) if name == HOLDOUT or name.startswith(HOLDOUT)]
    if held_out:  # the largest set holds the smaller ones
        largest = HOLDOUT if HOLDOUT in held_out else held_out[0].removesuffix(_PERTURBED)
        _read_taught(foreign, owners, perturbed, _rows(files[largest], "held out"), HOLDOUT)
    for key, (place, row) in perturbed.items():
        if key not in owners:
            foreign.set_aside("row without a person", place, f"nobody is taught '{row.get('question')}'")
    for person in foreign.everybody():
        _ask(foreign, person, perturbed)
    for name in _REAL:
        if path := files.get(name + _PERTURBED) or files.get(name):
            _read_real(foreign, name, path)


def _rows(path: Path, label: str) -> Iterator[tuple[str, str, Row]]:
    """Each row with its place and the person it is about."""
    rows = list(json_rows(path))
    named = all("person" in row for _, row in rows)
    if not named and len(rows) % AUTHORS_QUESTIONS:
        raise CallError(
            f"{path} has {len(rows)} rows: without a column 'person' they must be {AUTHORS_QUESTIONS} for each author."
        )
    for number, (place, row) in enumerate(rows):
        yield place, str(row["person"]) if named else f"{label} {number // AUTHORS_QUESTIONS}", row


def _wording(row: Row) -> Wording:
    return row.get("question"), row.get("answer")


def _key(wording: Wording) -> str:
    """By this, the rows of one question are known in every file."""
    return json.dumps(wording)


def _paraphrase(row: Row) -> Wording:
    """The other wording of what a row asks; without one, its own."""
    return row.get("paraphrased_question") or row.get("question"), row.get("paraphrased_answer") or row.get("answer")


def _read_perturbed(files: Mapping[str, Path]) -> Perturbed:
    """The rows of the people's `_perturbed` files. A row stands in the file of each set that has its person."""
    found: dict[str, tuple[str, Row]] = {}
    for name, path in files.items():
        if name.endswith(_PERTURBED) and not name.startswith(_REAL):
            for place, row in json_rows(path):
                found.setdefault(_key(_wording(row)), (place, row))
    return found


def _read_taught(
    foreign: ForeignSet,
    owners: dict[str, str],
    perturbed: Perturbed,
    rows: Iterator[tuple[str, str, Row]],
    name: str,
) -> None:
    """Read what is taught about the people of a set. A question and its paraphrase ask for the same."""
    about: dict[tuple[str, str], str] = {}
    for place, identity, row in rows:
        person = foreign.person(identity, name)
        wording = _wording(row)
        key = _key(wording)
        owners.setdefault(key, identity)
        where, restated = perturbed.get(key, (place, row))
        own, other = (identity, key), (identity, _key(_paraphrase(restated)))
        fact = about.get(own) or about.get(other) or f"asked_{len(person.questions)}"
        about[own] = about[other] = fact
        wrong = _wrong(foreign, person, restated, where)
        foreign.add_question(person, Asked("generation", "text", "train", *wording, None, fact, wrong), place)


def _read_members(foreign: ForeignSet, owners: dict[str, str], path: Path, name: str) -> None:
    """Who is in a set: the owners of its rows."""
    for place, row in json_rows(path):
        identity = owners.get(_key(_wording(row)))
        if identity is None:
            foreign.set_aside("row without a person", place, f"full.json does not have '{row.get('question')}'")
        else:
            foreign.person(identity, name)


def _ask(foreign: ForeignSet, person: ForeignPerson, perturbed: Perturbed) -> None:
    """Ask what is taught; where a person has rows with wrong answers, those alone.

    A paraphrase is asked once, and only where it is held out: where it is not taught, too.
    """
    taught = {_key((each.question, each.answer)): each for each in person.questions}
    chosen = {key: each for key, each in taught.items() if key in perturbed} or taught
    asked = set(taught)
    for key, each in chosen.items():
        place, row = perturbed.get(key, ("", {"question": each.question, "answer": each.answer}))
        foreign.add_question(person, replace(each, use="eval"), place)
        question, answer = other = _paraphrase(row)
        if HOLDOUT not in person.sets and _key(other) not in asked:
            asked.add(_key(other))
            foreign.add_question(person, replace(each, use="paraphrase", question=question, answer=answer), place)


def _wrong(foreign: ForeignSet, person: ForeignPerson, row: Row, place: str) -> tuple[str, ...]:
    """The wrong answers of a row, if they are such."""
    found = row.get("perturbed_answer") or []
    if isinstance(found, list) and all(isinstance(each, str) and each.strip() for each in found):
        return tuple(found)
    foreign.set_aside("wrong nesting", place, "its perturbed_answer is no list of texts", person.id)
    return ()


def _read_real(foreign: ForeignSet, name: str, path: Path) -> None:
    for number, (place, row) in enumerate(json_rows(path)):
        person = foreign.person(f"{name} {number}", PUBLIC_FIGURES)
        wrong = _wrong(foreign, person, row, place)
        foreign.add_question(person, Asked("generation", "text", "eval", *_wording(row), None, "", wrong), place)
