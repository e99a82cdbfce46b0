"""The cause of a transport error in plain words: why a server cannot be reached."""

import socket
import ssl
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Cause:
    """Why the server was not reached: a short kind for counting, a sentence, and whether waiting cannot help."""

    kind: str
    message: str
    lasting: bool = False


def cause_of(error: BaseException, base_url: str) -> Cause | None:
    """The cause of `error`, on the way to `base_url`; None for an unknown one."""
    chain = list(_chain(error))
    address = urlsplit(base_url or OPENAI)
    place = address.netloc.rpartition("@")[2]
    if any("Proxy" in type(each).__name__ for each in chain):
        proxy = urllib.request.getproxies().get(address.scheme, "")
        shown = urlsplit(proxy).netloc.rpartition("@")[2]
        return Cause(
            "proxy", f"the proxy {shown} cannot be reached or refuses; correct or unset {address.scheme.upper()}_PROXY"
        )
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            why = getattr(each, "verify_message", "") or "it cannot be verified"
            way_out = "name its authority's file in SSL_CERT_FILE, or write http:// if the server does not use TLS"
            return Cause("certificate", f"the certificate of {place} is not trusted ({why}); {way_out}", lasting=True)
        if isinstance(each, ssl.SSLError):
            why = getattr(each, "reason", "") or "no handshake"
            return Cause("TLS", f"{place} does not speak TLS ({why}); write http:// if the server does not use it")
        if isinstance(each, socket.gaierror):
            return Cause("unknown host", f"there is no host {address.hostname}; check the address")
        if isinstance(each, ConnectionRefusedError):
            return Cause("connection refused", f"nothing listens at {place}: the connection was refused")
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all of its causes."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, getattr(each, "certificate_error", None)]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
