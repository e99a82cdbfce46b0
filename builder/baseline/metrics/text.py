"""What else the text of an answer tells, beside whether it is right (builder/tasks/scoring.py)."""

import functools
import re
from collections import Counter
from collections.abc import Sequence

from builder.tasks.scoring import normalised, states, tokens


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


@functools.lru_cache(maxsize=65536)
def bleu(output: str, truth: str) -> float:
    """Sentence BLEU in [0, 1] with effective order (Papineni et al. 2002, as sacrebleu has it)."""
    import sacrebleu

    return float(sacrebleu.sentence_bleu(output, [truth]).score) / 100
