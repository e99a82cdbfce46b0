import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import cli
from tests.hub.audits import write_audit
from tests.hub.commands import Commands, Said, commands
from tests.hub.server import TOKEN, LocalHub

SMALL = """
name = "small"
seed = 5

[profiles]
count = 10

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
holdout = 2

[run]
shard_size = 4
"""
REPO = "org/small"

Publish = Callable[..., Said]


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an audited run of twelve people; copy it to change it."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.toml").write_text(SMALL)
    runner, out = CliRunner(), folder / "run"
    made = runner.invoke(cli, ["generate", str(folder / "small.toml"), "--out", str(out), "--workers", "1"])
    assert made.exit_code == 0, made.output
    write_audit(out)
    return out


@pytest.fixture
def small_run(finished_run: Path, tmp_path: Path) -> Path:
    """A copy of `finished_run`, to be changed at will."""
    return Path(shutil.copytree(finished_run, tmp_path / "run"))


@pytest.fixture(scope="session")
def hub_server() -> Iterator[LocalHub]:
    server = LocalHub()
    yield server
    server.close()


@pytest.fixture(scope="session")
def process(hub_server: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    with commands(hub_server.endpoint, tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def hub(hub_server: LocalHub, process: Commands) -> LocalHub:
    """The local Hub, empty, and nothing of it in the client's cache."""
    hub_server.clear()
    shutil.rmtree(process.home / "hf", ignore_errors=True)
    return hub_server


@pytest.fixture
def publish(hub: LocalHub, process: Commands) -> Publish:
    """Publishes a run to the local Hub as somebody who may write."""

    def call(run: Path, *options: str, token: str = TOKEN) -> Said:
        return process.run("publish", run, "--repo", REPO, *options, token=token)

    return call
