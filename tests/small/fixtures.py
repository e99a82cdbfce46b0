"""A run of sixteen people that takes a second to make, for tests of what is done with a finished release."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import cli
from tests.made_once import copy_of
from tests.small.audits import write_audit

SMALL = """
name = "small"
seed = 5

[profiles]
count = 12

[portraits]
size = 40
train_views = 1
test_views = 1

[questions]
train_generation = 1
train_cloze = 0
train_classification = 0

[splits]
forget = [10]
holdout = 4

[run]
shard_size = 4
"""


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an audited run of sixteen people; copy it to change it."""

    def make(folder: Path) -> None:
        (folder / "small.toml").write_text(SMALL)
        arguments = ["generate", str(folder / "small.toml"), "--out", str(folder / "run"), "--workers", "1"]
        made = CliRunner().invoke(cli, arguments)
        assert made.exit_code == 0, made.output
        write_audit(folder / "run")

    return copy_of("small", make, tmp_path_factory) / "run"


CONCEPTS = """
name = "concepts"
seed = 5

[profiles]
count = 16
locales = ["en_GB", "pl_PL"]

[portraits]
size = 40
train_views = 1
test_views = 2

[questions]
generation = 1
cloze = 1
classification = 1
train_generation = 1
train_cloze = 0
train_classification = 0
tasks = [
    { name = "recognition", evaluation = 1, training = 2 },
    { name = "recognition_choice", evaluation = 1, training = 1 },
    { name = "recognition_yes_no", evaluation = 1, training = 1 },
]

[splits]
forget = [25]
holdout = 4

[concepts]
enabled = true
neighbours = 3

[run]
shard_size = 8
"""


@pytest.fixture(scope="session")
def made_concepts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of twenty people, four of them concepts; copy it to change it."""

    def make(folder: Path) -> None:
        (folder / "concepts.toml").write_text(CONCEPTS)
        arguments = ["generate", str(folder / "concepts.toml"), "--out", str(folder / "run"), "--workers", "1"]
        made = CliRunner().invoke(cli, arguments)
        assert made.exit_code == 0, made.output

    return copy_of("concepts", make, tmp_path_factory) / "run"


@pytest.fixture
def small_run(finished_run: Path, tmp_path: Path) -> Path:
    """A copy of `finished_run`, to be changed at will."""
    return Path(shutil.copytree(finished_run, tmp_path / "run"))
