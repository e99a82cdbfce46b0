"""Names of releases: a folder, a local hub or a repository of the Hub, with a version after "@"."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from builder.base.errors import CallError
from builder.format.reading import Release, open_release
from builder.hub.base import Hub
from builder.hub.folder import FolderHub
from builder.hub.versions import Version, parse_tags

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class NamedRelease:
    """A release that can be read, and the version that its name promises, if it does."""

    release: Release
    version: Version | None = None


def open_hub(name: str) -> Hub:
    """The hub called `name`: a repository, organisation/name, or a folder: ./name, /name, ~/name or one that exists."""
    path = Path(name).expanduser()
    if name.startswith((".", "~")) or path.is_absolute() or FolderHub.is_at(path):
        return FolderHub(path)
    if not _REPOSITORY.fullmatch(name):
        raise CallError(f"'{name}' is not a repository; write organisation/name, or ./{name} for a folder.")
    _refuse_malformed_endpoint()
    try:
        from builder.hub.huggingface import HuggingFaceHub
    except ImportError:
        raise CallError("Talking to the Hub needs huggingface_hub: pip install 'build-bench[hub]'.") from None
    return HuggingFaceHub(name)


def _refuse_malformed_endpoint() -> None:
    """Raise CallError when HF_ENDPOINT is no address: its client would only try again and again to reach it."""
    endpoint = os.environ.get("HF_ENDPOINT")
    try:
        parts = urlsplit(endpoint or "https://huggingface.co")
        fault = "" if parts.scheme in ("http", "https") and parts.hostname else "it lacks https:// or a host"
    except ValueError as error:
        fault = str(error)
    if fault:
        raise CallError(f"HF_ENDPOINT = {endpoint} is not an address: {fault}; correct or unset it.")


def open_source(name: str) -> NamedRelease:
    """The release that `name` names: a release's or run's folder, or a hub with a version, ORG/NAME@v1.0.0.

    Without a version a hub's newest is taken. Raises CallError or HubError when there is none.
    """
    place, revision = _place_and_revision(name)
    path = Path(place).expanduser()
    if not revision and path.is_dir() and not FolderHub.is_at(path):
        return NamedRelease(open_release(path))
    if path.is_file():
        raise CallError(f"{place} is a file; name the folder of a run or a release.")
    hub = open_hub(place)
    version = Version.parse(revision) if revision else _newest(hub)
    return NamedRelease(open_release(hub.fetch(version.tag)), version)


@dataclass(frozen=True)
class NamedFolder:
    """A folder of foreign data; of one fetched from the Hub, the repository and the commit, else empty."""

    path: Path
    repository: str = ""
    commit: str = ""


def fetch_foreign(name: str) -> NamedFolder:
    """The folder that `name` names, or the repository organisation/name@revision, fetched from the Hub.

    A revision is a branch, a tag or a commit; without one the main branch is taken.
    """
    path = Path(name).expanduser()
    if path.exists():
        return NamedFolder(path)
    repository, _, revision = name.partition("@")
    if not _REPOSITORY.fullmatch(repository):
        raise CallError(f"There is no folder {name}; a repository of the Hub is written organisation/name@revision.")
    snapshot = open_hub(repository).fetch(revision or "main")
    return NamedFolder(snapshot, repository, snapshot.name)


def _place_and_revision(name: str) -> tuple[str, str]:
    """A name cut at the "@" before its version; a folder that exists may have one in its own name."""
    if "@" not in name or Path(name).expanduser().exists():
        return name, ""
    place, _, revision = name.rpartition("@")
    if not Version.is_spelt(revision) and (name.startswith((".", "~")) or Path(name).is_absolute()):
        raise CallError(f"There is no folder {name}; a version after its name is written @v1.0.0.")
    return place, revision


def _newest(hub: Hub) -> Version:
    versions = parse_tags(hub.state().tags)
    if not versions:
        raise CallError(f"{hub.name} has no version; 'build-bench publish' makes one.")
    return versions[-1]
