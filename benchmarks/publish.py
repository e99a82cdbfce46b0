"""Packaging and publishing, measured: python benchmarks/publish.py RUN [PEOPLE].

RUN is a finished run, whose rows are taken as the pattern for PEOPLE (default 5000) people with ids and portrait bytes
of their own. Prints how many rows a second the release writer reaches against bare pyarrow on the same tables, its
peak memory for a tenth of the people and for all, and for a release of them published to the tests' local Hub server,
then published again with one file changed, the bytes sent against the bytes that are new.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent.parent))

from builder.base import recipe as recipes
from builder.base.recipe import Recipe
from builder.format import layout
from builder.format.reading import open_release
from builder.release import contents, manifest
from builder.release.build import SCHEMAS
from builder.release.dressing import dress
from builder.release.parquet import ROWS_IN_FILE, ROWS_IN_GROUP, RowFiles
from tests.hub.commands import commands
from tests.hub.repository import Files
from tests.hub.server import TOKEN, LocalHub
from tests.small.releases import Row, edit_rows, settle

REPO = "org/measured"
TABLE_ROWS = 25
PORTRAIT_BYTES = 12_000
PUBLISH = """
import tempfile
from pathlib import Path
from builder.hub.publishing import Request, carry_out, plan
from builder.hub.huggingface import HuggingFaceHub
from builder.reading import open_release
with tempfile.TemporaryDirectory() as folder:
    hub = HuggingFaceHub({repo!r})
    done = carry_out(hub, plan(hub, open_release(Path({release!r})), (), Request(), Path(folder)), Request())
result = str(done.plan.version)
"""


def rows(run: Path, ids: list[str], schema: pa.Schema) -> Iterator[Row]:
    """A row for each id, patterned on the rows of a run, with portraits of its own."""
    kind = "test" if "images" in schema.names else "people"
    pattern = pq.read_table(next((run / "release" / kind / "retain").glob("*.parquet"))).to_pylist()
    for identity in ids:
        row = dict(pattern[int(identity) % len(pattern)], ID=identity)
        portrait = {"bytes": random.Random(identity).randbytes(PORTRAIT_BYTES), "path": "a.webp"}
        yield {**row, "images": [portrait]} if kind == "test" else {**row, "image": portrait}


def tables(run: Path, ids: list[str], schema: pa.Schema) -> Iterator[pa.Table]:
    """Those rows, a shard's worth in each table."""
    for start in range(0, len(ids), TABLE_ROWS):
        yield pa.Table.from_pylist(list(rows(run, ids[start : start + TABLE_ROWS], schema)), schema=schema)


def packaged(run: Path, people: int, folder: Path) -> float:
    """Seconds that the release writer takes for the rows of so many people."""
    ids = [f"{number:05d}" for number in range(people)]
    spent = 0.0
    with RowFiles(folder, layout.PERSON) as files:
        for table in tables(run, ids, layout.PERSON):
            started = time.perf_counter()
            files.add(table)
            spent += time.perf_counter() - started
    return spent


def bare(run: Path, people: int, folder: Path) -> float:
    """Seconds that pyarrow alone takes for the same rows, in files of the same length."""
    ids = [f"{number:05d}" for number in range(people)]
    spent = 0.0
    for number, start in enumerate(range(0, people, ROWS_IN_FILE)):
        with pq.ParquetWriter(folder / f"{number}.parquet", layout.PERSON, compression="zstd") as writer:
            for table in tables(run, ids[start : start + ROWS_IN_FILE], layout.PERSON):
                started = time.perf_counter()
                writer.write_table(table, row_group_size=ROWS_IN_GROUP)
                spent += time.perf_counter() - started
    return spent


def peak_memory(run: Path, people: int) -> float:
    """Megabytes that a process of its own needs at most to package so many people."""
    done = subprocess.run([sys.executable, __file__, "--package", run, str(people)], capture_output=True, text=True)
    return float(done.stdout)


def large_release(run: Path, people: int, folder: Path) -> Recipe:
    """A release of so many people in `folder`, with a manifest and a card as `generate` makes them."""
    tree = open_release(run).recipe.model_dump(mode="json")
    tree["profiles"]["count"] = people
    recipe = recipes.parse(tree, "the benchmark")
    planned = contents.plan(recipe, {f"{number:05d}": frozenset() for number in range(recipe.total)})
    for segment, ids in planned.segments.items():
        before: RowFiles | None = None
        for test, schema in ((False, layout.PERSON), (True, layout.TEST)):
            if test and segment == "holdout":
                continue
            with RowFiles(folder / planned.folder(segment, test=test), schema, like=before) as files:
                before = files
                for table in tables(run, ids, schema):
                    files.add(table)
    (folder / "schemas").mkdir()
    for name in SCHEMAS:
        (folder / "schemas" / f"{name}.json").write_text((run / "release" / "schemas" / f"{name}.json").read_text())
    (folder / "recipe.toml").write_text(recipes.to_toml(recipe))
    origin = {key: open_release(run).manifest[key] for key in ("recipe", "seed", "made_with", "origin_fingerprint")}
    origin["recipe_fingerprint"] = origin["origin_fingerprint"]
    planned = planned.counted(folder)
    dress(folder, folder, recipe, planned, origin["made_with"])
    manifest.write_manifest(folder, origin, recipe, planned, [])
    return recipe


def measure_publishing(run: Path, people: int) -> None:
    """Publish a large release, then again with one person changed; compare what was sent with what is new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "release").mkdir()
        large_release(run, people, folder / "release")
        hub = LocalHub()
        with commands(hub.endpoint, folder) as process:
            code = PUBLISH.format(repo=REPO, release=str(folder / "release"))
            report(hub, "first version", lambda: process.value(code, TOKEN), {})
            repository = hub.repositories[REPO]
            before = dict(repository.commits[repository.head])
            edit_rows(
                folder / "release", "people/forget_5/00000-of-00001.parquet", lambda each: each[0].update(name="N N")
            )
            settle(folder / "release")
            report(hub, "one person changed", lambda: process.value(code, TOKEN), before)
        hub.close()


def report(hub: LocalHub, what: str, publish: Callable[[], object], before: Files) -> None:
    """Say what publishing sent and what of it was new."""
    sent, started = hub.uploaded, time.perf_counter()
    version = publish()
    seconds = time.perf_counter() - started
    repository = hub.repositories[REPO]
    after = repository.commits[repository.head]
    new = sum(len(blob.data) for path, blob in after.items() if before.get(path) != blob and path != ".gitattributes")
    print(f"{what} (v{version}): {seconds:.1f} s, {hub.uploaded - sent:,} bytes sent, {new:,} bytes new", flush=True)


def main() -> None:
    """Measure everything, or with --package only write, for another process to weigh this one."""
    if sys.argv[1] == "--package":
        with tempfile.TemporaryDirectory() as folder:
            packaged(Path(sys.argv[2]), int(sys.argv[3]), Path(folder))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    run, people = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    ratios = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs = packaged(run, people, Path(folder)), bare(run, people, Path(folder))
        ratios.append(theirs / ours)
        print(f"packaging: {people / ours:.0f} rows/s, bare pyarrow {people / theirs:.0f}, ratio {theirs / ours:.2f}")
    print(f"median ratio {sorted(ratios)[1]:.2f}")
    print(f"peak memory: {peak_memory(run, people // 10):.0f} MB for {people // 10}, {peak_memory(run, people):.0f} MB")
    measure_publishing(run, people)


if __name__ == "__main__":
    main()
