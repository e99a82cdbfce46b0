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


def status(error: Exception) -> int:
    """The HTTP status of an error, 0 when the Hub did not answer."""
    response = getattr(error, "response", None)
    return int(response.status_code) if response is not None else 0


def passing(error: Exception) -> tuple[bool, float | None]:
    """Whether an error is temporary, and how many seconds to wait if the Hub says so."""
    if isinstance(error, HfHubHTTPError):
        return status(error) in _PASSING, seconds_asked(error.response.headers.get("Retry-After"))
    return isinstance(error, HTTPError), None  # a connection refused or cut


def explain(error: Exception, repository: str) -> HubError:
    """The error as a sentence. The server's own text is used only where the status does not say enough."""
    code = status(error)
    said = (getattr(error, "server_message", None) or "").strip().rstrip(".")
    if isinstance(error, LocalTokenNotFoundError) or code == 401:
        return HubError("The Hub does not know who you are; log in with a token that may write: hf auth login.")
    if isinstance(error, OfflineModeIsEnabled) or (constants.HF_HUB_OFFLINE and not code):
        return HubError(
            f"HF_HUB_OFFLINE is set, so the Hub is not asked for {repository}; unset it to publish or fetch."
        )
    if isinstance(error, LocalEntryNotFoundError):
        return _not_reached(error)
    if code == 402 or (code == 403 and any(word in said.lower() for word in ("quota", "storage", "limit", "exceeded"))):
        return HubError(f"The storage of {_owner(repository)} on the Hub does not suffice: {said or 'quota exceeded'}.")
    if code == 403:
        return HubError(
            f"This token may not write to {repository}; give it write access to {_owner(repository)} on the Hub's "
            "settings page, or ask an owner."
        )
    if code == 404:
        return HubError(f"There is no dataset {repository} on the Hub, or it is private and you may not see it.")
    if code in _PASSING:
        return HubError(f"The Hub answered {code} again and again; run the same command later to continue.")
    if code:
        return HubError(f"The Hub refused {repository} with status {code}{': ' + said if said else ''}.")
    if isinstance(error, OSError) and error.errno:
        return HubError(f"{repository} could not be fetched or sent: {error.strerror}: {error.filename or ''}")
    if isinstance(error, ValueError):
        return HubError(f"The Hub does not accept this for {repository}: {_first_line(error)}")
    return _not_reached(error)


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
