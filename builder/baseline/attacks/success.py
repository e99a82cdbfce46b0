"""What attacks share: the questions that they ask again, and comparisons with the answers before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from builder.baseline.attacks.base import Target
from builder.baseline.metrics.item_metrics import right
from builder.baseline.metrics.samples import Sample
from builder.baseline.outcomes.records import Item, Outcome

MODALITIES = {"image_text": "image", "text": "text"}
"""What figures call each modality."""


def forgotten(target: Target) -> list[Item]:
    """The forget set's questions about facts that vanilla knew."""
    return [outcome.item for outcome in target.outcomes.get("forget", ())]


def gain(target: Target, after: Sequence[Outcome]) -> Sample:
    """The gain in right answers after an attack, item by item."""
    before = {outcome.item.id: right(outcome) for outcome in target.outcomes.get("forget", ())}
    return Sample.of(
        (each.item.profile_id, float(right(each)) - float(before[each.item.id]))
        for each in after
        if each.measured and each.item.is_judged
    )


def any_right(variants: Mapping[str, Sequence[Outcome]]) -> Sample:
    """1 for each item that is right in at least one variant: the success of as many tries as there are variants."""
    won: dict[tuple[str, str], bool] = {}
    for outcomes in variants.values():
        for each in (outcome for outcome in outcomes if outcome.item.is_judged):
            place = (each.item.profile_id, each.item.id)
            won[place] = won.get(place, False) or (each.measured and right(each))
    return Sample.of((person, float(success)) for (person, _), success in won.items())


def likeness(one: float, other: float) -> float:
    """1 − |a − b| / (|a| + |b|): 1 for equal figures, two zeros among them (Dorna et al. 2025, arXiv 2506.12618)."""
    total = abs(one) + abs(other)
    return 1 - abs(one - other) / total if total else 1.0


def put(item: Item, prompt: str | None = None, picture: str | None = None) -> Item:
    """The same item, asked in other words or beside another picture."""
    return replace(item, prompt=prompt or item.prompt, picture=picture or item.picture)
