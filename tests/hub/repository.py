"""A dataset repository as the local Hub keeps it: blobs, commits, tags, pull requests."""

import hashlib
from dataclasses import dataclass, field


def git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass(frozen=True)
class Blob:
    """A file's bytes; `lfs` says which of the Hub's two ways it is stored."""

    data: bytes
    lfs: bool

    @property
    def oid(self) -> str:
        return hashlib.sha256(self.data).hexdigest() if self.lfs else git_id(self.data)

    def entry(self, path: str) -> dict[str, object]:
        """What the Hub's tree says of it."""
        entry: dict[str, object] = {"type": "file", "oid": git_id(self.data), "size": len(self.data), "path": path}
        if self.lfs:
            entry["lfs"] = {"oid": self.oid, "size": len(self.data), "pointerSize": 130}
        return entry


Files = dict[str, Blob]


@dataclass
class Repository:
    """Commits never change; `main` and the tags name them."""

    name: str
    private: bool
    commits: dict[str, Files] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    pulls: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    """The titles of the pull requests that are open."""

    def __post_init__(self) -> None:
        self.add({".gitattributes": Blob(b"*.parquet filter=lfs\n", lfs=False)})

    @property
    def head(self) -> str:
        return self.log[-1]

    def add(self, files: Files, *, pull: str = "", title: str = "") -> str:
        """Make `files` a commit: the head, or that of a pull request with a title."""
        listing = repr(sorted((path, blob.oid) for path, blob in files.items())) + str(len(self.commits))
        oid = hashlib.sha1(listing.encode()).hexdigest()
        self.commits[oid] = files
        if pull:
            self.pulls[pull], self.open[pull] = oid, title
        else:
            self.log.append(oid)
        return oid

    def merge(self, pull: str) -> None:
        """Put the files of a pull request on `main`, in a commit of their own, as the Hub does."""
        self.add(self.commits[self.pulls[pull]])
        del self.open[pull]

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, tag, pull request or commit id names."""
        if revision == "main":
            return self.head
        found = self.tags.get(revision) or self.pulls.get(revision) or revision
        return found if found in self.commits else None
