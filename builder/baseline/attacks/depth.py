"""Depth: how deep inside a model a fact is forgotten, and how far the model's answers are from the oracle's.

Unlearning Depth Score (arXiv 2605.24614). In vanilla's pass over a true answer, the states after layer l at the places
that predict the value are replaced by another model's. Δ_l is the resulting loss in the value's log-probability, per
token. With the states of the unlearned model (Δ_l) and of the oracle (Δ_oracle,l),

    UDS = Σ_l Δ_oracle,l · min(1, max(0, Δ_l) / Δ_oracle,l) / Σ_l Δ_oracle,l     over the layers where Δ_oracle,l > .05,

so that the oracle scores 1 and vanilla 0. The attack also gives the Jensen-Shannon divergence, in bits, between the
next-token distributions of the model and the oracle, averaged over the answer's tokens.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from builder import tasks
from builder.baseline.attacks.base import Bench, Figure, ModelAttack, Target
from builder.baseline.attacks.success import MODALITIES, forgotten
from builder.baseline.metrics.samples import Sample
from builder.baseline.models.encoding import Batch, collate, encode
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.format.lacking import Need

_MATTERS = 0.05
"""Loss of log-probability from which on a layer counts."""


class Depth(ModelAttack):
    """UDS by modality, and the divergence of answers from the oracle's."""

    needs: ClassVar[tuple[Need, ...]] = ("values of open answers",)
    titles: ClassVar[Mapping[str, str]] = {
        "uds": "Depth: UDS (1: as deep as the oracle, 0: vanilla)",
        "js": "Divergence of answers from the oracle's, in bits",
    }

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """`uds_image`, `uds_text` and `js_to_oracle`, over open questions and blanks."""
        vanilla, oracle, mine = bench.other("vanilla"), bench.other("oracle"), bench.open()
        for vlm in (vanilla, oracle, mine):
            vlm.learn(False)
        items = [item for item in forgotten(target) if not tasks.of(item).has_options and item.value in item.truth]
        scores = {item.id: depth(vanilla, oracle, mine, item) for item in items}
        found = {
            f"uds_{name}": Figure(
                Sample.of((each.profile_id, scores[each.id]) for each in items if each.modality == key)
            )
            for key, name in MODALITIES.items()
        }
        apart = Sample.of((item.profile_id, divergence(mine, oracle, item)) for item in items)
        return {**found, "js_to_oracle": Figure(apart)}


def depth(vanilla: Vlm, oracle: Vlm, mine: Vlm, item: Item) -> float | None:
    """UDS of one item; None where no layer of the oracle matters."""
    batch = _batch(vanilla, item)
    where = _value_tokens(vanilla, item)
    whole = _log_p(vanilla, batch, where)
    lost = [
        [
            whole - _log_p(vanilla, batch, where, layer, states)
            for layer, states in enumerate(source.every_layer(_batch(source, item)))
        ]
        for source in (oracle, mine)
    ]
    return score(*lost)


def score(oracles: Sequence[float], own: Sequence[float]) -> float | None:
    """UDS from Δ_oracle and Δ by layer; None where no Δ_oracle exceeds .05."""
    matters = [(theirs, mine) for theirs, mine in zip(oracles, own, strict=True) if theirs > _MATTERS]
    total = sum(theirs for theirs, _ in matters)
    return sum(min(theirs, max(0.0, mine)) for theirs, mine in matters) / total if matters else None


@torch.no_grad()
def divergence(one: Vlm, other: Vlm, item: Item) -> float:
    """Jensen-Shannon divergence of two models' next tokens, in bits, the mean over the true answer's tokens."""
    logs = [vlm.answers(_batch(vlm, item)).logits.log_softmax(-1).cpu() for vlm in (one, other)]
    middle = torch.stack(logs).logsumexp(0) - torch.log(torch.tensor(2.0))
    apart = [(log_p.exp() * (log_p - middle)).sum(-1) for log_p in logs]
    return float(torch.stack(apart).mean() / torch.log(torch.tensor(2.0)))


def _batch(vlm: Vlm, item: Item) -> Batch:
    return collate(vlm.chat, [encode(vlm.chat, item.prompt, item.picture, item.truth)])


def _value_tokens(vlm: Vlm, item: Item) -> slice:
    """Where among the answer's tokens the value stands."""
    return slice(*vlm.chat.span(item.truth, item.value))


@torch.no_grad()
def _log_p(vlm: Vlm, batch: Batch, where: slice, layer: int | None = None, states: Tensor | None = None) -> float:
    """The value's log-probability per token; with another model's `states` (N, H) after `layer`."""
    with _patch(vlm, batch, where, layer, states):
        answers = vlm.answers(batch)
    log_p = answers.logits.log_softmax(-1).gather(1, answers.targets[:, None])[:, 0]
    return float(log_p[where].mean())


@contextmanager
def _patch(vlm: Vlm, batch: Batch, where: slice, layer: int | None, states: Tensor | None) -> Iterator[None]:
    if layer is None or states is None:
        yield
        return

    def replace(_: nn.Module, __: Any, out: Any) -> Any:
        hidden = (out[0] if isinstance(out, tuple) else out).clone()
        hidden[batch.rows[where], batch.places[where]] = states[where].to(hidden)
        return (hidden, *out[1:]) if isinstance(out, tuple) else hidden

    hook = vlm.layers[layer].register_forward_hook(replace)
    try:
        yield
    finally:
        hook.remove()
