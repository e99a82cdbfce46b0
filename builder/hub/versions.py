"""Versions of a release: their spelling, their order and which one comes next."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from builder.base.errors import CallError
from builder.release.diff import Change

_SPELLING = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, order=True)
class Version:
    """A semantic version without suffixes: a schema's change is major, content's minor, the card's alone patch."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The version spelled "1.2.3" or "v1.2.3". Raises CallError."""
        found = _SPELLING.fullmatch(text.removeprefix("v"))
        if not found:
            raise CallError(f"'{text}' is not a version; write three numbers, for example 1.0.0.")
        return cls(*map(int, found.groups()))

    @staticmethod
    def is_spelt(text: str) -> bool:
        """Whether `parse` takes a text."""
        return _SPELLING.fullmatch(text.removeprefix("v")) is not None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tag(self) -> str:
        """The tag it is published under."""
        return f"v{self}"

    def after(self, change: Change) -> "Version":
        """The version of a release that differs by `change`."""
        if change is Change.SCHEMA:
            return Version(self.major + 1, 0, 0)
        if change is Change.CONTENT:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


FIRST = Version(1, 0, 0)
"""What a release that has no predecessor is called."""


def parse_tags(tags: Iterable[str]) -> list[Version]:
    """The versions among the tags of a repository, ascending; other tags are ignored."""
    return sorted(Version.parse(tag) for tag in tags if tag.startswith("v") and _SPELLING.fullmatch(tag[1:]))
