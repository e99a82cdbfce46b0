"""Parquet files as the Hub's viewer and its deduplicating storage like them."""

import json
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from builder.format.layout import features
from builder.run.files import sync

ROWS_IN_GROUP = 50
"""People in a row group: a few megabytes with 512-pixel portraits, far below the viewer's 100 MB."""

ROWS_IN_FILE = 1000


def file_names(rows: int) -> list[str]:
    """The names of the files that hold `rows` rows, as the Hub names them; none for no rows."""
    count = -(-rows // ROWS_IN_FILE)
    return [f"{number:05d}-of-{count:05d}.parquet" for number in range(count)]


class RowFiles:
    """The Parquet files of one segment, written row group by row group.

    Groups and files are cut by the count of rows alone, so the bytes do not depend on how the rows arrive.
    """

    def __init__(self, paths: list[Path], schema: pa.Schema) -> None:
        """Write rows of `schema` to `paths`, each opened when the one before is full."""
        self._paths = paths
        metadata = {"huggingface": json.dumps({"info": {"features": features(schema)}}, sort_keys=True)}
        self._schema = schema.with_metadata(metadata)
        self._waiting = self._schema.empty_table()
        self._written = 0
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and len(self._waiting):
            self._write_group()
        self._close()

    def add(self, table: pa.Table) -> None:
        """Add rows."""
        self._waiting = pa.concat_tables([self._waiting, table.cast(self._schema)])
        while len(self._waiting) >= ROWS_IN_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        if self._written % ROWS_IN_FILE == 0:
            self._open(self._paths[self._written // ROWS_IN_FILE])
        group = self._waiting.slice(0, ROWS_IN_GROUP).combine_chunks()
        self._waiting = self._waiting.slice(len(group))
        assert self._writer is not None
        self._writer.write_table(group, row_group_size=ROWS_IN_GROUP)
        self._written += len(group)

    def _open(self, path: Path) -> None:
        self._close()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(
            path, self._schema, compression="zstd", write_page_index=True, use_content_defined_chunking=True
        )
        self._path = path

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            sync(self._path)
            self._writer = None
