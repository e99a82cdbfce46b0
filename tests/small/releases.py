"""Changes to a run's release, made as another `generate` would make them: the manifest goes along."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.release.parquet import RowFiles
from tests.small.audits import write_audit

Row = dict[str, Any]


def edit_rows(release: Path, name: str, edit: Callable[[list[Row]], None]) -> None:
    """Rewrite a Parquet file of a release with `edit` applied to its rows; the manifest is left as it was."""
    path = release / name
    table = pq.read_table(path)
    rows = table.to_pylist()
    edit(rows)
    schema = table.schema.remove_metadata()
    path.unlink()
    with RowFiles(path.parent, schema, names=lambda count: [path.name]) as files:
        files.add(pa.Table.from_pylist(rows, schema=schema))


def settle(release: Path) -> None:
    """Make the manifest agree with the files again, as if `generate` had made them so."""
    manifest = json.loads((release / "manifest.json").read_text())
    for entry in manifest["files"]:
        data = (release / entry["path"]).read_bytes()
        entry["bytes"], entry["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    (release / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def change_somebody(run: Path, name: str = "people/retain/00000-of-00001.parquet") -> None:
    """Give the first person of a file a scar, in both places where it stands; the run is audited again."""

    def edit(rows: list[Row]) -> None:
        rows[0]["appearance"]["marks"] = ["a scar on the chin"]

    edit_rows(run / "release", name, edit)
    edit_rows(run / "release", name.replace("people/", "test/"), edit)
    settle(run / "release")
    write_audit(run)
