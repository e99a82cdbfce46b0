"""Publishing when things go wrong: whatever happens, the same command ends whole."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.hub.commands import Commands
from tests.hub.conftest import REPO, Publish
from tests.hub.faults import Fault, When
from tests.hub.repository import Blob
from tests.hub.server import LocalHub
from tests.small.releases import change_somebody

_COMMIT = "POST .*/commit/"
_TAG = "POST .*/tag/"


def _whole(hub: LocalHub) -> bool:
    """One commit of ours, tagged."""
    repository = hub.repositories[REPO]
    return repository.tags == {"v1.0.0": repository.head} and len(repository.log) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET .*/refs", 429, headers={"Retry-After": "0"}),
        Fault("POST .*/preupload/", 429, headers={"Retry-After": "0"}),
        Fault("POST .*/objects/batch", 500),
        Fault("PUT /lfs/", when="cut"),
        Fault(_COMMIT, 503, headers={"Retry-After": "0"}),
        Fault(_COMMIT, when="after"),  # made, and only the answer lost
        Fault(_TAG, 500, headers={"Retry-After": "0"}),
        Fault(_TAG, when="after"),
        Fault("GET .*/refs", action=lambda: time.sleep(1), passes=True),
    ],
    ids=lambda fault: f"{fault.status or fault.when} {fault.pattern}",
)
def test_what_passes_is_waited_for(finished_run: Path, hub: LocalHub, publish: Publish, fault: Fault) -> None:
    hub.faults.append(Fault(**{**vars(fault), "struck": 0, "times": 1}))
    said = publish(finished_run)
    assert said.exit_code == 0, said
    assert hub.faults[0].struck == 1
    assert _whole(hub)


@pytest.mark.parametrize(
    ("pattern", "when"),
    [
        ("POST /api/repos/create", "before"),
        ("POST .*/preupload/", "before"),
        ("PUT /lfs/", "before"),
        ("PUT /lfs/", "after"),
        (_COMMIT, "before"),
        (_COMMIT, "after"),
        (_TAG, "before"),
        (_TAG, "after"),
    ],
)
def test_killed_anywhere_the_same_command_ends_whole(
    finished_run: Path, hub: LocalHub, publish: Publish, process: Commands, pattern: str, when: When
) -> None:
    def kill() -> None:
        os.kill(int(process.pid_file.read_text()), signal.SIGKILL)

    hub.faults.append(Fault(pattern, when=when, action=kill))
    assert publish(finished_run).exit_code == -1
    tags = hub.repositories[REPO].tags if REPO in hub.repositories else {}
    assert not tags or _whole(hub)  # nothing half-published under a tag
    said = publish(finished_run)
    assert said.exit_code == 0, said
    assert _whole(hub)


def test_somebody_else_commits_meanwhile(small_run: Path, hub: LocalHub, publish: Publish) -> None:
    publish(small_run)
    repository = hub.repositories[REPO]
    change_somebody(small_run)

    def commit() -> None:
        files = repository.commits[repository.head]
        repository.add({**files, "README.md": Blob(b"---\nlicense: mit\n---\n", lfs=False)})

    hub.faults.append(Fault(_COMMIT, action=commit, passes=True))
    said = publish(small_run)
    assert said.exit_code == 1
    assert "Somebody else committed" in said.output
    assert set(repository.tags) == {"v1.0.0"}
    again = publish(small_run)  # seen now, and said
    assert again.exit_code == 0
    assert "README.md changed after v1.0.0" in again.output


def test_a_tag_is_never_moved(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    def tag_as_somebody_else() -> None:
        repository = hub.repositories[REPO]
        repository.tags["v1.0.0"] = repository.log[0]

    hub.faults.append(Fault(_TAG, action=tag_as_somebody_else, passes=True))
    said = publish(finished_run)
    assert said.exit_code == 1
    assert "a tag is never moved" in said.output
    assert hub.repositories[REPO].tags["v1.0.0"] == hub.repositories[REPO].log[0]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(_COMMIT, 403, body={"error": "Forbidden"}), "may not write to org/small"),
        (Fault(_COMMIT, 403, body={"error": "Private storage limit reached"}), "The storage of org"),
        (Fault("POST /api/repos/create", 402, body={"error": "Payment required"}), "The storage of org"),
        (Fault(_COMMIT, 401), "log in with a token that may write"),
        (Fault("PUT /lfs/", 400), "The Hub refused org/small with status 400"),  # raised as a RuntimeError
    ],
    ids=lambda value: str(value.status) if isinstance(value, Fault) else value,
)
def test_refusals_are_one_sentence(
    finished_run: Path, hub: LocalHub, publish: Publish, fault: Fault, sentence: str
) -> None:
    hub.faults.append(Fault(**{**vars(fault), "struck": 0, "times": 1}))
    said = publish(finished_run)
    assert said.exit_code == 1
    assert sentence in said.output
    assert said.output.startswith("build-bench: ")
    assert said.output.count("\n") == 1
    assert publish(finished_run).exit_code == 0
    assert _whole(hub)


def test_who_only_reads_is_not_asked_for_a_token_that_may_write(
    finished_run: Path, hub: LocalHub, publish: Publish, process: Commands
) -> None:
    publish(finished_run)
    refused = {"X-Error-Message": "Invalid credentials in Authorization header"}
    hub.faults.append(Fault("GET .*", 401, times=100, headers=refused))
    said = process.run("verify", f"{REPO}@v1.0.0", token="hf_expired")
    assert (said.exit_code, said.output.count("\n")) == (1, 1), said
    assert "The Hub does not accept this machine's token; log in again" in said.output


def test_a_hub_that_stays_down_is_said(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    hub.faults.append(Fault("GET .*", 503, times=100, headers={"Retry-After": "0"}))
    said = publish(finished_run)
    assert said.exit_code == 1
    assert "answered 503 again and again" in said.output
