"""Sends requests to Wikimedia's servers, one after the other, and waits as long as a server says."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from typing import IO, TypeVar

from builder.base.errors import BenchError
from builder.base.plain_text import printed
from builder.base.retrying import Retries, retried, seconds_asked

T = TypeVar("T")

ATTEMPTS, FIRST_WAIT, LONGEST_WAIT, TIMEOUT = 5, 1.0, 300.0, 90.0
"""How often a request is sent; in seconds the first and the longest wait between, and how long an answer may take."""
MOST_BYTES = 256 * 2**20
"""No answer is longer: what is longer is a mistake or malice."""
_BUSY = frozenset({429, 500, 502, 503, 504})


class Busy(Exception):
    """A server says in its answer that it is busy, and perhaps for how many seconds."""

    def __init__(self, reason: str, seconds: float | None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Rejected(BenchError):
    """A server answers, and does not give what it was asked for."""


def send(
    request: urllib.request.Request,
    read: Callable[[bytes, Message], T],
    *,
    kept: str,
    otherwise: str,
    allowed: tuple[str, ...] = ("https://", "http://"),
    limit: int = MOST_BYTES,
) -> T:
    """What `read` makes of the answer's body and headers. It may raise Busy, and the request is sent again.

    Redirects are followed to addresses that begin with one of `allowed`. Raises Rejected when the server refuses, or
    answers with more than `limit` bytes, and BenchError when there is no answer: `kept` says where earlier answers are,
    `otherwise` what to do without a network.
    """
    address = request.full_url.partition("?")[0]
    opener = urllib.request.build_opener(_Redirects(allowed))
    policy = Retries(ATTEMPTS, FIRST_WAIT, LONGEST_WAIT, growth=4)
    try:
        return retried(lambda: read(*_answer(opener, request, limit)), policy, _passing)
    except urllib.error.HTTPError as error:
        if error.code not in _BUSY:
            raise Rejected(f"{address} rejects queries: {error.code} {printed(str(error.reason))}.") from error
        raise _busy(address, f"{error.code} {error.reason}", kept) from error
    except Busy as error:
        raise _busy(address, str(error), kept) from error
    except TimeoutError as error:
        raise _busy(address, f"no answer within {TIMEOUT:.0f} s", kept) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise BenchError(f"{address} cannot be reached ({reason}); {otherwise}.") from error


def _busy(address: str, reason: str, kept: str) -> BenchError:
    return BenchError(f"{address} is busy ({reason}, {ATTEMPTS} times); run the same command again later: {kept}.")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to allowed addresses alone."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = allowed

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith(self._allowed):
            raise urllib.error.HTTPError(req.full_url, code, f"redirects to {newurl}", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _answer(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, limit: int
) -> tuple[bytes, Message]:
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            body = bytes(response.read(limit + 1))
            if len(body) > limit:
                raise Rejected(f"{request.full_url.partition('?')[0]} answers with more than {limit:,} bytes.")
            return body, response.headers
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection open
        raise


def _passing(error: Exception) -> tuple[bool, float | None]:
    """Whether an error will pass by itself, and after how many seconds if the server says so."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code in _BUSY, seconds_asked(error.headers.get("Retry-After"))
    if isinstance(error, Busy):
        return True, error.seconds
    return isinstance(error, TimeoutError), None
