"""Sends one request through the openai package and translates the outcome."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from builder.base.errors import CallError
from builder.base.plain_text import printed
from builder.base.recipe import ChatPart
from builder.llm.packages import package
from builder.llm.remote.causes import cause_of
from builder.llm.remote.keys import Key
from builder.llm.remote.limits import retry_after
from builder.llm.remote.usage import Usage, usage
from builder.llm.replies import broken_off
from builder.llm.requests import Request

Blame = Literal["speed", "luck", "way", "request", "us"]
"""Why a try failed: "speed", we were too fast; "luck", it may be sent again; "way", the server was not reached, which
counts as luck once it has answered; "request", the request itself; "us", our configuration."""

_CONNECT_SECONDS = 20.0
_SHOWN = 300
_READ = 4000
_SET_UP = {
    401: "it does not accept the key; set OPENAI_API_KEY or --api-key-file",
    402: "the account has no credit",
    403: "the key may not use this model",
    404: "there is no such model or address",
    405: "the address is not a chat completions API",
}


@dataclass(frozen=True)
class Reply:
    """A response as it came, and the tokens it was charged for."""

    body: str
    used: Usage
    headers: Mapping[str, str]


@dataclass
class Trouble(Exception):
    """A try without a reply. `kind` is a short name for counting."""

    blame: Blame
    kind: str
    message: str
    wait: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    """The beginning of what the server said with its status; empty if it did not answer."""


class Client:
    """An OpenAI-compatible server. One event loop may have many calls of `send` going at once."""

    def __init__(self, part: ChatPart, key: Key) -> None:
        openai = package("openai")
        package("aiohttp")  # the transport, which the client below asks for
        connections = part.concurrency + 8
        limits = package("httpx2").Limits(max_connections=connections, max_keepalive_connections=connections)
        self._openai, self._key, self._timeout, self._base_url = openai, key, part.timeout, part.base_url
        check_certificates()
        self.api = openai.AsyncOpenAI(
            api_key=key.reveal(),
            base_url=part.base_url or None,
            max_retries=0,  # retries are ours: they must give their place back while they wait, and be counted
            timeout=openai.Timeout(part.timeout, connect=min(part.timeout, _CONNECT_SECONDS)),
            # Half the processor time of the default one, which looks through all its connections for each request.
            http_client=openai.DefaultAioHttpClient(limits=limits),
        )
        self._create = self.api.chat.completions.with_raw_response.create

    async def send(self, body: dict[str, Any], request: Request) -> Reply:
        """One chat completion: `request`, put as `body`. Raises Trouble."""
        try:
            # The client's own timeout is between two bytes: a slow drip would never end.
            async with asyncio.timeout(self._timeout):
                # An `extra_body` is sent as it is; the package would walk through anything else field by field.
                response = await self._create(model=body["model"], messages=[], extra_body=body)
        except self._openai.APIStatusError as error:
            raise explain_rejection(error, self._key) from None
        except Exception as error:  # the transport's own errors too, which the package lets through while it reads
            raise self._explain_failure(error) from None
        return self._reply(response.text, response.headers, request)

    def _explain_failure(self, error: Exception) -> Trouble:
        """What went wrong on the way there or back. The package reports a refused connection as a timeout, too."""
        cause = cause_of(error, self._base_url)
        if cause:
            return Trouble("us" if cause.lasting else "way", cause.kind, cause.message)
        if isinstance(error, (TimeoutError, self._openai.APITimeoutError)):
            return Trouble("luck", "timeout", f"no reply in {self._timeout:g} s (chat.timeout)")
        return Trouble("luck", "connection", shorten(f"{type(error).__name__}: {error}", self._key))

    def _reply(self, text: str, headers: Mapping[str, str], request: Request) -> Reply:
        text = text.encode("utf-8", "replace").decode()  # a server's own charset may decode to half a character
        try:
            body = json.loads(text)
            if not isinstance(body["choices"], list):
                raise TypeError
            why = broken_off(body)
        except (ValueError, KeyError, TypeError, RecursionError):
            message = shorten(f"the response was not a chat completion: {text}", self._key)
            raise Trouble("luck", "garbage", message) from None
        if why:
            raise Trouble("luck", "broken off", shorten(why, self._key))
        return Reply(self._key.strike_out(text), usage(body, request), headers)


def explain_rejection(error: Any, key: Key | None) -> Trouble:
    """An APIStatusError of the package as a Trouble, with its blame."""
    status, headers = int(error.status_code), error.response.headers
    message = shorten(f"HTTP {status}: {error.message}", key)
    wait, said = retry_after(headers), f"{error.message} {error.body}"[:_READ]
    if status == 429:
        if "insufficient_quota" in said:
            return Trouble("us", "quota", f"the account's quota is used up. {message}")
        return Trouble("speed", "429", message, wait, headers)
    if status == 503 and wait is not None:
        return Trouble("speed", "503", message, wait, headers)
    if status >= 500 or status in (408, 409, 425):
        return Trouble("luck", str(status), message, wait, headers, said)
    if status in _SET_UP:
        return Trouble("us", str(status), f"{_SET_UP[status]}. {message}", said=said)
    return Trouble("request", str(status), message, said=said)


def shorten(text: str, key: Key | None) -> str:
    """What a server said, on one line, without the key and cut to what fits a message."""
    return printed((key.strike_out(text) if key else text)[:_SHOWN])


def check_certificates() -> None:
    """Raise CallError when the environment names a file of certificates that does not exist."""
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        named = os.environ.get(variable)
        if named and not Path(named).exists():
            raise CallError(f"{variable} names {named}, which does not exist; correct or unset it.")
