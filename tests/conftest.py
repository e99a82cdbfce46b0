import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from builder.cli import cli

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

TINY = """
name = "tiny"
seed = 3

[profiles]
count = 24
locales = ["en_GB", "de_DE", "pl_PL"]

[portraits]
size = 48
train_views = 1
test_views = 1

[splits]
holdout = 4
forget = [10, 30]

[run]
shard_size = 6
"""

Run = Callable[..., Result]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The file of a recipe that is made in a moment: 28 people in five shards, the last one short."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture
def run() -> Run:
    """Runs a build-bench command line in this process."""

    def call(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    return call


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the recipe `tiny`; look at it, but do not change it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "tiny.toml").write_text(TINY)
    out = folder / "run"
    result = CliRunner().invoke(cli, ["generate", str(folder / "tiny.toml"), "--out", str(out), "--workers", "1"])
    assert result.exit_code == 0, result.output
    return out
