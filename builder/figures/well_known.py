"""Who is a well-known real person: fictitious people must not bear such a name, and audits look for it."""

import functools
import gzip
import unicodedata
from pathlib import Path

LIST = Path(__file__).with_name("well_known.txt.gz")
"""Folded names, one a line. Its first lines say where they come from and under which licences."""

_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "'", "‘": "'"})
"""Letters that Unicode does not take apart into a letter and an accent, and typographic apostrophes."""


def fold(text: str) -> str:
    """`text` without case, accents and extra spaces, to compare names by."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def key(name: str) -> str:
    """What the list holds of `name`: folded, and without hyphens."""
    return fold(name).replace("-", "")


@functools.cache
def known_names() -> frozenset[str]:
    """The keys of the names of all public figures known here."""
    lines = gzip.decompress(LIST.read_bytes()).decode().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def is_public_figure(name: str) -> bool:
    """Whether `name` is that of a well-known real person, whatever its case, accents and hyphens, family name last or
    first."""
    known, one = known_names(), key(name)
    before, _, last = one.rpartition(" ")
    return one in known or f"{last} {before}" in known
