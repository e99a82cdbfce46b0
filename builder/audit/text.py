"""Words and phrases in texts, as audits compare them."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|__")
NAME, VALUE = "§name", "§value"
"""What stands for a person's name and for a fact's value in a masked text."""
_MASKED_WORD = re.compile(rf"{NAME}|{VALUE}|{_WORD.pattern}")


def folded(text: str) -> str:
    """`text` without the difference of case and of white space."""
    return " ".join(text.casefold().split())


@functools.lru_cache(maxsize=4096)
def folded_value(value: str) -> str:
    """The same of a value, which many questions of a person are about."""
    return folded(value)


def words(text: str) -> list[str]:
    """The words of a text without case and punctuation; a blank and a mask count as words."""
    return _MASKED_WORD.findall(text.casefold())


def states(text: str, phrase: str) -> bool:
    """Whether `phrase` stands in `text` as whole words. Both are compared as given; fold them first."""
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        end = start + len(phrase)
        opened = start == 0 or not (text[start - 1].isalnum() and phrase[0].isalnum())
        closed = end == len(text) or not (text[end].isalnum() and phrase[-1].isalnum())
        if opened and closed:
            return True
        start = text.find(phrase, start + 1)
    return False


def masked(text: str, phrases: Iterable[tuple[str, str]]) -> str:
    """`text` with each phrase replaced by its mask, in the order given."""
    for phrase, mask in phrases:
        if phrase:
            text = text.replace(phrase, mask)
    return text


def runs(tokens: Sequence[str], length: int) -> Iterator[int]:
    """A 32-bit digest of every run of `length` words."""
    for start in range(len(tokens) - length + 1):
        yield crc32(" ".join(tokens[start : start + length]).encode())
