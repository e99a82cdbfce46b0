"""Parquet files as the Hub's viewer and its deduplicating storage like them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from builder.format.layout import features
from builder.run.files import TEMPORARY, sync

ROWS_IN_GROUP = 50
"""People in a row group: a few megabytes with 512-pixel portraits, far below the viewer's 100 MB."""

ROWS_IN_FILE = 1000
BYTES_IN_FILE = 500_000_000
"""A file ends with the row group that reaches either: what is larger is slow to send again and to stream."""


def file_names(count: int) -> list[str]:
    """The names of `count` files, as the Hub names them."""
    return [f"{number:05d}-of-{count:05d}.parquet" for number in range(count)]


class RowFiles:
    """The Parquet files of one segment, written row group by row group; no file for no rows.

    Groups and files are cut by what the rows are alone, so the bytes do not depend on how the rows arrive.
    """

    def __init__(
        self,
        folder: Path,
        schema: pa.Schema,
        like: "RowFiles | None" = None,
        names: Callable[[int], Sequence[str]] = file_names,
    ) -> None:
        """Write rows of `schema` to `folder`, to a new file whenever one is full.

        `like` are files of other rows of the same people, which get their rows first: both end with the same people.
        The files have the `names` of so many in the end.
        """
        self._folder, self._like, self._names = folder, like, names
        self.ends: set[int] = set()
        """After how many rows in all a file was full."""
        metadata = {"huggingface": json.dumps({"info": {"features": features(schema)}}, sort_keys=True)}
        self._schema = schema.with_metadata(metadata)
        self._waiting = self._schema.empty_table()
        self._files: list[Path] = []
        self._rows = self._rows_in_all = 0
        self._sink: pa.OSFile | None = None
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and len(self._waiting):
            self._write_group()
        self._close()
        if kind is None:
            for path, name in zip(self._files, self._names(len(self._files)), strict=True):
                path.rename(self._folder / name)

    def add(self, table: pa.Table) -> None:
        """Add rows."""
        self._waiting = pa.concat_tables([self._waiting, table.cast(self._schema)])
        while len(self._waiting) >= ROWS_IN_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        group = self._waiting.slice(0, ROWS_IN_GROUP).combine_chunks()
        self._waiting = self._waiting.slice(len(group))
        writer, sink = self._open()
        writer.write_table(group, row_group_size=ROWS_IN_GROUP)
        self._rows, self._rows_in_all = self._rows + len(group), self._rows_in_all + len(group)
        if self._is_full(sink.tell()):
            self.ends.add(self._rows_in_all)
            self._close()

    def _is_full(self, size: int) -> bool:
        if self._like:
            return self._rows_in_all in self._like.ends
        return self._rows >= ROWS_IN_FILE or size >= BYTES_IN_FILE

    def _open(self) -> tuple[pq.ParquetWriter, pa.OSFile]:
        """The file that is being written, perhaps a new one."""
        if self._writer is None or self._sink is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._files.append(self._folder / f".{len(self._files):05d}{TEMPORARY}")
            self._sink, self._rows = pa.OSFile(str(self._files[-1]), "wb"), 0
            self._writer = pq.ParquetWriter(
                self._sink, self._schema, compression="zstd", write_page_index=True, use_content_defined_chunking=True
            )
        return self._writer, self._sink

    def _close(self) -> None:
        if self._writer is not None and self._sink is not None:
            self._writer.close()
            self._sink.close()
            sync(self._files[-1])
            self._writer = self._sink = None
