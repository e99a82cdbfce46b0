"""The same sentence about another value: how the answer that a model worded becomes the wrong answers."""

import functools
import re

from builder.llm import grammar

_ARTICLE = r"(?:(?P<article>\b(?:a|an|the))\s+)?"


def restated(sentence: str, value: str, other: str) -> str:
    """`sentence`, which states `value`, with `other` in its place and the article before it made to agree."""

    def replace(found: re.Match[str]) -> str:
        if not found.group().endswith(value):
            return found.group()  # written otherwise: not the value as it is given
        article = found["article"] or ""
        phrase = _with_article(article.lower(), value, other)
        return grammar.capitalised(phrase) if article[:1].isupper() else phrase

    return _pattern(value).sub(replace, sentence)


@functools.lru_cache(maxsize=256)
def _pattern(value: str) -> re.Pattern[str]:
    return re.compile(rf"{_ARTICLE}(?<![^\W_]){re.escape(value)}(?![^\W_])", re.IGNORECASE)


def _with_article(article: str, value: str, other: str) -> str:
    if article in ("a", "an"):
        return grammar.with_article(other)
    if article == "the":
        # "the University of Porto" but "Harlow University"; "the number 12" keeps its article whatever follows.
        return grammar.with_the(other) if grammar.with_the(value) != value else f"the {other}"
    return other if grammar.with_the(value) != value else grammar.with_the(other)
