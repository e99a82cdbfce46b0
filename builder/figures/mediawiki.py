"""Asks the API of a MediaWiki site. Answers are kept on disk before they are interpreted, so nothing is asked twice.

https://www.mediawiki.org/wiki/API:Etiquette: one request at a time; gzip; a User-Agent that says who asks;
`maxlag`, so that a server that is behind may decline; and the wait that it asks for.
"""

import gzip
import hashlib
import json
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

from builder.base.errors import BenchError, CallError
from builder.base.plain_text import printed
from builder.base.retrying import seconds_asked
from builder.base.version import __version__
from builder.figures.sending import Busy, send
from builder.run.files import read_json, write_text

_TOGETHER = 50
"""The most items or titles that one request may name."""
_MAXLAG = "5"
_PASSING = frozenset({"maxlag", "ratelimited", "readonly"})
"""Errors that a later request will not meet."""


@dataclass(frozen=True)
class SiteAnswer:
    """What a site answered, and when: the time in UTC, to the second."""

    data: dict[str, Any]
    retrieved: str


@dataclass(frozen=True)
class Site:
    """A site's api.php, the folder that keeps its answers, and an address of whoever asks."""

    url: str
    answers: Path
    contact: str

    def ask(self, **parameters: str) -> SiteAnswer:
        """The answer to one request, from the folder if it is there. Raises BenchError when there is none."""
        query = urllib.parse.urlencode(sorted(parameters.items()))
        path = self.answers / f"{hashlib.sha256(f'{self.url}?{query}'.encode()).hexdigest()[:24]}.json"
        kept = read_json(path)
        if not (isinstance(kept, dict) and {"data", "retrieved"} <= kept.keys()):
            data = self._send(query)
            kept = {"url": f"{self.url}?{query}", "retrieved": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "data": data}
            write_text(path, json.dumps(kept, ensure_ascii=False))
        return SiteAnswer(kept["data"], kept["retrieved"])

    def ask_all(self, **parameters: str) -> Iterator[SiteAnswer]:
        """The answers to a query that the site may answer in several parts."""
        more: Mapping[str, Any] | None = {}
        while more is not None:
            answer = self.ask(**parameters, **{key: str(value) for key, value in more.items()})
            yield answer
            more = answer.data.get("continue")

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Turn the errors of code that meets a shape no such site answers in into a BenchError."""
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise BenchError(
                f"{self.url} gave an answer of another shape than a MediaWiki site's ({printed(str(error))}); delete "
                f"{self.answers} to ask again."
            ) from error

    def _send(self, query: str) -> dict[str, Any]:
        address = f"{self.url}?{query}&format=json&formatversion=2&maxlag={_MAXLAG}"
        try:
            request = urllib.request.Request(
                address, headers={"User-Agent": agent(self.contact), "Accept-Encoding": "gzip"}
            )
        except ValueError as error:
            raise BenchError(f"{self.url} is not an address: {error}.") from error
        return send(
            request,
            self._read,
            kept=f"what it has answered is kept in {self.answers}",
            otherwise="run the same command where there is a network",
        )

    def _read(self, body: bytes, headers: Message) -> dict[str, Any]:
        try:
            body = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
            data = json.loads(body)
        except (ValueError, OSError, EOFError, zlib.error):
            data = None
        if not isinstance(data, dict):
            start = printed(body[:80].decode(errors="replace"))
            raise BenchError(f"{self.url} does not answer like a MediaWiki site: '{start}'.")
        if isinstance(error := data.get("error"), dict):
            code, info = printed(str(error.get("code"))), printed(str(error.get("info")))
            if code in _PASSING:
                raise Busy(code, seconds_asked(headers.get("Retry-After")))
            raise BenchError(f"{self.url} rejects a request: {code}: {info}")
        return data


def agent(contact: str) -> str:
    """The User-Agent, as https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy asks.

    Raises CallError for a contact that no header can carry or that nobody can be reached at.
    """
    if not (contact.isascii() and contact.isprintable() and ("@" in contact or "://" in contact)):
        raise CallError(f"The contact '{printed(contact)}' is neither an e-mail address nor a web address.")
    return f"build-bench/{__version__} ({contact}) python-urllib"


def together(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The names, each once, in groups that one request may hold."""
    each = tuple(dict.fromkeys(names))
    return (each[start : start + _TOGETHER] for start in range(0, len(each), _TOGETHER))
