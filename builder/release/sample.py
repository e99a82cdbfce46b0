"""The person that the card shows: one row, and its portraits as image files that a card can link to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from builder.release.contents import Contents

FOLDER = "assets"


@dataclass(frozen=True)
class SamplePerson:
    """The first person of the release who is also in the test set: both rows, images included."""

    person: dict[str, Any]
    test: dict[str, Any]

    @property
    def portraits(self) -> list[tuple[str, str, bytes]]:
        """View, path in the release and bytes of the portraits shown: the reference, a train view, the test views."""
        row = self.person
        shown = [("reference", row["image"])]
        shown += [("train", image) for image in row["train_images"][:1]]
        shown += [("test", image) for image in self.test["images"][:2]]
        return [(view, f"{FOLDER}/{image['path']}", image["bytes"]) for view, image in shown]


def take(folder: Path, contents: Contents) -> SamplePerson:
    """The sample of the release in `folder`."""
    everyone = contents.configs[0]
    first = min(identity for segment in everyone.segments for identity in contents.segments[segment])
    segment = next(name for name in everyone.segments if first in contents.segments[name])
    rows = [_first_row(folder / contents.files(segment, test=test)[0]) for test in (False, True)]
    return SamplePerson(*rows)


def _first_row(path: Path) -> dict[str, Any]:
    # The least id of a segment stands first: rows are written in the order of ids.
    with pq.ParquetFile(path) as file:
        row: dict[str, Any] = next(file.iter_batches(batch_size=1, use_threads=False)).to_pylist()[0]
    return row
