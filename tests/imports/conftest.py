from collections.abc import Callable
from pathlib import Path

import pytest

from builder.format.reading import Release, open_release
from tests.conftest import Run
from tests.small.fixtures import finished_run, small_run

__all__ = ["finished_run", "small_run"]

Import = Callable[..., Release]


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Import:
    """Imports a folder of a layout and gives the release, which must be sound."""

    def call(layout: str, source: Path, *options: str | Path) -> Release:
        to = tmp_path / f"imported-{source.name}"
        said = run("import", layout, source, "--to", to, *options)
        assert said.exit_code == 0, said.output
        checked = run("verify", to)
        assert checked.exit_code == 0, checked.output
        return open_release(to)

    return call
