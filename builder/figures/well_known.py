"""Names of well-known real people: no fictitious person may have one, and audits look for them."""

import functools
import gzip
from pathlib import Path

from builder.base.matching import folded, without_accents

LIST = Path(__file__).with_name("well_known.txt.gz")
"""Folded names, one a line. Its first lines say where they come from and under which licences."""

_APOSTROPHES = str.maketrans("’‘", "''")


def folded_name(text: str) -> str:
    """`text` without case, accents and extra spaces, to compare names by."""
    return folded(without_accents(text.translate(_APOSTROPHES)))


def key(name: str) -> str:
    """What the list holds of `name`: folded, and without hyphens."""
    return folded_name(name).replace("-", "")


@functools.cache
def known_names() -> frozenset[str]:
    """The keys of all well-known names."""
    lines = gzip.decompress(LIST.read_bytes()).decode().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def is_public_figure(name: str) -> bool:
    """Whether `name` is that of a well-known real person, whatever its case, accents and hyphens, family name last or
    first."""
    known, one = known_names(), key(name)
    before, _, last = one.rpartition(" ")
    return one in known or f"{last} {before}" in known
