"""A local folder as the hub, for those without an account: the same commits, versions and tags.

    my-bench/
      HEAD                       the id of the last commit
      commits/<id>/              every commit, whole; files that did not change are shared by hard links
      v1.0.0 -> commits/<id>     a tag; making a link that exists fails, so a tag cannot move

`load_dataset("my-bench/v1.0.0", "forget_5")` reads a version.
"""

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from builder.hub.base import Commit, HeadMoved, HubError, HubFile, State, TagTaken, Tree
from builder.release.manifest import sha256
from builder.run.files import left_by_tools, replacing_folder, sweep, sync, write_text

_HEAD = "HEAD"
_COMMITS = "commits"


class FolderHub:
    """A hub in a folder of this machine."""

    def __init__(self, path: Path) -> None:
        """Name the folder by its whole path, which holds from wherever it is read; nothing is read or made yet."""
        self.path = path.absolute()
        self.name = str(self.path)

    @staticmethod
    def is_at(path: Path) -> bool:
        """Whether a folder is such a hub."""
        return (path / _HEAD).is_file() and (path / _COMMITS).is_dir()

    def state(self) -> State:
        """The head and the tags."""
        self._refuse_foreign()
        if not self.is_at(self.path):
            return State(None, {}, exists=False)
        tags = {
            link.name: link.readlink().name
            for link in self.path.iterdir()
            if link.is_symlink() and link.readlink().parent.name == _COMMITS
        }
        return State(self._head(), tags)

    def files(self, revision: str) -> dict[str, HubFile]:
        """The files of a commit or tag."""
        folder = self._commit(revision)
        return {
            path.relative_to(folder).as_posix(): HubFile(path.stat().st_size, sha256=sha256(path))
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not left_by_tools(path.relative_to(folder).as_posix())
        }

    def fetch(self, revision: str, paths: Collection[str] | None = None) -> Path:
        """The folder of a commit or tag; nothing is copied."""
        return self._commit(revision)

    def check_access(self) -> None:
        """Raise HubError if the folder is not a hub of ours."""
        self._refuse_foreign()

    def prepare(self, *, public: bool) -> None:
        """Make the folder."""
        try:
            (self.path / _COMMITS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HubError(
                f"{self.path} cannot be written: {error.strerror or error}; choose another --repo."
            ) from None

    def commit(
        self, tree: Tree, changed: Collection[str], removed: Collection[str], parent: str | None, message: str
    ) -> Commit:
        """Write the commit beside the others, then move the head to it."""
        identity = _identity(tree, parent)
        with self._lock():
            if self._head() != parent:
                raise HeadMoved(f"{self.name} was changed by somebody else meanwhile; nothing was published.")
            sweep(self.path)
            target = self.path / _COMMITS / identity
            if not target.is_dir():
                with replacing_folder(target) as folder:
                    self._fill(folder, tree, changed, parent)
            write_text(self.path / _HEAD, f"{identity}\n")
        return Commit(identity)

    def propose(self, tree: Tree, changed: Collection[str], removed: Collection[str], message: str) -> Commit:
        """Raise HubError: a folder has no pull requests."""
        raise HubError(f"{self.name} is a folder, and --create-pr needs a repository of the Hub; leave it out.")

    def tag(self, name: str, commit: str, message: str) -> None:
        """Tag a commit."""
        try:
            (self.path / name).symlink_to(Path(_COMMITS, commit), target_is_directory=True)
        except FileExistsError:
            raise TagTaken(f"{self.name} has the tag {name} already, and a tag is never moved.") from None
        except OSError as error:
            raise HubError(f"{self.path / name} cannot be made: {error.strerror or error}.") from None
        sync(self.path)

    def open_to_all(self) -> None:
        """Do nothing: the file system decides who may read a folder."""

    def address(self, revision: str) -> str:
        """The folder of a revision."""
        return str(self.path / revision)

    def _head(self) -> str | None:
        try:
            return (self.path / _HEAD).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def _commit(self, revision: str) -> Path:
        for folder in (self.path / revision, self.path / _COMMITS / revision):
            if folder.is_dir():
                return folder.resolve()
        raise HubError(
            f"{self.name} has no {revision}; it has {', '.join(sorted(self.state().tags)) or 'no versions'}."
        )

    def _fill(self, folder: Path, tree: Tree, changed: Collection[str], parent: str | None) -> None:
        for name, file in tree.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if parent and name not in changed:
                try:
                    target.hardlink_to(self.path / _COMMITS / parent / name)
                    continue
                except OSError:
                    pass  # a file system without hard links: copied like the others
            shutil.copyfile(file.source, target)
            target.chmod(0o444)  # a hard link's bytes are those of every version that shares them
            sync(target)

    def _refuse_foreign(self) -> None:
        if self.path.is_dir():
            entries = {entry.name for entry in self.path.iterdir() if not left_by_tools(entry.name)}
            strange = entries - {".lock", _COMMITS}
            if not strange or (self.path / _HEAD).is_file():
                return
            raise HubError(f"{self.path} holds other files and is no hub of releases; choose an empty or new folder.")
        if self.path.exists():
            raise HubError(f"{self.path} is a file, not a folder; choose another --repo.")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            with filelock.FileLock(self.path / ".lock", blocking=False):
                yield
        except filelock.Timeout:
            raise HubError(f"Another build-bench is publishing to {self.path}; wait for it.") from None


def _identity(tree: Tree, parent: str | None) -> str:
    """A commit's id follows from its files and its parent, so that a commit made again is the same commit."""
    listing = [parent, sorted((name, file.sha256) for name, file in tree.items())]
    return hashlib.sha256(json.dumps(listing).encode()).hexdigest()[:40]
