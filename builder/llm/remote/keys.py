"""The API key: read from the environment or a file, held in memory, and struck out of whatever a server sends back."""

import os
from pathlib import Path

from builder.errors import CallError

VARIABLE = "OPENAI_API_KEY"
_ADDRESS = "OPENAI_BASE_URL"
_STRUCK_OUT = "[key]"
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
    """The key in `file`, else in the environment, else none. Raises CallError when the file holds none."""
    if file is None:
        value = os.environ.get(VARIABLE, "").strip()
        return Key(value) if value else None
    try:
        value = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise CallError(f"The key file {file} cannot be read.") from None
    if not value or "\n" in value:
        raise CallError(f"The key file {file} must hold the key, on one line, and nothing else.")
    return Key(value)


def needed(key: Key | None, base_url: str) -> Key:
    """The key, or a stand-in for servers of one's own, which ask for none.

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
            f"OpenAI needs a key: set {VARIABLE}, or name a file with --api-key-file. A server of one's "
            "own, which needs none, goes by --base-url."
        )
    return Key("none")
