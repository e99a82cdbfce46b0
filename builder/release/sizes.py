"""The sizes of a release's Parquet files, read from their footers."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from builder.format.splits import Config
from builder.release.contents import Contents


@dataclass(frozen=True)
class Weight:
    """Rows, the bytes on disk, and the bytes of the columns before compression."""

    rows: int
    stored: int
    plain: int

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.rows + other.rows, self.stored + other.stored, self.plain + other.plain)


def weigh(folder: Path, contents: Contents) -> dict[str, Weight]:
    """The size of each Parquet file, by its path in the release."""
    return {name: _weight(folder / name) for config in contents.configs for name in contents.config_files(config)}


def of_config(config: Config, contents: Contents, weights: dict[str, Weight]) -> Weight:
    """The total size of the files that a config lists."""
    return sum((weights[name] for name in contents.config_files(config)), Weight(0, 0, 0))


def _weight(path: Path) -> Weight:
    footer = pq.read_metadata(path)
    plain = sum(footer.row_group(number).total_byte_size for number in range(footer.num_row_groups))
    return Weight(footer.num_rows, path.stat().st_size, plain)
