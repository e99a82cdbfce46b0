"""Does the embedded model's vision tower tell the people of a release apart, and can it learn to?

The bundled tower knows drawn people. For other portraits it is adapted first, by a contrast between two train views of
each retain person, so that nobody in the forget set shapes it.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from builder.base import randomness
from builder.baseline.models import tower
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import TRAINED_VIEWS, portraits
from builder.format.reading import Person

_PEOPLE = 32
"""People in each step of adapting."""
_STEPS = 300
_LR = 3e-4


def told_apart(vlm: Vlm, people: Sequence[Person]) -> dict[str, float]:
    """Share of people whose train view, and whose test view, is nearest to their own reference portrait."""
    found = {}
    for view in ("train", "test"):
        seen = [person for person in people if portraits(person, "reference") and portraits(person, view)]
        if len(seen) > 1:
            one, other = (
                _embed(vlm, [portraits(person, each)[0].id for person in seen]) for each in ("reference", view)
            )
            found[view] = tower.telling_apart(one, other)
    return found


def adapt(vlm: Vlm, people: Sequence[Person], seed: int, steps: int = _STEPS) -> dict[str, Tensor]:
    """Train the tower on the reference and train views of `people`, freeze it again, and return its weights."""
    seen: Any = vlm.model.model.vision_tower
    views = [[each.id for each in portraits(person, *TRAINED_VIEWS)] for person in people]
    views = [names for names in views if len(names) > 1]
    seen.requires_grad_(True)
    optimiser = torch.optim.AdamW(seen.parameters(), lr=_LR, weight_decay=0.05, fused=True)
    stream = randomness.stream(seed, "vision tower")
    for _ in range(steps if len(views) > 1 else 0):
        chosen = stream.sample(views, min(_PEOPLE, len(views)))
        pairs = [stream.sample(names, 2) for names in chosen]
        one, other = (tower.embed(seen, _pixels(vlm, [pair[place] for pair in pairs])) for place in (0, 1))
        loss = tower.contrast(one, other)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(seen.parameters(), 1.0)
        optimiser.step()
    seen.requires_grad_(False)
    return {name: value.clone() for name, value in seen.state_dict().items()}


@torch.no_grad()
def _embed(vlm: Vlm, names: Sequence[str]) -> Tensor:
    parts = [_pixels(vlm, names[start : start + 64]) for start in range(0, len(names), 64)]
    return torch.cat([tower.embed(vlm.model.model.vision_tower, part) for part in parts])


def _pixels(vlm: Vlm, names: Sequence[str]) -> Tensor:
    return torch.cat([vlm.chat.picture(name).inputs["pixel_values"] for name in names]).to(vlm.device)
