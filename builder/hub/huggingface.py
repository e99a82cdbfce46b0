"""The Hugging Face Hub as a hub: a dataset repository, one commit and one tag a version."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, snapshot_download
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile

from builder.base.retrying import Retries, retried
from builder.hub.base import Commit, HeadMoved, HubError, HubFile, State, TagTaken, Tree
from builder.hub.refusals import explain, passing, status

_KIND = "dataset"
_BRANCH = "main"

T = TypeVar("T")


class HuggingFaceHub:
    """A dataset repository of the Hub. The token is the one that `hf auth login` or HF_TOKEN left; it is never read."""

    def __init__(self, name: str, retries: Retries | None = None) -> None:
        """Name the repository, organisation/name; nothing is asked yet."""
        self.name = name
        self._api = HfApi()
        self._retries = retries or Retries()

    def state(self) -> State:
        """The head of the main branch and the tags."""
        try:
            info = self._retry(lambda: self._api.dataset_info(self.name, revision=_BRANCH))
            refs = self._retry(lambda: self._api.list_repo_refs(self.name, repo_type=_KIND))
        except RevisionNotFoundError:
            return State(None, {})
        except RepositoryNotFoundError:
            return State(None, {}, exists=False)
        return State(info.sha, {tag.name: tag.target_commit for tag in refs.tags}, private=info.private)

    def files(self, revision: str) -> dict[str, HubFile]:
        """The files of a commit or tag."""

        def listed() -> list[Any]:
            return list(self._api.list_repo_tree(self.name, recursive=True, revision=revision, repo_type=_KIND))

        return {
            entry.path: HubFile(entry.size, sha256=entry.lfs.sha256 if entry.lfs else "", blob_id=entry.blob_id)
            for entry in self._find(listed, revision)
            if isinstance(entry, RepoFile)
        }

    def fetch(self, revision: str, paths: Collection[str] | None = None) -> Path:
        """The snapshot in the cache of huggingface_hub; what the cache has is not sent again."""
        patterns = None if paths is None else sorted(paths)
        return Path(
            self._find(
                lambda: snapshot_download(self.name, revision=revision, repo_type=_KIND, allow_patterns=patterns),
                revision,
            )
        )

    def check_access(self) -> None:
        """Raise HubError if there is no token, or only one that may read."""
        user = self._write(lambda: self._api.whoami())
        token = user.get("auth", {}).get("accessToken", {})
        if token.get("role") == "read":
            raise HubError(
                f"The token of {user['name']} may only read; make one that may write on the Hub's settings page "
                "and log in with it: hf auth login."
            )

    def prepare(self, *, public: bool) -> None:
        """Make the repository, private unless `public`; one that exists is left as it is."""
        self._write(lambda: self._api.create_repo(self.name, repo_type=_KIND, private=not public, exist_ok=True))

    def commit(
        self, tree: Tree, changed: Collection[str], removed: Collection[str], parent: str | None, message: str
    ) -> Commit:
        """Send what changed and commit it on `parent`, all at once."""
        # Trying again is safe: had an attempt arrived and only its answer been lost, the parent would be stale.
        try:
            made = self._retry(
                lambda: self._api.create_commit(
                    self.name,
                    _operations(tree, changed, removed),
                    commit_message=message,
                    repo_type=_KIND,
                    parent_commit=parent,
                ),
                writing=True,
            )
        except HfHubHTTPError as error:
            if status(error) in (409, 412):
                raise HeadMoved(f"Somebody else committed to {self.name} meanwhile; nothing was published.") from error
            raise explain(error, self.name, writing=True) from error
        return Commit(made.oid)

    def propose(self, tree: Tree, changed: Collection[str], removed: Collection[str], message: str) -> Commit:
        """Send what changed as a pull request, unless one with this title is open."""
        for pull in self._write(
            lambda: list(
                self._api.get_repo_discussions(
                    self.name, repo_type=_KIND, discussion_type="pull_request", discussion_status="open"
                )
            )
        ):
            if pull.title == message:
                return Commit(pull.git_reference or "", pull.url, is_new=False)
        made = self._write(
            lambda: self._api.create_commit(
                self.name, _operations(tree, changed, removed), commit_message=message, repo_type=_KIND, create_pr=True
            )
        )
        return Commit(made.oid, made.pr_url or "")

    def tag(self, name: str, commit: str, message: str) -> None:
        """Tag a commit."""
        try:
            self._retry(
                lambda: self._api.create_tag(
                    self.name, tag=name, revision=commit, repo_type=_KIND, tag_message=message
                ),
                writing=True,
            )
        except HfHubHTTPError as error:
            if status(error) == 409:
                raise TagTaken(f"{self.name} has the tag {name} already, and a tag is never moved.") from error
            raise explain(error, self.name, writing=True) from error

    def open_to_all(self) -> None:
        """Make the repository public."""
        self._write(lambda: self._api.update_repo_settings(self.name, repo_type=_KIND, private=False))

    def address(self, revision: str) -> str:
        """The page of a revision."""
        return f"{self._api.endpoint}/datasets/{self.name}/tree/{revision}"

    def _find(self, call: Callable[[], T], revision: str) -> T:
        try:
            return self._retry(call)
        except RevisionNotFoundError as error:
            raise HubError(f"{self.name} has no version or commit {revision}.") from error
        except RepositoryNotFoundError as error:
            raise HubError(
                f"There is no dataset {self.name} on the Hub, or it is private and this machine is not logged in; "
                f"a folder is named ./{self.name} or by its whole path."
            ) from error
        except EntryNotFoundError as error:  # a file, or with no way to the Hub, a snapshot that is not in the cache
            raise explain(error, self.name, writing=False) from error

    def _write(self, call: Callable[[], T]) -> T:
        """The result of `call`, which changes something or asks whether one may, with every error explained."""
        try:
            return self._retry(call, writing=True)
        except HfHubHTTPError as error:
            raise explain(error, self.name, writing=True) from error

    def _retry(self, call: Callable[[], T], *, writing: bool = False) -> T:
        """The answer to `call`, tried again when that may help; errors that callers tell apart pass as they are."""
        try:
            return retried(call, self._retries, passing)
        except (RepositoryNotFoundError, RevisionNotFoundError, EntryNotFoundError):
            raise
        except HfHubHTTPError as error:
            if status(error) in (409, 412):
                raise
            raise explain(error, self.name, writing=writing) from error
        except Exception as error:  # whatever the library below lets through
            raise explain(error, self.name, writing=writing) from error


def _operations(
    tree: Tree, changed: Collection[str], removed: Collection[str]
) -> list[CommitOperationAdd | CommitOperationDelete]:
    """New operations for every attempt: huggingface_hub refuses to send one twice."""
    return [
        *(CommitOperationAdd(name, str(tree[name].source)) for name in sorted(changed)),
        *(CommitOperationDelete(name) for name in sorted(removed)),
    ]
