"""Log-probabilities of answers: every method and measure starts from these.

S(y|x) is the sum of the log-probabilities of an answer's tokens, the end token among them; |y| is their number.
"""

import torch
from torch import Tensor
from torch.nn import functional

from builder.baseline.models.vlm import Answers


def token_nll(answers: Answers) -> Tensor:
    """-log p of every answer token, (N,)."""
    return functional.cross_entropy(answers.logits, answers.targets, reduction="none")


def per_sequence(values: Tensor, answers: Answers) -> Tensor:
    """The sum of values (N,) over the tokens of each row, (B,)."""
    return torch.zeros(answers.size, dtype=values.dtype, device=values.device).index_add(0, answers.rows, values)


def lengths(answers: Answers) -> Tensor:
    """|y| of each row, (B,)."""
    return per_sequence(torch.ones_like(answers.targets, dtype=torch.float32), answers)


def sequence_log_probability(answers: Answers) -> Tensor:
    """S(y|x) of each row, (B,)."""
    return -per_sequence(token_nll(answers), answers)


def cross_entropy(answers: Answers) -> Tensor:
    """The mean over rows of the mean NLL of their answer tokens: the same whatever else is in the batch."""
    return (per_sequence(token_nll(answers), answers) / lengths(answers)).mean()


def kl_per_token(reference: Tensor, logits: Tensor) -> Tensor:
    """KL(p_ref ‖ p_θ) at each position, from logits (N, V) to (N,)."""
    ours, theirs = logits.log_softmax(-1), reference.log_softmax(-1)
    return (theirs.exp() * (theirs - ours)).sum(-1)


def kl_divergence(reference: Answers, answers: Answers) -> Tensor:
    """KL(p_ref ‖ p_θ), averaged over answer tokens: neither prompt nor padding count."""
    return kl_per_token(reference.logits, answers.logits).mean()


def exactly_right(answers: Answers) -> Tensor:
    """Whether greedy decoding would give each row's answer, its end token included, (B,)."""
    wrong = (answers.logits.argmax(-1) != answers.targets).float()
    return per_sequence(wrong, answers) == 0
