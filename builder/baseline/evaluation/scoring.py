"""What a model says of given answers: log-probabilities token by token."""

from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor

from builder.baseline.evaluation.branches import Branches, states_after
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Said

NO_TOKEN = -1
"""Stands for the next token where a model's logits are no numbers."""


def likeliest(logits: Tensor) -> Tensor:
    """The token that argmax gives, or NO_TOKEN, (…, V) to (…)."""
    return logits.argmax(-1).masked_fill(logits.isnan().any(-1), NO_TOKEN)


@torch.no_grad()
def say(
    vlm: Vlm, branches: Branches, answers: Sequence[Sequence[int]], parents: Sequence[int], size: int
) -> list[Said]:
    """What the model says of `answers`, each after one of `parents`, `size` of them at once."""
    order = sorted(range(len(answers)), key=lambda place: len(answers[place]))
    found: dict[int, Said] = {}
    for start in range(0, len(order), size):
        places = order[start : start + size]
        piece = [answers[place] for place in places]
        after = [parents[place] for place in places]
        # The last token of an answer predicts nothing that is asked for, so it is not fed.
        fed = [list(each[:-1]) for each in piece]
        states = states_after(vlm, branches, fed, after) if any(fed) else [branches.last[:0]] * len(fed)
        flat = torch.cat([torch.cat([branches.last[[one]], own]) for one, own in zip(after, states, strict=True)])
        targets = torch.tensor([token for each in piece for token in each], device=vlm.device)
        lengths = [len(each) for each in piece]
        found.update(zip(places, _measure(vlm.head(flat).float(), targets, lengths), strict=True))
    return [found[place] for place in range(len(answers))]


def _measure(logits: Tensor, targets: Tensor, lengths: Sequence[int]) -> list[Said]:
    log_p = logits.log_softmax(-1)
    of_target = log_p.gather(1, targets[:, None])[:, 0]
    p = log_p.exp()
    # Tokens that a model rules out, at log p = -inf, weigh nothing.
    weighed = log_p.masked_fill(p == 0, 0)
    mean = (p * weighed).sum(-1)
    spread = ((p * weighed.square()).sum(-1) - mean.square()).clamp(min=1e-12).sqrt()
    greedy = likeliest(logits)
    columns = [values.tolist() for values in (of_target, greedy == targets, (of_target - mean) / spread, greedy)]
    pieces = [slice(end - length, end) for end, length in zip(accumulate(lengths), lengths, strict=True)]
    return [Said(*(tuple(column[piece]) for column in columns)) for piece in pieces]
