"""What takes long to make is made once for all processes that run these tests side by side."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest


def copy_of(name: str, make: Callable[[Path], object], factory: pytest.TempPathFactory) -> Path:
    """A copy, for this process alone, of the folder `name` that `make` fills: in the first process that comes here.

    Folders of temporary files lie side by side below one folder of the whole test run, which keeps the original.
    """
    here = factory.getbasetemp()
    together = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    original, finished = together / f"{name}-once", together / f"{name}-once.finished"
    with filelock.FileLock(together / f"{name}-once.lock"):
        if not finished.exists():
            shutil.rmtree(original, ignore_errors=True)  # half made, where it failed in another process
            original.mkdir()
            make(original)
            finished.touch()
    return Path(shutil.copytree(original, factory.mktemp(name) / name))
