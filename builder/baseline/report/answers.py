"""One model's answers to all items, in a few arrays."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from builder import tasks
from builder.baseline.metrics.item_metrics import follows, right
from builder.baseline.metrics.likelihoods import probability
from builder.baseline.outcomes.records import Outcome

RIGHT, WRONG, FOLLOWS, NOT_MEASURED, NOT_ASKED = "rwfn-"
"""Verdicts: true of the person; neither; true of whoever was put in; no number (NaN); not put to this model."""
_MILLE = 1000


def answers(seed: int, model: str, outcomes: Sequence[Outcome | None], place: Callable[[str], int]) -> dict[str, Any]:
    """The answers to all items in order; None where one was not asked. `place` gives a text its number.

    `verdicts` has a letter an item, `outputs` the numbers of texts (-1 for none), `options` the shares of A to D among
    the four and the probability of all four together, `truth` the probability of the true answer by the token, both in
    thousandths, `marks` a judge's, `cut` the items whose answer was cut at the limit.
    """
    found: dict[str, Any] = {
        "seed": seed,
        "model": model,
        "verdicts": "".join(map(verdict, outcomes)),
        "outputs": [place(each.output) if each is not None and each.ending else -1 for each in outcomes],
        "options": [_options(each) if each is not None else 0 for each in outcomes],
        "truth": [_truth(each) if each is not None else -1 for each in outcomes],
        "cut": [at for at, each in enumerate(outcomes) if each is not None and each.ending == "limit"],
    }
    if any(each is not None and each.factuality is not None for each in outcomes):
        found["marks"] = [
            [each.factuality, each.relevance] if each is not None and each.factuality is not None else 0
            for each in outcomes
        ]
    return found


def verdict(outcome: Outcome | None) -> str:
    """Whether an answer is right, as in the scores; for the gate's questions, whether it is memorised."""
    if outcome is None:
        return NOT_ASKED
    if not outcome.measured:
        return NOT_MEASURED
    if not outcome.item.is_judged and outcome.item.set != "known":
        return NOT_MEASURED
    if outcome.item.set == "known" and not tasks.of(outcome.item).has_options:
        return RIGHT if all(outcome.truth.right) else WRONG
    if right(outcome):
        return RIGHT
    return FOLLOWS if follows(outcome) else WRONG


def _options(outcome: Outcome) -> list[int] | int:
    """The shares of the four options, and what the model leaves for anything else."""
    if not outcome.options or not outcome.measured:
        return 0
    top = max(outcome.options)
    odds = [math.exp(each - top) for each in outcome.options]
    together = min(1.0, sum(odds) * math.exp(min(0.0, top)))
    return [*(round(_MILLE * each / sum(odds)) for each in odds), round(_MILLE * together)]


def _truth(outcome: Outcome) -> int:
    if not outcome.truth.log_p or not outcome.measured:
        return -1
    return round(_MILLE * probability(outcome.truth.log_p))
