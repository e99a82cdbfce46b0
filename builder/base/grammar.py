"""The little English grammar that templates need: articles, possessives, pronouns, word-bounded search."""

import functools
import re
import unicodedata
from collections.abc import Mapping

from builder.base.records import Gender, Profile

PRONOUNS: dict[Gender, dict[str, str]] = {
    "female": {
        "they": "she", "them": "her", "their": "her", "child": "daughter", "parent": "mother", "spouse": "husband",
    },
    "male": {"they": "he", "them": "him", "their": "his", "child": "son", "parent": "father", "spouse": "wife"},
}  # fmt: skip
"""Placeholder to pronoun. A verb after {they} stands in the third person singular: "{they} works"."""

_MEMORY = 4096
"""Texts that are remembered: about those of one person, which one check after another looks at."""
_FIRST_WORD = re.compile(r"[^\W_]+")
# Written with a vowel, spoken with a consonant: university, European, one-off, usher is not among them.
_CONSONANT_SOUND = re.compile(r"(?:uni(?!n|m|d)|unanim|u[bcfghjkqrst][aeiou]|ukr|utri|eu|ew|one$|once$|oui)")
_SILENT_H = re.compile(r"(?:hour|honest|hono|heir)")
_SPOKEN_VOWEL_LETTERS = "AEFHILMNORSX"
_ACRONYMS_READ_AS_WORDS = frozenset({"NASA", "NATO", "LEGO", "RADAR", "LASER", "SONAR", "SAP", "HIPAA"})
_NUMBER_WITH_VOWEL = re.compile(r"(?:8\d*|11|18)(?:\D|$)")
_TAKES_THE = re.compile(
    r"(?:(?:Technical|National|Federal|Catholic|Free|Open|Polytechnic|Autonomous|State|Royal|New) )*"
    r"(?:University|Institute|College|School|Academy|Polytechnic) (?:of|for) "
    r"|Universi(?!ty)\w+ "
    r"|United |Netherlands|Philippines|.* (?:Republic|Islands|Emirates)$"
)


@functools.lru_cache(maxsize=4096)
def article(phrase: str) -> str:
    """The indefinite article, "a" or "an", that `phrase` takes by the sound of its first word."""
    found = _FIRST_WORD.search(phrase)
    if not found:
        return "a"
    word = found.group()
    if word[0].isdigit():
        return "an" if _NUMBER_WITH_VOWEL.match(word) else "a"
    if word.isupper() and (len(word) == 1 or (len(word) <= 4 and word not in _ACRONYMS_READ_AS_WORDS)):
        return "an" if word[0] in _SPOKEN_VOWEL_LETTERS else "a"
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    if plain.startswith(tuple("aeiou")):
        return "a" if _CONSONANT_SOUND.match(plain) else "an"
    return "an" if _SILENT_H.match(plain) else "a"


def with_article(phrase: str) -> str:
    """`phrase` after its indefinite article: "an engineer"."""
    return f"{article(phrase)} {phrase}"


def with_the(name: str) -> str:
    """A university's or country's name as it stands inside a sentence, after "the" if it takes one.

    "the University of Porto", "the Netherlands"; but "Harlow University", "Poland".
    """
    return f"the {name}" if _TAKES_THE.match(name) else name


def possessive(name: str) -> str:
    """ "Maria Nowak's", "Thomas James's"."""
    return f"{name}'s"


def capitalised(phrase: str) -> str:
    """`phrase` with its first letter raised and the rest as it was."""
    return phrase[:1].upper() + phrase[1:]


def with_capitals(fields: Mapping[str, str]) -> dict[str, str]:
    """`fields` and, under each key with a capital, the phrase with a capital: they and They, she and She."""
    return {**fields, **{capitalised(key): capitalised(phrase) for key, phrase in fields.items()}}


def names_of(profile: Profile) -> tuple[str, ...]:
    """What gives the person away: the name, its two parts, and each word of them that is no particle ("van", "de")."""
    parts = (profile.name, profile.given_name, profile.family_name)
    singles = (word for part in parts for word in part.split() if word[:1].isupper())
    return tuple(dict.fromkeys((*parts, *singles)))


@functools.lru_cache(maxsize=_MEMORY)
def folded(text: str) -> str:
    """`text` without the difference of case and of white space."""
    return " ".join(text.casefold().split())


def states(text: str, phrase: str) -> bool:
    """Whether `phrase` stands in `text` as whole words. Both are compared as given; fold them first."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        opened = start == 0 or not (text[start - 1].isalnum() and phrase[0].isalnum())
        closed = end == len(text) or not (text[end].isalnum() and phrase[-1].isalnum())
        if opened and closed:
            return True
        start = text.find(phrase, start + 1)
    return False


_WORD = re.compile(r"\w+")


@functools.lru_cache(maxsize=_MEMORY)
def words(text: str) -> tuple[str, ...]:
    """The words of `text`, without case and punctuation; a blank counts as a word."""
    return tuple(_WORD.findall(text.casefold()))
