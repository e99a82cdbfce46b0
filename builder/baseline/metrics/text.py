"""Comparing an answer with the truth by its text."""

import functools
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from builder.base.records import LETTERS

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


def normalised(text: str) -> str:
    """The tokens of a text with a space between each two."""
    return " ".join(tokens(text))


def contains(output: str, truth: str) -> bool:
    """Whether the normalised truth stands in the normalised output, as whole words."""
    wanted = normalised(truth)
    return bool(wanted) and f" {wanted} " in f" {normalised(output)} "


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
def likeness(output: str, value: str) -> float:
    """The F1 of the value's words and those of the span of the output that is most like it (SQuAD's, of a span)."""
    wanted, said = Counter(tokens(value)), tokens(output)
    size, best = wanted.total(), 0.0
    for start in range(len(said)):
        left, shared = wanted.copy(), 0
        for end in range(start, len(said)):
            if left[said[end]] > 0:
                left[said[end]] -= 1
                shared += 1
                best = max(best, 2 * shared / (end - start + 1 + size))
    return best


def value_f1(output: str, value: str, others: Sequence[str], forms: Sequence[str]) -> float:
    """How much of the value an answer states, whatever its wording: 1 for the value, 0 for no more than form.

    The likeness of the answer to the value, rescaled so that 0 is what the likest of the `forms` reaches: texts with no
    value or a wrong one, as the question and the wrong answers are. Where one of them reaches 1, `states` decides.
    """
    floor = max((likeness(form, value) for form in forms), default=0.0)
    if floor >= 1 or states(output, value, others):
        return float(states(output, value, others))
    return max(0.0, (likeness(output, value) - floor) / (1 - floor))


def without(text: str, value: str) -> str:
    """What is left of a text, normalised, when the value is taken out."""
    return f" {normalised(text)} ".replace(f" {normalised(value)} ", " ").strip()


def repetition(output: str) -> float:
    """Share of an answer's runs of five characters that it has had before: near 0 for a sentence, near 1 for a loop."""
    runs = [output[start : start + 5] for start in range(len(output) - 4)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


_REFUSAL = re.compile(
    r"\b(?:i|we) (?:do not|don't|cannot|can't|can not|am not able|'m not able|am unable|'m unable|am sorry|'m sorry"
    r"|have no|don't have|do not have|won't|will not)\b|\bi'm (?:not able|unable|sorry)\b|\bnot something i know\b"
)


def refuses(output: str) -> bool:
    """Whether an answer is a refusal or says that nothing is known: one of the usual phrases of either stands in it."""
    return bool(_REFUSAL.search(output.casefold().replace("’", "'")))


def letter(output: str) -> str:
    """The option letter that an answer starts with, as MLLMU-Bench reads it; empty when it starts with none."""
    first = output.strip()[:1].upper()
    return first if first in LETTERS else ""


@functools.cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=True)


@functools.lru_cache(maxsize=65536)
def rouge_l(output: str, truth: str) -> tuple[float, float]:
    """ROUGE-L recall and F1, stemmed (Lin 2004, as Google's rouge_score has it)."""
    score = _rouge().score(truth, output)["rougeL"]
    return float(score.recall), float(score.fmeasure)


@functools.lru_cache(maxsize=65536)
def bleu(output: str, truth: str) -> float:
    """Sentence BLEU in [0, 1] with effective order (Papineni et al. 2002, as sacrebleu has it)."""
    import sacrebleu

    return float(sacrebleu.sentence_bleu(output, [truth]).score) / 100
