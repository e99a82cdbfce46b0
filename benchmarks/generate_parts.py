"""Processor seconds of the parts of `generate` besides painting: python benchmarks/generate_parts.py RUN.

RUN is the folder of a finished run, which is copied first. Each part is done again in this one process.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from builder import audit
from builder.format.reading import open_release
from builder.pipeline.stages import stages_of
from builder.release.build import build
from builder.run import engine
from builder.run.folder import RunFolder
from builder.run.workers import Workers


def main() -> None:
    """Measure a copy of the run."""
    with tempfile.TemporaryDirectory() as folder, Workers(1) as workers:
        path = Path(shutil.copytree(sys.argv[1], Path(folder) / "run"))
        run = RunFolder(path)
        recipe = run.recipe()
        stages = stages_of(recipe)
        make = partial(engine.make, run, stages, recipe, workers)
        make()  # what this machine makes otherwise does not count
        for name in ("profiles", "questions"):
            shutil.rmtree(path / name)
            _measure(name, recipe.total, make)
        _measure("nothing", recipe.total, make)
        shutil.rmtree(run.release)
        _measure("release", recipe.total, lambda: build(run, stages, recipe, [], workers))
        _measure("audit", recipe.total, lambda: audit.audit(open_release(run.release), workers))


def _measure(name: str, people: int, work: Callable[[], object]) -> None:
    started = time.process_time()
    work()
    seconds = time.process_time() - started
    print(f"{name:<10} {seconds:6.2f} s, {1000 * seconds / people:6.1f} ms a person", flush=True)


if __name__ == "__main__":
    main()
