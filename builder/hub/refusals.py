"""Errors of the Hub, each in one sentence that says what to do."""

import os
from collections.abc import Iterator

from httpx2 import HTTPError
from huggingface_hub import constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
)

from builder.base.retrying import seconds_asked
from builder.hub.base import HubError

_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_UNKNOWN_WRITER = "The Hub does not know who you are; log in with a token that may write: hf auth login."
_UNKNOWN_READER = (
    "The Hub does not accept this machine's token; log in again (hf auth login), or unset HF_TOKEN to read without one."
)


def status(error: Exception) -> int:
    """The HTTP status of an error or of what caused it, 0 when the Hub did not answer."""
    answers = (getattr(each, "response", None) for each in _causes(error))
    return next((int(answer.status_code) for answer in answers if answer is not None), 0)


def passing(error: Exception) -> tuple[bool, float | None]:
    """Whether an error is temporary, and how many seconds to wait if the Hub says so."""
    if isinstance(error, HfHubHTTPError):
        return status(error) in _PASSING, seconds_asked(error.response.headers.get("Retry-After"))
    return isinstance(error, HTTPError), None  # a connection refused or cut


def explain(error: Exception, repository: str, *, writing: bool) -> HubError:
    """The error of a request to read or, if `writing`, to change a repository, as a sentence.

    The server's own text is used only where the status does not say enough.
    """
    code = status(error)
    said = (getattr(error, "server_message", None) or "").strip().rstrip(".")
    if isinstance(error, LocalTokenNotFoundError) or code == 401:
        return HubError(_UNKNOWN_WRITER if writing else _UNKNOWN_READER)
    if isinstance(error, OfflineModeIsEnabled) or (constants.HF_HUB_OFFLINE and not code):
        return HubError(
            f"HF_HUB_OFFLINE is set, so the Hub is not asked for {repository}; unset it to publish or fetch."
        )
    if code == 402 or (code == 403 and any(word in said.lower() for word in ("quota", "storage", "limit", "exceeded"))):
        return HubError(f"The storage of {_owner(repository)} on the Hub does not suffice: {said or 'quota exceeded'}.")
    if code == 403:
        return HubError(
            f"This token may not {'write to' if writing else 'read'} {repository}; give it access to "
            f"{_owner(repository)} on the Hub's settings page, or ask an owner."
        )
    if code == 404:
        return HubError(f"There is no dataset {repository} on the Hub, or it is private and you may not see it.")
    if code in _PASSING:
        return HubError(f"The Hub answered {code} again and again; run the same command later to continue.")
    if code:
        return HubError(f"The Hub refused {repository} with status {code}{': ' + said if said else ''}.")
    if isinstance(error, LocalEntryNotFoundError) or any(isinstance(each, HTTPError) for each in _causes(error)):
        return _not_reached(error)
    if isinstance(error, OSError) and error.errno:
        return HubError(f"{repository} could not be fetched or sent: {error.strerror}: {error.filename or ''}")
    if isinstance(error, ValueError):
        return HubError(f"The Hub does not accept this for {repository}: {_first_line(error)}")
    return HubError(f"{repository} could not be fetched or sent: {type(error).__name__}: {_first_line(error)}")


def _not_reached(error: Exception) -> HubError:
    reason = next((type(each).__name__ for each in _causes(error) if isinstance(each, HTTPError)), "")
    named = os.environ.get("HF_ENDPOINT")
    place = f" at HF_ENDPOINT = {named}" if named else ""
    way_out = "run the same command again to continue"
    return HubError(f"The Hub could not be reached{place} ({reason or type(error).__name__}); {way_out}.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _owner(repository: str) -> str:
    return repository.partition("/")[0]


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
