"""Measures of one item from the log-probabilities of its answers. NaN gives NaN: not measured."""

import math
from collections.abc import Sequence


def probability(log_p: Sequence[float]) -> float:
    """p(y|x) = exp(S/|y|), from the log p of each answer token."""
    return math.exp(sum(log_p) / len(log_p))


def truth_ratio(wrong_nll: Sequence[float], paraphrase_nll: float) -> float:
    """TR = exp(−mean NLL(ŷ_i)) / exp(−NLL(ỹ)), with the NLL per token.

    The numerator is the geometric mean over the wrong answers, as in TOFU's code (Maini et al. 2024).
    """
    difference = paraphrase_nll - sum(wrong_nll) / len(wrong_nll)
    return math.nan if math.isnan(difference) else math.exp(min(700.0, difference))


def indifference(ratio: float) -> float:
    """min(TR, 1/TR): 1 if wrong and true answers are equally likely. The measure for forget sets."""
    if math.isnan(ratio):
        return ratio
    return min(ratio, 1 / ratio) if ratio > 0 else 0.0


def preference(ratio: float) -> float:
    """max(0, 1 − TR): 1 if the truth is far likelier. The measure for retain sets."""
    return ratio if math.isnan(ratio) else max(0.0, 1 - ratio)


def c_dis(reference_log_p: Sequence[float], log_p: Sequence[float]) -> float:
    """C-Dis = E[−p_ref log(p_ref / p_θ)] over the tokens of a concept's name (Li et al. 2024, arXiv 2405.12523).

    0 where both find the name equally likely, and the lower, the less likely it has become.
    """
    parts = [-math.exp(one) * (one - other) for one, other in zip(reference_log_p, log_p, strict=True)]
    return sum(parts) / len(parts)


def perplexity(log_p: Sequence[float], masked: range, vocabulary: int) -> float:
    """exp(−mean log p) of an answer's tokens, those in `masked` with the probability 1/|V|; at most |V|.

    |V| is the perplexity of an answer of which every token comes as a surprise; what is rarer still says no more.
    """
    uniform = -math.log(vocabulary)
    read = [uniform if place in masked else each for place, each in enumerate(log_p)]
    return math.exp(min(-uniform, -sum(read) / len(read)))


def exact_memorisation(right: Sequence[bool]) -> float:
    """Share of the answer's tokens that argmax gets right, without the end token, which is last."""
    said = _said(right)
    return sum(said) / len(said)


def extraction_strength(right: Sequence[bool]) -> float:
    """1 − k/T, where k is the length of the shortest prefix after which greedy decoding gives the whole rest; else 0.

    Greedy decoding gives the rest exactly when argmax is right at every later token (Carlini et al. 2021). The end
    token, which is last, does not count: even a model that knows nothing gets it right after a whole answer.
    """
    said = _said(right)
    k = next((place + 1 for place in reversed(range(len(said))) if not said[place]), 0)
    return 1 - k / len(said)


def _said(right: Sequence[bool]) -> Sequence[bool]:
    return right[:-1] or right


def exposure(candidates: Sequence[float]) -> float:
    """log2 |C| − log2 rank of the true value, the first of C, by NLL (Carlini et al. 2019). Ties rank in the middle."""
    if any(map(math.isnan, candidates)):
        return math.nan
    true = candidates[0]
    better = sum(nll < true for nll in candidates)
    ties = sum(nll == true for nll in candidates) - 1
    return math.log2(len(candidates)) - math.log2(1 + better + ties / 2)
