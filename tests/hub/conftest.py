import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hub.commands import Commands, Said, commands
from tests.hub.server import TOKEN, LocalHub
from tests.small.fixtures import finished_run, small_run

__all__ = ["finished_run", "small_run"]

REPO = "org/small"

Publish = Callable[..., Said]


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
