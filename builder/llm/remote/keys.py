"""The API key: read from the environment or a file, held in memory, and removed from everything a server returns."""

import os
import re
from pathlib import Path

from builder.base.errors import CallError

VARIABLE = "OPENAI_API_KEY"
_ADDRESS = "OPENAI_BASE_URL"
_STRUCK_OUT = "[key]"
_ASSIGNED = re.compile(r"^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*")
"""As in a file of environment variables."""
_SHORTEST_SECRET = 6
"""A key shorter than this ("none", "x") is a stand-in for local servers and would be found in innocent words."""


class Key:
    """An API key that no repr, format or pickle shows."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the one place that sends it."""
        return self._value

    def strike_out(self, text: str) -> str:
        """`text` without the key, in case a server echoes it."""
        return text.replace(self._value, _STRUCK_OUT) if len(self._value) >= _SHORTEST_SECRET else text

    def __repr__(self) -> str:
        return "Key()"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")


def find(file: Path | None) -> Key | None:
    """The key in `file`, else in the environment, else none. Raises CallError if it cannot be a key."""
    if file is None:
        value = os.environ.get(VARIABLE, "").strip()
        return Key(_sound(value, VARIABLE)) if value else None
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()  # an editor may have put a byte-order mark first
    except OSError as error:
        raise CallError(f"The key file {file} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise CallError(f"The key file {file} is not UTF-8 text; save it as UTF-8, with only the key.") from None
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) != 1:
        raise CallError(f"The key file {file} must hold the key, on one line, and nothing else.")
    return Key(_sound(filled[0], f"The key file {file}"))


def _sound(value: str, place: str) -> str:
    """The key as it is sent. Raises CallError, which does not repeat it, if it cannot be a key."""
    bare = _ASSIGNED.sub("", value)
    if bare[:1] == bare[-1:] and bare[:1] in ("'", '"') and len(bare) > 2:
        bare = bare[1:-1]
    if not bare or not bare.isascii() or not bare.isprintable() or " " in bare or '"' in bare:
        raise CallError(
            f"{place} does not hold a key: a key has letters, digits and signs of ASCII, no spaces and no "
            "quotation marks."
        )
    return bare


def require_key(key: Key | None, base_url: str) -> Key:
    """The key, or a placeholder for a server of the user's own, which needs none.

    Raises CallError when OpenAI needs one, or when the environment gives an address that holds a secret.
    """
    base_url = base_url or os.environ.get(_ADDRESS, "")
    if "@" in base_url:
        raise CallError(
            f"{_ADDRESS} holds a user name, which messages of other programs may show; give the address without it and "
            f"the key by {VARIABLE} or --api-key-file."
        )
    if key is not None:
        return key
    if not base_url:
        raise CallError(
            f"OpenAI needs a key: set {VARIABLE}, or name a file with --api-key-file. For your own "
            "server, which may need none, use --base-url."
        )
    return Key("none")
