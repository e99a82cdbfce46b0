"""Prompts as a tree: what several questions share is computed once, and its keys and values serve them all.

An image's prefix is a root; the questions about it branch off it; the answers branch off a question. New tokens are
padded on the left, so that every branch of a level ends in the same column; the mask and the position ids make the
padding invisible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from builder.baseline.encoding import Row, collate
from builder.baseline.models.vlm import Vlm


@dataclass(frozen=True)
class Branches:
    """B prefixes: their keys and values, which columns are no padding (B, S), how many tokens each has (B,), and the
    state after the last one (B, H)."""

    cache: DynamicCache
    mask: Tensor
    length: Tensor
    last: Tensor


@torch.no_grad()
def roots(vlm: Vlm, rows: Sequence[Row]) -> Branches:
    """The prompts of `rows`, images in place, as branches of their own."""
    batch = collate(vlm.chat, rows, left=True).to(vlm.device, vlm.dtype)
    cache = DynamicCache()
    out = vlm.body(
        batch.pictures,
        input_ids=batch.ids,
        attention_mask=batch.mask,
        past_key_values=cache,
        use_cache=True,
        **vlm.positions(batch.positions),
        **batch.inputs,
    )
    return Branches(out.past_key_values, batch.mask, batch.mask.sum(1), out.last_hidden_state[:, -1])


@torch.no_grad()
def extend(
    vlm: Vlm, branches: Branches, tokens: Sequence[Sequence[int]], parents: Sequence[int] | None = None
) -> tuple[Branches, Tensor]:
    """Branches that go on with `tokens`, each from one of `parents` (or each from its own), and their states.

    The states (B, T, H) are padded on the left as the tokens are. Without `parents` the old branches are used up.
    """
    longest = max(map(len, tokens))
    ids = torch.full((len(tokens), longest), vlm.chat.padding)
    fresh = torch.zeros((len(tokens), longest), dtype=torch.long)
    for number, each in enumerate(tokens):
        ids[number, longest - len(each) :] = torch.tensor(list(each))
        fresh[number, longest - len(each) :] = 1
    ids, fresh = ids.to(vlm.device), fresh.to(vlm.device)
    start = branches if parents is None else _select(branches, torch.tensor(parents, device=vlm.device))
    mask = torch.cat([start.mask, fresh], 1)
    positions = (start.length[:, None] + fresh.cumsum(1) - 1).clamp(min=0)
    out = vlm.body(
        input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=start.cache, use_cache=True
    )
    states: Tensor = out.last_hidden_state
    return Branches(out.past_key_values, mask, start.length + fresh.sum(1), states[:, -1]), states


@torch.no_grad()
def follow(vlm: Vlm, branches: Branches, limit: int) -> list[list[int]]:
    """Greedy answers, at most `limit` tokens each, without the end token."""
    found: list[list[int]] = [[] for _ in range(len(branches.length))]
    alive = list(range(len(found)))
    for number in range(limit):
        tokens = vlm.head(branches.last).argmax(-1).tolist()
        going = [place for place, token in enumerate(tokens) if token != vlm.chat.end]
        for place in going:
            found[alive[place]].append(tokens[place])
        if not going or number + 1 == limit:
            break
        # Finished answers leave the batch.
        parents = going if len(going) < len(tokens) else None
        alive = [alive[place] for place in going]
        branches, _ = extend(vlm, branches, [[tokens[place]] for place in going], parents)
    return found


def _select(branches: Branches, places: Tensor) -> Branches:
    cache = DynamicCache()
    layers: Sequence[Any] = branches.cache.layers
    for number, layer in enumerate(layers):
        cache.update(layer.keys.index_select(0, places), layer.values.index_select(0, places), number)
    return Branches(cache, branches.mask[places], branches.length[places], branches.last[places])
