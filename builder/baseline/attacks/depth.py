"""Depth: how deep inside a model a fact is forgotten, and how far the model's answers are from the oracle's.

Unlearning Depth Score (arXiv 2605.24614). In vanilla's pass over a true answer, the states after layer l at the places
that predict the value are replaced by another model's. Δ_l is the resulting loss in the value's log-probability, per
token. With the states of the unlearned model (Δ_l) and of the oracle (Δ_oracle,l),

    UDS = Σ_l Δ_oracle,l · min(1, max(0, Δ_l) / Δ_oracle,l) / Σ_l Δ_oracle,l     over the layers where Δ_oracle,l > .05,

so that the oracle scores 1 and vanilla 0. The attack also gives the Jensen-Shannon divergence, in bits, between the
next-token distributions of the model and the oracle, averaged over the answer's tokens.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from builder import tasks
from builder.baseline.attacks.base import Bench, Figure, Headline, ModelAttack, Target
from builder.baseline.attacks.success import MODALITIES, forgotten
from builder.baseline.metrics.samples import Sample
from builder.baseline.models.encoding import Batch, collate, encode
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.format.lacking import Need

_MATTERS = 0.05
"""Loss of log-probability from which on a layer counts."""
_AT_ONCE = 16
"""Questions in each forward pass."""


class Depth(ModelAttack):
    """UDS by modality, and the divergence of answers from the oracle's."""

    needs: ClassVar[tuple[Need, ...]] = ("values of open answers",)
    titles: ClassVar[Mapping[str, str]] = {
        "uds": "Depth: UDS (1: as deep as the oracle, 0: vanilla)",
        "js": "Divergence of answers from the oracle's, in bits",
    }
    headlines: ClassVar[Mapping[str, Headline]] = {
        f"uds_{name}": Headline(f"UDS ({name})", shows_more=False) for name in MODALITIES.values()
    }

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """`uds_image`, `uds_text` and `js_to_oracle`, over open questions and blanks."""
        vanilla, oracle = (bench.once(name, partial(_opened, bench, name)) for name in ("vanilla", "oracle"))
        of_oracle = bench.once("oracle's losses", partial(losses, vanilla, oracle, _with_values(bench.items)))
        mine = bench.open()
        mine.learn(False)
        items = _with_values(forgotten(target))
        own, apart = losses(vanilla, mine, items), divergences(mine, oracle, items)
        scores = {item.id: score(of_oracle[item.id], own[item.id]) for item in items}
        found = {
            f"uds_{name}": Figure(
                Sample.of((each.profile_id, scores[each.id]) for each in items if each.modality == key)
            )
            for key, name in MODALITIES.items()
        }
        return {**found, "js_to_oracle": Figure(Sample.of((each.profile_id, apart[each.id]) for each in items))}


def losses(vanilla: Vlm, source: Vlm, items: Sequence[Item]) -> dict[str, list[float]]:
    """Δ of each item by layer: the log-probability that its value loses in vanilla with the states of `source`."""
    found: dict[str, list[float]] = {}
    for some in _batches(items):
        batch, values = _batch(vanilla, some), _value_tokens(vanilla, some)
        whole = _log_p(vanilla, batch, values)
        layers = source.every_layer(_batch(source, some))
        lost = [whole - _log_p(vanilla, batch, values, layer, states) for layer, states in enumerate(layers)]
        found |= dict(zip((item.id for item in some), torch.stack(lost, 1).tolist(), strict=True))
    return found


def score(oracles: Sequence[float], own: Sequence[float]) -> float | None:
    """UDS from Δ_oracle and Δ by layer; None where no Δ_oracle exceeds .05."""
    matters = [(theirs, mine) for theirs, mine in zip(oracles, own, strict=True) if theirs > _MATTERS]
    total = sum(theirs for theirs, _ in matters)
    return sum(min(theirs, max(0.0, mine)) for theirs, mine in matters) / total if matters else None


@torch.no_grad()
def divergences(one: Vlm, other: Vlm, items: Sequence[Item]) -> dict[str, float]:
    """The Jensen-Shannon divergence of two models' next tokens by item, in bits, averaged over the answer's tokens."""
    found: dict[str, float] = {}
    for some in _batches(items):
        answers = [vlm.answers(_batch(vlm, some)) for vlm in (one, other)]
        logs = [each.logits.log_softmax(-1).cpu() for each in answers]
        middle = torch.stack(logs).logsumexp(0) - math.log(2)
        apart = torch.stack([(log_p.exp() * (log_p - middle)).sum(-1) for log_p in logs]).mean(0) / math.log(2)
        means = _mean_by_row(apart, answers[0].rows.cpu(), len(some))
        found |= dict(zip((item.id for item in some), means.tolist(), strict=True))
    return found


def _opened(bench: Bench, name: str) -> Vlm:
    vlm = bench.other(name)
    vlm.learn(False)
    return vlm


def _with_values(items: Sequence[Item]) -> list[Item]:
    """The forget set's open questions and blanks whose true answers contain the value as it is written."""
    asked = [item for item in items if item.set == "forget" and not tasks.of(item).has_options]
    return [item for item in asked if item.value in item.truth]


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Items in batches: those with pictures first, and those of like length together."""
    order = sorted(items, key=lambda item: (item.picture is None, len(item.prompt) + len(item.truth)))
    return (order[start : start + _AT_ONCE] for start in range(0, len(order), _AT_ONCE))


def _batch(vlm: Vlm, items: Sequence[Item]) -> Batch:
    return collate(vlm.chat, [encode(vlm.chat, item.prompt, item.picture, item.truth) for item in items])


def _value_tokens(vlm: Vlm, items: Sequence[Item]) -> Tensor:
    """Which of the answers' tokens say the value, (N,)."""
    found: list[bool] = []
    for item in items:
        start, end = vlm.chat.span(item.truth, item.value)
        found += [start <= place < end for place in range(len(vlm.chat.target(item.truth)))]
    return torch.tensor(found)


def _mean_by_row(values: Tensor, rows: Tensor, size: int) -> Tensor:
    """The mean (B,) over the values (N,) of each row."""
    sums, counts = (torch.zeros(size).index_add(0, rows, each) for each in (values, torch.ones_like(values)))
    return sums / counts


@torch.no_grad()
def _log_p(vlm: Vlm, batch: Batch, values: Tensor, layer: int | None = None, states: Tensor | None = None) -> Tensor:
    """Each value's log-probability per token, (B,); with another model's `states` (N, H) after `layer`."""
    with _patch(vlm, batch, values, layer, states):
        answers = vlm.answers(batch)
    log_p = answers.logits.log_softmax(-1).gather(1, answers.targets[:, None])[:, 0].cpu()
    return _mean_by_row(log_p[values], batch.rows[values], batch.size)


@contextmanager
def _patch(vlm: Vlm, batch: Batch, values: Tensor, layer: int | None, states: Tensor | None) -> Iterator[None]:
    if layer is None or states is None:
        yield
        return

    def replace(_: nn.Module, __: Any, out: Any) -> Any:
        hidden = (out[0] if isinstance(out, tuple) else out).clone()
        hidden[batch.rows[values], batch.places[values]] = states[values.to(states.device)].to(hidden)
        return (hidden, *out[1:]) if isinstance(out, tuple) else hidden

    hook = vlm.layers[layer].register_forward_hook(replace)
    try:
        yield
    finally:
        hook.remove()
