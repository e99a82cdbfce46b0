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
from torch.nn.functional import pad
from transformers import DynamicCache

from builder.baseline.models.encoding import Row, collate
from builder.baseline.models.vlm import Vlm


@dataclass(frozen=True)
class Branches:
    """B prefixes: their keys and values, which columns are no padding (B, S), the position of the token that comes next
    (B,), and the state after the last one (B, H)."""

    cache: DynamicCache
    mask: Tensor
    next: Tensor
    last: Tensor


@torch.no_grad()
def roots(vlm: Vlm, rows: Sequence[Row]) -> Branches:
    """The prompts of `rows`, images in place, as branches of their own."""
    batch = collate(vlm.chat, rows, left=True).to(vlm.device, vlm.dtype)
    cache, positions = DynamicCache(), vlm.positions(batch)
    out = vlm.body(
        batch.pictures,
        input_ids=batch.ids,
        attention_mask=batch.mask,
        past_key_values=cache,
        use_cache=True,
        position_ids=positions,
        **batch.inputs,
    )
    return Branches(out.past_key_values, batch.mask, _after(positions, batch.mask), out.last_hidden_state[:, -1])


def _after(positions: Tensor, mask: Tensor) -> Tensor:
    """The position after the last of each row, (B,)."""
    furthest = positions.reshape(-1, *mask.shape).amax(0)
    return furthest.masked_fill(mask == 0, -1).amax(1) + 1


@torch.no_grad()
def extend(
    vlm: Vlm, branches: Branches, tokens: Sequence[Sequence[int]], parents: Sequence[int] | None = None
) -> Branches:
    """Branches that go on with `tokens`, each from one of `parents`. Without those each is its own, and used up."""
    ids, fresh = _pad(vlm, tokens, left=True)
    start = branches if parents is None else select(branches, parents)
    out, mask = _go_on(vlm, start, ids, fresh)
    return Branches(out.past_key_values, mask, start.next + fresh.sum(1), out.last_hidden_state[:, -1])


@torch.no_grad()
def states_after(vlm: Vlm, branches: Branches, tokens: Sequence[Sequence[int]], parents: Sequence[int]) -> list[Tensor]:
    """The states after each of `tokens`, which go on from `parents`, one (T, H) each."""
    # Padded on the right, where nothing is to come: no gap stands between a question and its answer.
    ids, fresh = _pad(vlm, tokens, left=False)
    states = _go_on(vlm, select(branches, parents), ids, fresh)[0].last_hidden_state
    return [states[row, : len(each)] for row, each in enumerate(tokens)]


def _pad(vlm: Vlm, tokens: Sequence[Sequence[int]], *, left: bool) -> tuple[Tensor, Tensor]:
    """Token ids (B, T), and which of them are no padding."""
    longest = max(map(len, tokens))
    ids = torch.full((len(tokens), longest), vlm.chat.padding)
    fresh = torch.zeros_like(ids)
    for number, each in enumerate(tokens):
        start = longest - len(each) if left else 0
        ids[number, start : start + len(each)] = torch.tensor(list(each))
        fresh[number, start : start + len(each)] = 1
    return ids.to(vlm.device), fresh.to(vlm.device)


def _go_on(vlm: Vlm, start: Branches, ids: Tensor, fresh: Tensor) -> tuple[Any, Tensor]:
    """What the model makes of further tokens, and which columns are no padding by then."""
    mask = torch.cat([start.mask, fresh], 1)
    positions = (start.next[:, None] + fresh.cumsum(1) - 1).clamp(min=0)
    out = vlm.body(
        input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=start.cache, use_cache=True
    )
    return out, mask


def join(parts: Sequence[Branches]) -> Branches:
    """Branches of several batches side by side, padded on the left."""
    width = max(part.mask.shape[1] for part in parts)
    lacks = [width - part.mask.shape[1] for part in parts]

    def beside(pieces: Sequence[Tensor]) -> Tensor:
        return torch.cat([pad(piece, (0, 0, lack, 0)) for piece, lack in zip(pieces, lacks, strict=True)])

    cache = DynamicCache()
    for number in range(len(parts[0].cache.layers)):
        layers: Sequence[Any] = [part.cache.layers[number] for part in parts]
        cache.update(beside([each.keys for each in layers]), beside([each.values for each in layers]), number)
    mask = torch.cat([pad(part.mask, (lack, 0)) for part, lack in zip(parts, lacks, strict=True)])
    return Branches(cache, mask, torch.cat([part.next for part in parts]), torch.cat([part.last for part in parts]))


def select(branches: Branches, chosen: Sequence[int]) -> Branches:
    """Some of the branches, any of them several times."""
    places = torch.tensor(chosen, device=branches.mask.device)
    cache = DynamicCache()
    layers: Sequence[Any] = branches.cache.layers
    for number, layer in enumerate(layers):
        where = places.to(layer.keys.device)  # layers may lie on several devices
        cache.update(layer.keys.index_select(0, where), layer.values.index_select(0, where), number)
    return Branches(cache, branches.mask[places], branches.next[places], branches.last[places])
