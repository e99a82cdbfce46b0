"""The Parquet files serve the Hub's viewer, and a new version of one sends only what changed."""

import hashlib
import random
import shutil
from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.format import layout
from builder.release.parquet import RowFiles
from tests.conftest import Run
from tests.small.features import feature_types
from tests.small.releases import Row

PEOPLE = "people/retain/00000-of-00001.parquet"
_PORTRAIT_BYTES = 12_000
_WINDOW = 32
_ONE_IN = 2**13
"""Chunks of 8 kB on average: small, since these portraits are."""


def _chunks(data: bytes) -> dict[str, int]:
    """Content-defined chunks by digest, as deduplicating storage cuts them: where a rolling hash of the bytes says."""
    gear = np.random.default_rng(0).integers(0, 2**32, 256, dtype=np.uint32)
    mixed = gear[np.frombuffer(data, dtype=np.uint8)]
    rolling = np.zeros_like(mixed)
    for back in range(_WINDOW):
        rolling[back:] += mixed[: len(mixed) - back] << np.uint32(back)
    ends = [*(np.flatnonzero(rolling >> np.uint32(19) == 0) + 1).tolist(), len(data)]
    starts = [0, *ends[:-1]]
    return {hashlib.sha256(data[start:end]).hexdigest(): end - start for start, end in zip(starts, ends, strict=True)}


def _new_bytes(old: bytes, new: bytes) -> int:
    known = _chunks(old)
    return sum(size for digest, size in _chunks(new).items() if digest not in known)


def _people(release: Path, count: int) -> list[Row]:
    """Rows of people by the hundred, each with texts and portraits of its own."""
    template = pq.read_table(release / PEOPLE).to_pylist()
    rows = []
    for number in range(count):
        stream = random.Random(number)
        row = dict(template[number % len(template)])
        row["ID"] = f"{number:05d}"
        row["biography"] = " ".join(f"{stream.random()}" for _ in range(60))
        row["image"] = {"bytes": stream.randbytes(_PORTRAIT_BYTES), "path": "a.webp"}
        row["train_images"] = [{"bytes": stream.randbytes(_PORTRAIT_BYTES), "path": "b.webp"} for _ in range(3)]
        rows.append(row)
    return rows


def _written(folder: Path, rows: list[Row]) -> bytes:
    with RowFiles(folder, layout.PERSON) as files:
        files.add(pa.Table.from_pylist(rows, schema=layout.PERSON))
    [path] = folder.iterdir()
    return path.read_bytes()


def test_one_changed_profile_of_500_sends_little(finished_run: Path, tmp_path: Path) -> None:
    rows = _people(finished_run / "release", 500)
    before = _written(tmp_path / "before", rows)
    rows[250]["biography"] = "Another life, in many more words than before. " * 9
    rows[250]["image"]["bytes"] = random.Random(-1).randbytes(_PORTRAIT_BYTES + 777)
    after = _written(tmp_path / "after", rows)
    assert len(before) > 20_000_000
    fresh = _new_bytes(before, after)
    # One portrait, one page of text and the footer, whose offsets all move; not a row group of 50 people.
    assert _PORTRAIT_BYTES < fresh < len(before) / 50
    print(f"{fresh:,} of {len(after):,} bytes are new")


def test_large_portraits_are_split_over_files_that_can_be_streamed(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As portraits of 500 MB in all would be, in files of a few kilobytes."""
    monkeypatch.setattr("builder.release.parquet.ROWS_IN_GROUP", 2)
    monkeypatch.setattr("builder.release.parquet.BYTES_IN_FILE", 30_000)
    out = tmp_path / "run"
    shutil.copytree(made_brief, out)
    shutil.rmtree(out / "release")
    result = run("generate", brief, "--out", out)
    assert result.exit_code == 0, result.output
    files = sorted(path.name for path in (out / "release" / "people" / "retain").iterdir())
    assert len(files) > 3
    assert files[0] == f"00000-of-{len(files):05d}.parquet"
    assert run("verify", out).exit_code == 0
    for config in ("train", "retain_90", "test"):
        split, whole = (
            datasets.load_dataset(str(folder / "release"), config, split="train", streaming=True).decode(False)
            for folder in (out, made_brief)
        )
        assert list(split) == list(whole)


def test_the_viewer_finds_pages_in_small_row_groups(finished_run: Path) -> None:
    for path in (finished_run / "release").rglob("*.parquet"):
        footer = pq.read_metadata(path)
        for number in range(footer.num_row_groups):
            group = footer.row_group(number)
            assert group.num_rows <= 50
            assert group.total_byte_size < 100_000_000
            assert all(group.column(column).has_offset_index for column in range(group.num_columns))


def test_the_features_use_only_types_that_every_version_of_datasets_has(finished_run: Path) -> None:
    for path in (finished_run / "release").rglob("*.parquet"):
        schema = pq.read_schema(path)
        assert feature_types(schema) == {"Value", "Image"}
        assert datasets.Features.from_arrow_schema(schema).arrow_schema.equals(schema)
