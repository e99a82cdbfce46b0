"""The same sentence about another value: how the answer that a model worded becomes the wrong answers."""

import re
from collections.abc import Iterator, Sequence

from builder.base import english

_ARTICLE_AT_END = re.compile(r"\b(?P<article>a|an|the)\s+\Z", re.IGNORECASE)


def restate(sentence: str, value: str, others: Sequence[str]) -> tuple[str, ...]:
    """`sentence`, which states `value`, with each of `others` in its place and the article before it made to agree.

    The value written otherwise than it is given, "tea" as "Tea", stays.
    """
    pieces = list(_pieces(sentence, value))
    return tuple("".join(_join(pieces, value, other)) for other in others)


def _pieces(sentence: str, value: str) -> Iterator[tuple[str, str, str]]:
    """The sentence cut after each `value` that stands as whole words: the text, the article, the value if any."""
    start = found = 0
    while (found := sentence.find(value, found)) >= 0:
        end = found + len(value)
        if sentence[found - 1 : found].isalnum() or sentence[end : end + 1].isalnum():
            found += 1
            continue
        before = sentence[start:found]
        article = _ARTICLE_AT_END.search(before)
        yield (before[: article.start()], article["article"], value) if article else (before, "", value)
        start = found = end
    yield sentence[start:], "", ""


def _join(pieces: Sequence[tuple[str, str, str]], value: str, other: str) -> Iterator[str]:
    for text, article, stated in pieces:
        yield text
        if stated:
            phrase = _with_article(article.lower(), value, other)
            yield english.capitalised(phrase) if article[:1].isupper() else phrase


def _with_article(article: str, value: str, other: str) -> str:
    if article in ("a", "an"):
        return english.with_article(other)
    if article == "the":
        # "the University of Porto" but "Harlow University"; "the number 12" keeps its article whatever follows.
        return english.with_the(other) if english.with_the(value) != value else f"the {other}"
    return other if english.with_the(value) != value else english.with_the(other)
