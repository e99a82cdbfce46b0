"""Masks names and values in texts, to compare their runs of words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|__")
NAME, VALUE = "§name", "§value"
"""The masks for a person's name and for a fact's value."""
_MASKED_WORD = re.compile(rf"{NAME}|{VALUE}|{_WORD.pattern}")


def words(text: str) -> list[str]:
    """The words of a text without case and punctuation; a blank and a mask count as words."""
    return _MASKED_WORD.findall(text.casefold())


def mask(text: str, phrases: Iterable[tuple[str, str]]) -> str:
    """`text` with each phrase replaced by its mask, in the order given."""
    for phrase, replacement in phrases:
        if phrase:
            text = text.replace(phrase, replacement)
    return text


def runs(tokens: Sequence[str], length: int) -> Iterator[int]:
    """A 32-bit digest of every run of `length` words."""
    for start in range(len(tokens) - length + 1):
        yield crc32(" ".join(tokens[start : start + length]).encode())
