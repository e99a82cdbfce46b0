"""Scores an answer by its text. Handed out with exports, where it works without build-bench.

ROUGE-L needs the package `rouge-score`; everything else needs Python alone.
"""

import functools
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class AnswerKey(NamedTuple):
    """What an answer is compared with: the right reply, the fact's value and the values that others have."""

    target: str
    value: str
    others: Sequence[str] = ()


_LETTERS = ("A", "B", "C", "D")

Score = Callable[[str, AnswerKey], float]
"""What an answer is worth. Its name is the score's, and its docstring says in a line what the score means."""


def accuracy_generated(output: str, key: AnswerKey) -> float:
    """The answer starts with the right letter, as MLLMU-Bench reads it."""
    return float(letter(output) == key.target)


def cloze(output: str, key: AnswerKey) -> float:
    """The blank is filled right."""
    return float(states(output, key.target, key.others))


def value_said(output: str, key: AnswerKey) -> float:
    """The answer states the fact's value."""
    return float(states(output, key.value, key.others))


def yes_or_no(output: str, key: AnswerKey) -> float:
    """The answer begins with the right one of yes and no."""
    return float(tokens(output)[:1] == tokens(key.target))


def rouge_l(output: str, key: AnswerKey) -> float:
    """ROUGE-L recall, stemmed."""
    return rouge(output, key.target)[0]


def rouge_l_f1(output: str, key: AnswerKey) -> float:
    """ROUGE-L F1, stemmed."""
    return rouge(output, key.target)[1]


def letter(output: str) -> str:
    """The option letter that an answer starts with; empty when it starts with none."""
    first = output.strip()[:1].upper()
    return first if first in _LETTERS else ""


def states(output: str, value: str, others: Sequence[str] = ()) -> bool:
    """Whether an answer states the value. A longer one of the `others` that holds it ("software engineer" beside
    "engineer") states itself."""
    wanted, said = f" {normalised(value)} ", f" {normalised(output)} "
    longer = sorted({f" {normalised(other)} " for other in others} - {wanted}, key=len, reverse=True)
    for other in longer:
        if wanted in other:
            said = said.replace(other, " \0 ")
    return bool(wanted.strip()) and wanted in said


@functools.lru_cache(maxsize=65536)
def rouge(output: str, truth: str) -> tuple[float, float]:
    """ROUGE-L recall and F1, stemmed (Lin 2004, as Google's rouge_score has it)."""
    score = _rouge().score(truth, output)["rougeL"]
    return float(score.recall), float(score.fmeasure)


@functools.cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=True)


def normalised(text: str) -> str:
    """The tokens of a text with a space between each two."""
    return " ".join(tokens(text))


_CURRENCIES = "".join(
    re.escape(chr(code)) for code in range(min(sys.maxunicode, 0xFFFF)) if unicodedata.category(chr(code)) == "Sc"
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
"""Every hyphen and minus as the one on a keyboard; a long dash is punctuation."""
_TOKEN = re.compile(
    rf"""
    (?P<address> \w[\w.+-]* @ [\w-]+ (?: \.[\w-]+ )+ )                # an e-mail address is one word
    | (?P<sum> (?<=[{_CURRENCIES}]) \d{{1,3}} (?: [ ] \d{{3}} )+ (?! \d ) )      # €50 000
    | (?P<thousands> (?<![\w.,']) (?:
          \d{{1,3}} (?: ,\d{{2,3}} )* ,\d{{3}} (?: \.\d{{1,2}} )?         # 50,000 and 1,20,000.50
        | \d{{1,3}} (?P<mark>[.']) \d{{3}} (?: (?P=mark) \d{{3}} )* (?: ,\d{{1,2}} )?      # 50.000 and 50'000,50
      ) (?! \d | [.,'] \d ) )
    | (?P<decimal> (?<![\w.,]) \d+ [.,] \d+ (?! \d | [.,] \d ) )
    | (?P<currency> [^\W\d_]{{0,3}} [{_CURRENCIES}] )                 # £, and A$ is another money than $
    | (?P<negative> (?<!\S) - \d+ )
    | (?P<word> \w+ (?: (?: \+{{1,2}} | - ) (?! [\w+-] ) )? )         # O+ and O- are two words
    """,
    re.VERBOSE,
)

_CENTS = re.compile(r"(.+?)(?:[.,](\d{1,2}))?")


@functools.lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text as answers are compared by them.

    Case, compatibility forms, spaces and punctuation do not count. Signs and separators do where they make another
    value: "O-" is not "O+", "£50,000" is "£50000" and not "£50", "A$50" is not "$50".
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    return tuple(map(_token, _TOKEN.finditer(plain)))


def _token(match: re.Match[str]) -> str:
    found = match.group()
    if match["sum"]:
        return found.replace(" ", "")
    if match["thousands"]:
        whole, cents = _CENTS.fullmatch(found).groups()  # type: ignore[union-attr]  # the second may be empty
        return re.sub(r"\D", "", whole) + (f".{cents}" if cents else "")
    return found.replace(",", ".") if match["decimal"] else found
