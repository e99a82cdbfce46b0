"""Shards: the records of some consecutive profiles in one Parquet file, with what they depend on in its footer."""

import json
import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base.errors import BenchError
from builder.base.records import Record, from_json, to_json, to_row
from builder.run.files import replacing
from builder.run.stage import digest

_FOOTER_KEY = b"build-bench"


class DamagedShard(BenchError):
    """A shard that cannot be read: cut short, or with bytes that do not match their checksum."""


@dataclass(frozen=True)
class Failure:
    """A profile that a stage could not make, and why."""

    stage: str
    profile_id: str
    reason: str


@dataclass(frozen=True)
class Footer:
    """A shard's metadata: its range of profile numbers, what it depends on, what failed.

    `made_again` says how often each near-duplicate was made again (builder/run/near_duplicates.py).
    """

    first: int
    stop: int
    basis: dict[str, Any]
    input_digest: str
    failures: tuple[Failure, ...]
    made_again: dict[str, int] = field(default_factory=dict)


def write(path: Path, kind: type[Record], records: Sequence[Record], footer: Footer) -> None:
    """Write a shard, whole or not at all. Records are of type `kind`."""
    schema = arrow_schema(kind)
    table = pa.Table.from_pylist([to_row(record) for record in records], schema=schema)
    data = to_json(footer)
    table = table.replace_schema_metadata({_FOOTER_KEY: json.dumps({"footer": data, "sha256": digest(data)})})
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_footer(path: Path) -> Footer:
    """The footer alone. Raises DamagedShard."""
    try:
        stored = json.loads(pq.read_schema(path).metadata[_FOOTER_KEY])
        if digest(stored["footer"]) != stored["sha256"]:
            raise ValueError("its footer does not match its checksum")
        return from_json(Footer, stored["footer"])
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise DamagedShard(f"{path} is damaged: {error}") from error


def read(path: Path, kind: type[Record]) -> list[Any]:
    """The records of a shard, its page checksums verified. Raises DamagedShard."""
    return [from_json(kind, row) for row in read_table(path, kind).to_pylist()]


def read_columns(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Some columns of a shard's records, without reading the others. Raises DamagedShard."""
    try:
        rows: list[dict[str, Any]] = pq.read_table(path, columns=list(columns), use_threads=False).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedShard(f"{path} is damaged: {error}") from error
    return rows


def read_table(path: Path, kind: type[Record]) -> pa.Table:
    """The records of a shard as an Arrow table, its page checksums verified. Raises DamagedShard."""
    try:
        # Shards are read by many processes at once; further threads in each only make each one's memory larger.
        table = pq.read_table(path, page_checksum_verification=True, use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedShard(f"{path} is damaged: {error}") from error
    if not table.schema.equals(arrow_schema(kind)):
        raise DamagedShard(f"{path} is damaged: it does not hold {kind.__name__.lower()} records")
    return table


def arrow_schema(kind: type) -> pa.Schema:
    """The Arrow schema of a record type: tuples are lists, records inside are structs, literals are strings."""
    return pa.schema([(name, _arrow_type(hint)) for name, hint in typing.get_type_hints(kind).items()])


def _arrow_type(hint: Any) -> pa.DataType:
    scalars = {str: pa.string(), int: pa.int64(), bool: pa.bool_(), bytes: pa.binary()}
    if hint in scalars:
        return scalars[hint]
    if typing.get_origin(hint) is typing.Literal:
        return pa.string()
    if isinstance(hint, types.UnionType):  # with None: every column may be null
        return _arrow_type(typing.get_args(hint)[0])
    if typing.get_origin(hint) is tuple:
        return pa.list_(_arrow_type(typing.get_args(hint)[0]))
    return pa.struct(list(arrow_schema(hint)))
