"""MLLMU-Bench's folders: what its published evaluation and training code read, unchanged.

Its eval.py opens forget_N, retain_(100-N), Test_Set, Full_Set and Retain_Set, and draws two people of each set as
demonstrations; the ids of Retain_Set must not occur in Full_Set.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from builder.base.errors import CallError
from builder.format import layout
from builder.format.reading import Release
from builder.format.splits import PUBLIC_FIGURES, UNTRAINED
from builder.release.exports.items import real_people
from builder.release.exports.tables import FILE, segment_tables, write_tables

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
_FOLDERS = {"train": "Full_Set", "test": "Test_Set"}


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write the folders."""
    configs = release.manifest["configs"]
    names = {config: _FOLDERS.get(config, config) for config in release.configs if config not in UNTRAINED}
    real, reason = real_people(release)
    if not real:
        raise CallError("MLLMU-Bench's Retain_Set needs people outside the train set; make some: splits.holdout.")
    names[real] = "Retain_Set"
    notes = [f"Retain_Set holds the held-out people: {reason}"] if reason else []
    for config, name in names.items():
        write_tables(folder / name / FILE, columns := _columns(config), _tables(release, config, columns))
    columns = _columns("train")
    write_tables(folder / "ft_Data" / FILE, columns, segment_tables(release, "train", columns))
    small = [name for config, name in names.items() if configs[config]["rows"] < _DEMONSTRATIONS]
    if small:
        notes.append(f"{', '.join(small)} have fewer people than the {_DEMONSTRATIONS} that eval.py draws")
    return notes


def _tables(release: Release, config: str, columns: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a config; public figures without a picture are left out, as eval.py opens everybody's."""
    for table in segment_tables(release, config, columns):
        yield table.filter(table["image"].is_valid()) if config == PUBLIC_FIGURES else table


def _columns(config: str) -> pa.Schema:
    return pa.schema([field for field in layout.columns(config) if field.name in _THEIRS])
