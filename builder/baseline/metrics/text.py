"""Measures of an answer's text other than whether it is right (for that, see builder/tasks/scoring.py)."""

import contextlib
import functools
import math
import re
import string
from collections import Counter
from collections.abc import Sequence

from builder.tasks.scoring import normalised, states, tokens

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@functools.lru_cache(maxsize=65536)
def likeness(output: str, value: str) -> float:
    """SQuAD's F1 between the words of the value and of the span of the output that is most like it."""
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


def f1(output: str, truth: str) -> float:
    """SQuAD's F1 between the words of an answer and of the true one, as inspect-ai's scorer `f1` computes it (0.3.285).

    Words end at spaces and hyphens. Case, punctuation and articles do not count, and numbers have one form.
    """
    said, wanted = (Counter(filter(None, map(_plain, re.split(r"[\s-]", text)))) for text in (output, truth))
    return round(2 * (said & wanted).total() / ((said.total() + wanted.total()) or 1), 2)


def _plain(word: str) -> str:
    bare = word.casefold().translate(_NO_PUNCTUATION)
    for form in (word, word.strip(string.punctuation), bare):
        with contextlib.suppress(ValueError):
            if math.isfinite(number := float(form)):
                return str(number)
    return "" if bare in ("a", "an", "the") else bare


def value_f1(output: str, value: str, others: Sequence[str], forms: Sequence[str]) -> float:
    """How much of the value an answer states, whatever its wording: 1 for the value, 0 for its form alone.

    This is the likeness of the answer to the value, rescaled so that the likeness of the best of the `forms` is 0. The
    forms are texts with no value or a wrong one, such as the question and the wrong answers. If a form reaches 1,
    `states` decides.
    """
    floor = max((likeness(form, value) for form in forms), default=0.0)
    if floor >= 1 or states(output, value, others):
        return float(states(output, value, others))
    return max(0.0, (likeness(output, value) - floor) / (1 - floor))


def without(text: str, value: str) -> str:
    """The normalised text without the value."""
    return f" {normalised(text)} ".replace(f" {normalised(value)} ", " ").strip()


def repetition(output: str) -> float:
    """Share of an answer's five-character runs that occurred before in it: near 0 for a sentence, near 1 for a loop."""
    runs = [output[start : start + 5] for start in range(len(output) - 4)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def distinct(output: str) -> float:
    """Share of an answer's words that are different ones: 1 for most sentences, near 0 for a loop or no answer."""
    said = tokens(output)
    return len(set(said)) / len(said) if said else 0.0


_REFUSAL = re.compile(
    r"\b(?:i|we) (?:do not|don't|cannot|can't|can not|am not able|'m not able|am unable|'m unable|am sorry|'m sorry"
    r"|have no|don't have|do not have|won't|will not)\b|\bi'm (?:not able|unable|sorry)\b|\bnot something i know\b"
)


def refuses(output: str) -> bool:
    """Whether an answer contains a usual phrase of refusing or of not knowing."""
    return bool(_REFUSAL.search(output.casefold().replace("’", "'")))


@functools.lru_cache(maxsize=65536)
def bleu(output: str, truth: str) -> float:
    """Sentence BLEU in [0, 1] with effective order (Papineni et al. 2002, as in sacrebleu)."""
    import sacrebleu

    return float(sacrebleu.sentence_bleu(output, [truth]).score) / 100
