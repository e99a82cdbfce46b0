"""How long `build-bench --help` takes, in units of an empty click program: python benchmarks/help.py.

Prints, for each command, the median over paired runs of its time divided by the empty program's.
"""

import statistics
import subprocess
import sys
import time

RUNS = 15
EMPTY = "import click\n@click.command()\ndef main():\n    'Nothing.'\nmain()"
COMMANDS = (
    "", "generate", "status", "audit", "preview", "publish", "verify", "diff", "export", "baseline",
    "recipe", "recipe show", "list",
)  # fmt: skip


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Time every command against the empty program, in turn."""
    empty = [sys.executable, "-c", EMPTY, "--help"]
    for words in COMMANDS:
        command = [sys.executable, "-m", "builder", *words.split(), "--help"]
        ratios = [_seconds(command) / _seconds(empty) for _ in range(RUNS)]
        print(f"build-bench {f'{words} --help'.strip():<20} {statistics.median(ratios):.2f} x an empty click program")


if __name__ == "__main__":
    main()
