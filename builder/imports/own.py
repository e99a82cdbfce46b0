"""A table of one's own, a question a row, with `mapping.toml` beside it that says which column holds what.

docs/importing.md describes the file.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from builder.base.errors import CallError
from builder.base.records import BLANK, Use
from builder.base.settings import Section, first_fault, keys_of
from builder.imports.foreign import TRAIN, Asked, ForeignPerson, ForeignSet
from builder.imports.tables import Row, identity_of, image_bytes, json_rows, lettered, parquet_rows
from builder.tasks import SHOWN_BLANK

MAPPING = "mapping.toml"
_USES: dict[str, tuple[Use, ...]] = {
    "": ("train", "eval"),
    "train": ("train",),
    "eval": ("eval",),
    "paraphrase": ("paraphrase",),
}


SetName = Annotated[str, Field(pattern=r"^(train|holdout|public_figures|(forget|retain)_[1-9]\d?)$")]


class Columns(Section):
    """Which column holds what."""

    person: str
    question: str
    answer: str
    set: str = ""
    image: str = ""
    name: str = ""
    use: str = ""
    options: str | tuple[str, str, str, str] = ""


class Mapped(Section):
    """The content of a mapping file."""

    files: tuple[str, ...] = Field(min_length=1)
    columns: Columns
    sets: Mapping[str, SetName] = {}


def read(source: Path, foreign: ForeignSet) -> None:
    """Read every row of every file."""
    mapping = _mapping(source / MAPPING)
    for name in mapping.files:
        for place, row in _rows(source / name):
            identity = identity_of(foreign, row, mapping.columns.person, place)
            if identity:
                _read_row(foreign, source, mapping, identity, place, row)


def _mapping(path: Path) -> Mapped:
    try:
        return Mapped.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CallError(f"{path} is missing; docs/importing.md says what it holds.") from None
    except tomllib.TOMLDecodeError as error:
        raise CallError(f"{path} is no TOML: {error}.") from None
    except ValidationError as error:
        raise CallError(f"{path}: {first_fault(error, keys_of(Mapped), 'docs/importing.md')}") from None


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    if path.suffix == ".parquet":
        yield from parquet_rows([path])
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                yield f"{path.name}, row {number}", dict(row)
    else:
        yield from json_rows(path)


def _read_row(foreign: ForeignSet, source: Path, mapping: Mapped, identity: str, place: str, row: Row) -> None:
    columns = mapping.columns
    named = str(row.get(columns.set) or "") if columns.set else ""
    if columns.set and named not in mapping.sets:
        foreign.set_aside("row without a set", place, f"[sets] does not say what '{named}' means", identity)
        return
    group = mapping.sets.get(named, TRAIN)
    trained = (TRAIN,) if group.startswith(("forget_", "retain_")) else ()
    person = foreign.person(identity, group, *trained)
    person.name = person.name or str(row.get(columns.name) or "")
    if (
        columns.image
        and row.get(columns.image)
        and not _shows(foreign, person, _picture(source, row[columns.image]), place)
    ):
        return
    uses = _USES.get(str(row.get(columns.use) or "") if columns.use else "")
    if uses is None:
        foreign.set_aside("type of a question", place, f"its use is '{row.get(columns.use)}'", identity)
        return
    for use in uses:
        foreign.add_question(person, _asked(person, columns, row, use), place)


def _shows(foreign: ForeignSet, person: ForeignPerson, image: object, place: str) -> bool:
    """Whether a row shows the one picture that the person is asked about, which the first row brings along."""
    if not person.pictured("reference"):
        foreign.add_picture(person, "reference", image, place)
        return person.pictured("reference")
    if isinstance(image, bytes) and person.shows("reference", image):
        return True
    foreign.set_aside("another picture", place, "a person is asked about one picture, that of the first row", person.id)
    return False


def _picture(source: Path, value: object) -> object:
    """The bytes of a picture: an image column's, or those of the file that a path names."""
    if isinstance(value, str):
        path = source / value
        return path.read_bytes() if path.is_file() else None
    return image_bytes(value)


def _asked(person: ForeignPerson, columns: Columns, row: Row, use: Use) -> Asked:
    question, answer = row.get(columns.question), row.get(columns.answer)
    modality: Literal["image_text", "text"] = "image_text" if columns.image and row.get(columns.image) else "text"
    if listed := _options(columns, row):
        options, letter = lettered(listed, answer)
        return Asked("classification", modality, use, question, letter, options)
    blank = isinstance(question, str) and (BLANK in question or SHOWN_BLANK in question)
    return Asked("cloze" if blank else "generation", modality, use, question, answer)


def _options(columns: Columns, row: Row) -> list[object]:
    """The options as they are listed; none for a question without any."""
    if isinstance(columns.options, str):
        found = row.get(columns.options) if columns.options else None
        return found if isinstance(found, list) else []
    listed = [row.get(name) for name in columns.options]
    return listed if any(listed) else []
