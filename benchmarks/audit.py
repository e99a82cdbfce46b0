"""How long an audit and a preview take: python benchmarks/audit.py [PEOPLE ...].

Makes 500 people of the recipe `mllmu` once (with --run FOLDER: takes those of a finished run), and for each number of
people (default 500 5000) stacks copies of them, under ids of their own, to a release of that size. Prints seconds,
processor seconds and the peak memory of all processes together, on two workers. That copies are found as duplicates
is meant to be.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_IN_GROUP, ROWS_IN_FILE = 50, 1000


def stack(release: Path, people: int, target: Path) -> None:
    """Write a release of `people` people, made of copies of those of `release`, to `target`."""
    shutil.copytree(release, target, ignore=shutil.ignore_patterns("people", "test"))
    manifest = json.loads((release / "manifest.json").read_text())
    factor = people / sum(manifest["people"].values())
    first = 0
    for segment, count in manifest["people"].items():
        wanted = round(count * factor)
        ids = [f"{number:05d}" for number in range(first, first + wanted)]
        first += wanted
        for kind in ("people", "test"):
            if (release / kind / segment).is_dir():
                _stack_segment(release / kind / segment, ids, target / kind / segment)
        manifest["people"][segment] = wanted
    (target / "manifest.json").write_text(json.dumps(manifest))


def _stack_segment(source: Path, ids: list[str], target: Path) -> None:
    target.mkdir(parents=True)
    files = sorted(source.glob("*.parquet"))
    if not files:
        return
    rows = pa.concat_tables([pq.read_table(path) for path in files])
    for start in range(0, len(ids), ROWS_IN_FILE):
        chosen = ids[start : start + ROWS_IN_FILE]
        table = rows.take([number % len(rows) for number in range(start, start + len(chosen))])
        table = table.set_column(table.schema.get_field_index("ID"), "ID", pa.array(chosen))
        pq.write_table(table, target / f"{start:05d}.parquet", row_group_size=ROWS_IN_GROUP, compression="zstd")


def measure(*arguments: str) -> tuple[float, float, float]:
    """The seconds that a command of ours takes, its processor seconds, and its processes' peak memory in MB."""
    before = _processor_seconds()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "builder", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peaks = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
    watch.start()
    process.wait()
    seconds = time.perf_counter() - started
    watch.join()
    return seconds, _processor_seconds() - before, peaks[0]


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: subprocess.Popen[bytes], peaks: list[float]) -> None:
    while process.poll() is None:
        peaks[0] = max(peaks[0], sum(map(_memory, _family(process.pid))))
        time.sleep(0.25)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _family(int(child)))]


def _memory(pid: int) -> float:
    """What a process holds in MB, memory shared with others divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("people", nargs="*", type=int, default=[500, 5000])
    parser.add_argument("--run", type=Path, help="a finished run whose people are copied")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run = arguments.run or Path(name) / "run"
        if not arguments.run:
            subprocess.run([sys.executable, "-m", "builder", "generate", "mllmu", "--out", str(run)], check=True)
        for people in arguments.people:
            release = Path(name) / f"release-{people}"
            stack(run / "release", people, release)
            for command in ("audit", "preview"):
                seconds, busy, megabytes = measure(command, str(release), "--workers", "2")
                print(
                    f"{people:>6} people: {command:<8} {seconds:6.1f} s, {busy:6.1f} s of processors, "
                    f"{megabytes:6.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
