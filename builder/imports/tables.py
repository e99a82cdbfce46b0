"""Reads the files of foreign sets: Parquet tables with one row in memory at a time, JSON and JSON lines."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base.errors import BenchError, CallError
from builder.base.matching import folded
from builder.base.records import LETTERS
from builder.imports.foreign import ForeignSet

_BATCH = 16
Row = dict[str, Any]


def parquet_folders(source: Path) -> dict[str, list[Path]]:
    """The Parquet files of each config: those in a folder of that name. Raises CallError when there are none."""
    found: dict[str, list[Path]] = {}
    for path in sorted(source.glob("*/*.parquet")):
        found.setdefault(path.parent.name, []).append(path)
    if not found:
        raise CallError(f"{source} has no folders with Parquet files; name the folder that the data was downloaded to.")
    return found


def parquet_rows(paths: list[Path]) -> Iterator[tuple[str, Row]]:
    """Each row with its place ("forget_5/train-00000-of-00001.parquet, row 3", counted from 0)."""
    for path in paths:
        try:
            with pq.ParquetFile(path) as file:
                number = 0
                for batch in file.iter_batches(batch_size=_BATCH):
                    for row in batch.to_pylist():
                        yield f"{path.parent.name}/{path.name}, row {number}", row
                        number += 1
        except (pa.ArrowException, OSError) as error:
            raise BenchError(f"{path} cannot be read: {error}") from error


def json_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Each object of a JSON list or of JSON lines, with its place."""
    try:
        text = path.read_text(encoding="utf-8")
        objects = json.loads(text) if text.lstrip().startswith("[") else map(json.loads, text.splitlines())
        for number, row in enumerate(objects):
            yield f"{path.name}, row {number}", row
    except (OSError, ValueError) as error:
        raise BenchError(f"{path} cannot be read: {error}") from error


def literal(text: object) -> Any:
    """What a string of JSON or of a Python literal says; None when it is neither."""
    if not isinstance(text, str):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None


def image_bytes(value: object) -> object:
    """The encoded bytes of an Image of `datasets`; whatever else it is stays for the checks to name."""
    return value.get("bytes") if isinstance(value, Mapping) else value


def given(value: object) -> object:
    """An object without the keys that a table has for other rows alone, whose values are null here."""
    return {key: each for key, each in value.items() if each is not None} if isinstance(value, Mapping) else value


def identity_of(foreign: ForeignSet, row: Row, column: str, place: str) -> str:
    """Whom a row is about, by its id there; a row that does not say so is set aside."""
    identity = str(row.get(column) if row.get(column) is not None else "").strip()
    if not identity:
        foreign.set_aside("row without a person", place, f"its {column} is empty")
    return identity


def lettered(options: object, answer: object) -> tuple[object, object]:
    """Listed options by letter, and the letter of the answer where it is the text of one; else both as they are."""
    if not isinstance(options, list):
        return options, answer
    letters = (*LETTERS, *(str(number) for number in range(len(LETTERS), len(options))))
    found = dict(zip(letters, options, strict=False))
    right = (letter for letter, text in found.items() if folded(str(text)) == folded(str(answer)))
    return found, answer if answer in LETTERS else next(right, answer)


def biography_of(text: object) -> tuple[str, str]:
    """The name and the description in a biography, whose keys are spelled in several ways; else the text itself."""
    found = literal(text)
    if not isinstance(found, Mapping):
        return "", text if isinstance(text, str) else ""
    values = {str(key).strip().casefold(): value for key, value in found.items() if isinstance(value, str)}
    return values.get("name", ""), values.get("description", "") or str(text)
