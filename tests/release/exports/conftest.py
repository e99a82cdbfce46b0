from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.release.exports.all_knowing import AllKnowing
from tests.small.fixtures import finished_run, small_run

__all__ = ["finished_run", "small_run"]

Export = Callable[[str], Path]


@pytest.fixture
def export(finished_run: Path, run: Run, tmp_path: Path) -> Export:
    """Exports the small release in a layout and gives the folder."""

    def call(layout: str) -> Path:
        said = run("export", finished_run, "--layout", layout, "--to", tmp_path / layout)
        assert said.exit_code == 0, said.output
        return tmp_path / layout

    return call


@pytest.fixture(scope="session")
def all_knowing(finished_run: Path) -> AllKnowing:
    """A model that knows everything in the small release."""
    return AllKnowing(finished_run / "release")
