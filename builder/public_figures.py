"""Who is a well-known real person: fictitious people must not bear such a name, and audits look for it."""

import functools
import unicodedata
from pathlib import Path

_LIST = Path(__file__).with_name("public_figures.txt")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "’": "'", "‘": "'"})
"""Letters that Unicode does not take apart into a letter and an accent, and typographic apostrophes."""


def fold(text: str) -> str:
    """`text` without case, accents and extra spaces, to compare names by."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


@functools.cache
def folded_names() -> frozenset[str]:
    """The folded names of all public figures known here."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line) for line in lines if line.strip() and not line.startswith("#"))


def is_public_figure(name: str) -> bool:
    """Whether `name` is that of a well-known real person, whatever its case and accents."""
    return fold(name) in folded_names()
