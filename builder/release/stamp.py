"""What publishing adds to a release: its version, the day, and what the audit found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One check of the audit: its name, whether it passed, and what it found in a line."""

    name: str
    passed: bool
    found: str = ""


@dataclass(frozen=True)
class Stamp:
    """The stamp of an unpublished release, whose bytes depend on the recipe alone."""

    version: str = ""
    audit: tuple[Check, ...] = ()
    date: str = ""


UNSTAMPED = Stamp()
