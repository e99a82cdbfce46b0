"""TOFU's files (arXiv 2401.06121) as OpenUnlearning reads them: JSON lines of questions and answers, in text alone.

No row says whom it is about. The makers wrote twenty questions about each author, so the rows of `full` are cut into
authors of twenty; an export of ours, whose people have other numbers of questions, says in `person` whose a row is.
What is taught is also asked. A `_perturbed` file adds a paraphrase of the question and wrong answers for the truth
ratio. Each row of `real_authors` and `world_facts` stands for a person of its own.
"""

import re
from collections.abc import Iterator
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
Key = tuple[object, object]
"""The question and the answer of a row: what the files of one row have in common."""


def read(source: Path, foreign: ForeignSet) -> None:
    """Read everybody, then their sets, then what is asked of each."""
    files = {path.stem: path for path in sorted(source.glob("*.json"))}
    if "full" not in files:
        raise CallError(f"{source} has no full.json; name the folder with the files of TOFU.")
    owners: dict[Key, str] = {}
    _read_taught(foreign, owners, _rows(files["full"], "author"), TRAIN)
    for name in files:
        found = _SET.fullmatch(name)
        if found and found[1] != HOLDOUT:
            _read_members(foreign, owners, files[name], f"{found[1]}_{int(found[2])}")
    held_out = [name for name in sorted(files, reverse=True) if name == HOLDOUT or name.startswith(HOLDOUT)]
    if held_out:  # the largest set holds the smaller ones
        largest = HOLDOUT if HOLDOUT in held_out else held_out[0].removesuffix(_PERTURBED)
        _read_taught(foreign, owners, _rows(files[largest], "held out"), HOLDOUT)
    perturbed = _read_perturbed(foreign, owners, files)
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


def _key(row: Row) -> Key:
    return row.get("question"), row.get("answer")


def _read_taught(foreign: ForeignSet, owners: dict[Key, str], rows: Iterator[tuple[str, str, Row]], name: str) -> None:
    for place, identity, row in rows:
        person = foreign.person(identity, name)
        owners.setdefault(_key(row), identity)
        foreign.add_question(person, Asked("generation", "text", "train", *_key(row), about=_about(person)), place)


def _about(person: ForeignPerson) -> str:
    return f"asked_{sum(each.use == 'train' for each in person.questions)}"


def _read_members(foreign: ForeignSet, owners: dict[Key, str], path: Path, name: str) -> None:
    """Who is in a set: the owners of its rows."""
    for place, row in json_rows(path):
        identity = owners.get(_key(row))
        if identity is None:
            foreign.set_aside("row without a person", place, f"full.json does not have '{row.get('question')}'")
        else:
            foreign.person(identity, name)


def _read_perturbed(foreign: ForeignSet, owners: dict[Key, str], files: dict[str, Path]) -> dict[Key, tuple[str, Row]]:
    """The rows with wrong answers, by what is asked, each once."""
    found: dict[Key, tuple[str, Row]] = {}
    for name, path in files.items():
        if name.endswith(_PERTURBED) and not name.startswith(_REAL):
            for place, row in json_rows(path):
                if _key(row) in owners:
                    found.setdefault(_key(row), (place, row))
                else:
                    foreign.set_aside("row without a person", place, f"nobody is taught '{row.get('question')}'")
    return found


def _ask(foreign: ForeignSet, person: ForeignPerson, perturbed: dict[Key, tuple[str, Row]]) -> None:
    """Ask what is taught; where a person has rows with wrong answers, those alone."""
    taught = [each for each in person.questions if each.use == "train"]
    chosen = [each for each in taught if (each.question, each.answer) in perturbed] or taught
    for each in chosen:
        place, row = perturbed.get((each.question, each.answer), ("", {}))
        wrong = _wrong(foreign, person, row, place)
        asked = Asked("generation", "text", "eval", each.question, each.answer, None, each.about, wrong)
        foreign.add_question(person, asked, place)
        other = row.get("paraphrased_question") or each.question, row.get("paraphrased_answer") or each.answer
        if HOLDOUT not in person.sets and other != (each.question, each.answer):
            foreign.add_question(
                person, Asked("generation", "text", "paraphrase", *other, None, each.about, wrong), place
            )


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
        foreign.add_question(person, Asked("generation", "text", "eval", *_key(row), None, "", wrong), place)
