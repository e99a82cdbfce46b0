"""The little English grammar that templates and checks need: articles, possessives, pronouns, capitals."""

import functools
import re
from collections.abc import Mapping

from builder.base.matching import without_accents
from builder.base.records import Gender

PRONOUNS: dict[Gender, dict[str, str]] = {
    "female": {
        "they": "she", "them": "her", "their": "her", "child": "daughter", "parent": "mother", "spouse": "husband",
    },
    "male": {"they": "he", "them": "him", "their": "his", "child": "son", "parent": "father", "spouse": "wife"},
}  # fmt: skip
"""Placeholder to pronoun. A verb after {they} is in the third person singular: "{they} works"."""

_FIRST_WORD = re.compile(r"[^\W_]+")
# Written with a vowel, spoken with a consonant: university, European, one-off, usher is not among them.
_CONSONANT_SOUND = re.compile(r"(?:uni(?!n|m|d)|unanim|u[bcfghjkqrst][aeiou]|ukr|utri|eu|ew|one$|once$|oui)")
_SILENT_H = re.compile(r"(?:hour|honest|honou?r|heir)")
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
    plain = without_accents(word).lower()
    if plain.startswith(tuple("aeiou")):
        return "a" if _CONSONANT_SOUND.match(plain) else "an"
    return "an" if _SILENT_H.match(plain) else "a"


def with_article(phrase: str) -> str:
    """`phrase` after its indefinite article: "an engineer"."""
    return f"{article(phrase)} {phrase}"


def with_the(name: str) -> str:
    """A university's or country's name as written inside a sentence, after "the" if it takes one.

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
