"""Comparing an answer with the truth by its text."""

import functools
import re
import unicodedata
from typing import Any

from builder.records import LETTERS

_NOT_A_WORD = re.compile(r"[^\w]+")


def normalised(text: str) -> str:
    """Lower case, compatibility forms, punctuation and runs of spaces as one space."""
    return _NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def contains(output: str, truth: str) -> bool:
    """Whether the normalised truth stands in the normalised output, as whole words."""
    wanted = normalised(truth)
    return bool(wanted) and f" {wanted} " in f" {normalised(output)} "


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
