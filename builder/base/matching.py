"""How texts are compared: without case, without accents, word by word."""

import functools
import re
import unicodedata

from builder.base.records import Profile

_MEMORY = 4096
"""Texts that are remembered: about those of one person, which one check after another looks at."""
_WORD = re.compile(r"\w+")
_UNDECOMPOSED = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "Ł": "L",
        "Ø": "O",
        "Đ": "D",
        "Æ": "Ae",
        "Œ": "Oe",
    }
)
"""Letters that Unicode does not take apart into a letter and an accent."""


@functools.lru_cache(maxsize=_MEMORY)
def folded(text: str) -> str:
    """`text` without the difference of case and of white space."""
    return " ".join(text.casefold().split())


def without_accents(text: str) -> str:
    """`text` with plain letters in place of accented ones: "Lodz" for "Łódź"."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def states(text: str, phrase: str) -> bool:
    """Whether `text` contains `phrase` as whole words. Both are compared as given; fold them first."""
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        end = start + len(phrase)
        opened = start == 0 or not (text[start - 1].isalnum() and phrase[0].isalnum())
        closed = end == len(text) or not (text[end].isalnum() and phrase[-1].isalnum())
        if opened and closed:
            return True
        start = text.find(phrase, start + 1)
    return False


@functools.lru_cache(maxsize=_MEMORY)
def words(text: str) -> tuple[str, ...]:
    """The words of `text`, without case and punctuation; a blank counts as a word."""
    return tuple(_WORD.findall(text.casefold()))


def names_of(profile: Profile) -> tuple[str, ...]:
    """What gives the person away: the name, its two parts, and each of their words except particles ("van", "de")."""
    parts = (profile.name, profile.given_name, profile.family_name)
    singles = (word for part in parts for word in part.split() if word[:1].isupper())
    return tuple(dict.fromkeys((*parts, *singles)))
