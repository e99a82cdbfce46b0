"""Parquet files of layouts that store rows, and the card that tells `load_dataset` where files are."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from builder.format.layout import features
from builder.format.reading import Release

FILE = "train-00000-of-00001.parquet"
_ROWS_IN_GROUP = 500
"""Enough that the questions about one person mostly share a group, and with it the person's portraits."""

_DICTIONARY_BYTES = 64 * 2**20


def write_rows(path: Path, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows of dicts, a group in memory at a time."""
    write_tables(path, schema, (pa.Table.from_pylist(group, schema=schema) for group in _groups(rows)))


def write_tables(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write tables of `schema`, each a row group or more; `datasets` then knows which columns are images."""
    info = json.dumps({"info": {"features": features(schema)}}, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(
        path,
        schema.with_metadata({"huggingface": info}),
        compression="zstd",
        # A portrait that many questions show is stored once in each group.
        dictionary_pagesize_limit=_DICTIONARY_BYTES,
    ) as writer:
        for table in tables:
            writer.write_table(table.cast(writer.schema), row_group_size=_ROWS_IN_GROUP)


def segment_tables(release: Release, config: str, schema: pa.Schema) -> Iterable[pa.Table]:
    """The rows of a config as they stand in the release, cut to the columns of `schema`, a row group at a time."""
    for name in release.manifest["configs"][config]["files"]:
        with pq.ParquetFile(release.path / name) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=schema.names).select(schema.names)


def write_card(folder: Path, release: Release, configs: Mapping[str, str], text: str) -> None:
    """Write a README.md whose YAML names each config's file; `text` goes on from what the data is ("in the form …")."""
    head = {
        "license": release.licence,
        "configs": [
            {"config_name": name, "data_files": [{"split": "train", "path": path}]} for name, path in configs.items()
        ],
    }
    (folder / "README.md").write_text(
        f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n\n{_subject(release)}, {text}\n", encoding="utf-8"
    )


def _subject(release: Release) -> str:
    """What the data is."""
    if not release.is_imported:
        return "A benchmark of people who do not exist"
    said = release.manifest["imported"]
    return f"{said['name']} as imported from {said['source']}, revision {said['revision']}"


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == _ROWS_IN_GROUP:
            yield group
            group = []
    if group:
        yield group
