"""How long `generate` takes and how it grows: python benchmarks/generate.py [PEOPLE ...].

For each number of people (default 100 500 1000 5000 10000) the recipe `mllmu` is made in a fresh folder. Prints
seconds, the largest process's peak memory, and both as ratios to the run of 500 people (time: per person).
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

SIZES = [100, 500, 1000, 5000, 10000]
BASE = 500
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True)
class Measured:
    """One run: people made, wall seconds, and the peak resident memory of its largest process in MB."""

    people: int
    seconds: float
    megabytes: float


def measure(people: int) -> Measured:
    """Generate `people` people (and the recipe's holdout) in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        generate = [
            sys.executable,
            "-m",
            "builder",
            "generate",
            "mllmu",
            "--profiles",
            str(people),
            "--out",
            f"{folder}/run",
        ]
        started = time.perf_counter()
        output = subprocess.run([sys.executable, "-c", MEASURE, *generate], check=True, capture_output=True, text=True)
        return Measured(people, time.perf_counter() - started, int(output.stdout) / 1024)


def main() -> None:
    """Measure each size, the base first."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    base = measure(BASE)
    for measured in [base, *(measure(size) for size in sizes if size != BASE)]:
        time_ratio = measured.seconds / measured.people / (base.seconds / base.people)
        print(
            f"{measured.people:>6} people: {measured.seconds:7.1f} s, {measured.megabytes:6.0f} MB; against {BASE}: "
            f"{time_ratio:.2f} x the time per person, {measured.megabytes / base.megabytes:.2f} x the memory",
            flush=True,
        )


if __name__ == "__main__":
    main()
