"""MLLMU-Bench's folders: what its published evaluation and training code read, unchanged.

Its eval.py opens forget_N, retain_(100-N), Test_Set, Full_Set and Retain_Set. It draws two people of each set as
demonstrations and scores the others; the ids of Retain_Set must not occur in Full_Set.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builder.base.errors import CallError
from builder.format import layout
from builder.format.reading import Release
from builder.format.splits import UNTRAINED
from builder.release.exports.items import real_people
from builder.release.exports.tables import FILE, segment_tables, write_card, write_tables

_DEMONSTRATIONS = 2
_THEIRS = (
    "ID",
    "image",
    "images",
    "biography",
    "question",
    "answer",
    "Classification_Task",
    "Generation_Task",
    "Mask_Task",
    "metadata",
)
_DIRECTORY = pa.field("Directory", pa.string())
"""Their column for the name of a picture's file; rows of several pictures have none."""
_TRAINED = "ft_Data"
_FOLDERS = {"train": "Full_Set", "test": "Test_Set"}


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write the folders."""
    names = {config: _FOLDERS.get(config, config) for config in release.configs if config not in UNTRAINED}
    real, reason = real_people(release)
    if not real:
        raise CallError("MLLMU-Bench's Retain_Set needs people outside the train set; make some: splits.holdout.")
    names[real] = "Retain_Set"
    notes = [f"Retain_Set holds the held-out people: {reason}"] if reason else []
    for config, name in names.items():
        _write_set(folder / name / FILE, release, config)
    _write_set(folder / _TRAINED / FILE, release, "train")
    files = {name: f"{name}/{FILE}" for name in (*names.values(), _TRAINED)}
    write_card(folder, release, files, "in the layout of MLLMU-Bench.")
    small = [name for name in names.values() if pq.read_metadata(folder / name / FILE).num_rows <= _DEMONSTRATIONS]
    if small:
        notes.append(
            f"eval.py takes {_DEMONSTRATIONS} people of a set as demonstrations and scores the others, so it scores "
            f"nobody of {', '.join(small)}: at least {_DEMONSTRATIONS + 1} people are needed"
        )
    return notes


def _write_set(path: Path, release: Release, config: str) -> None:
    columns = pa.schema([field for field in layout.columns(config) if field.name in _THEIRS])
    tables = segment_tables(release, config, columns)
    if "image" in columns.names:
        place = columns.names.index("ID") + 1
        write_tables(path, columns.insert(place, _DIRECTORY), _pictured(tables, place))
    else:
        write_tables(path, columns, tables)


def _pictured(tables: Iterable[pa.Table], place: int) -> Iterator[pa.Table]:
    """The rows with a picture, as eval.py opens everybody's (public figures may have none), and its file's name."""
    for table in tables:
        shown = table.filter(table["image"].is_valid())
        yield shown.add_column(place, _DIRECTORY, pc.struct_field(shown["image"], "path"))
