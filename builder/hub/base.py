"""What a hub is: a place with commits, one of which is the head, and tags that never move."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from builder.base.errors import BenchError


class HubError(BenchError):
    """A hub that refuses, cannot be reached or does not hold what was asked for."""


class HeadMoved(HubError):
    """Somebody else committed between our check and our commit."""


class TagTaken(HubError):
    """The tag exists already."""


@dataclass(frozen=True)
class LocalFile:
    """A file to be committed."""

    source: Path
    size: int
    sha256: str


Tree = Mapping[str, LocalFile]
"""The files of a release by their paths in it."""


@dataclass(frozen=True)
class HubFile:
    """A file of a commit. Its `sha256` is known, or else its git blob id is: the Hub tells small files by that."""

    size: int
    sha256: str = ""
    blob_id: str = ""

    def is_same(self, local: LocalFile) -> bool:
        """Whether its bytes are those of a local file."""
        if self.size != local.size:
            return False
        return self.sha256 == local.sha256 if self.sha256 else self.blob_id == _blob_id(local.source)


@dataclass(frozen=True)
class State:
    """The state of a repository. No head: there is no repository yet, or no commit in it."""

    head: str | None
    tags: Mapping[str, str]
    exists: bool = True
    private: bool | None = None


@dataclass(frozen=True)
class Commit:
    """The result of a commit: its id, or the address of a pull request that proposes it.

    `is_new`: whether it was made now; a pull request may have been open already.
    """

    id: str
    pull_request: str = ""
    is_new: bool = True


class Hub(Protocol):
    """A place where releases are published. Every method raises HubError, in one sentence, when it cannot."""

    name: str

    def state(self) -> State:
        """The current head and tags."""

    def files(self, revision: str) -> dict[str, HubFile]:
        """The files of a commit or tag."""

    def fetch(self, revision: str, paths: Collection[str] | None = None) -> Path:
        """A folder with all files, or those in `paths`, of a commit or tag; not to be changed."""

    def check_access(self) -> None:
        """Raise HubError if it is already known that nothing may be written."""

    def prepare(self, *, public: bool) -> None:
        """Make the repository when it does not exist."""

    def commit(
        self, tree: Tree, changed: Collection[str], removed: Collection[str], parent: str | None, message: str
    ) -> Commit:
        """Make the files of `tree` the next commit, all at once; `parent` is the head it was planned on.

        `changed` are those that the parent lacks or has with other bytes, `removed` those that go. Raises HeadMoved
        when `parent` is no longer the head.
        """

    def propose(self, tree: Tree, changed: Collection[str], removed: Collection[str], message: str) -> Commit:
        """Propose the same as a pull request, which moves nothing; an open one with this message is found instead."""

    def tag(self, name: str, commit: str, message: str) -> None:
        """Tag a commit. Raises TagTaken when the tag exists, on whichever commit."""

    def open_to_all(self) -> None:
        """Make the repository public."""

    def address(self, revision: str) -> str:
        """Where people find a revision."""


def _blob_id(path: Path) -> str:
    """The id that git gives a file: the sha1 of its bytes after a header."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
