"""Adds the figures of attacks to a model's scores: beside the oracle's, and in each draw of people."""

from collections.abc import Mapping, Sequence

from builder.baseline.attacks.base import Attack, Figure, Headline, OutcomeAttack, Target
from builder.baseline.metrics import samples
from builder.baseline.metrics.samples import People
from builder.baseline.metrics.summary import Beside, Measured, crowds_of, group_by_set
from builder.baseline.outcomes.records import Outcome, key

Figures = Mapping[str, Figure]
"""The figures of one attack on one model, by name."""


def headlines(attacks: Mapping[str, Attack]) -> dict[str, Headline]:
    """The figures that stand for these attacks, by their paths among a model's scores."""
    return {f"model/{name}": each for attack in attacks.values() for name, each in attack.headlines.items()}


def target_of(outcomes: Sequence[Outcome], beside: Beside) -> Target:
    """A model as an attack sees it."""
    untrained = {key(each): each for each in beside.untrained or () if not each.item.control and each.measured}
    return Target(group_by_set(outcomes, beside.gate), untrained)


def add_attacks(
    measured: Mapping[str, Measured],
    outcomes: Mapping[str, Sequence[Outcome]],
    beside: Beside,
    attacks: Mapping[str, Attack],
    stored: Mapping[str, Mapping[str, Figures]],
) -> None:
    """Add to the scores of one seed's models what the attacks find, or found: `stored` is by model and attack."""
    own: dict[str, dict[str, Mapping[str, float | None]]] = {}
    for name, found in measured.items():
        target, crowds = target_of(outcomes[name], beside), crowds_of(outcomes[name])
        own[name] = {}
        for label, attack in attacks.items():
            figures = attack.figures(target) if isinstance(attack, OutcomeAttack) else stored[name].get(label, {})
            own[name][label] = {each: figure.value for each, figure in figures.items()}
            for each, figure in figures.items():
                _add(found, f"model/{each}", figure, crowds)
    for name, found in measured.items():
        for label, attack in attacks.items() if "oracle" in own else ():
            further = attack.compared(own[name][label], own["oracle"][label])
            found.scores |= {f"model/{each}": value for each, value in further.items()}


def _add(found: Measured, path: str, figure: Figure, crowds: Mapping[str, People]) -> None:
    if figure.others is None:
        found.add(path, figure.values, crowds[figure.people])
        return
    found.scores[path] = figure.value
    if figure.values.values and figure.others.values:
        mine, others = crowds[figure.people], crowds[figure.other_people]
        found.draws[path] = samples.areas(figure.values, mine, figure.others, others)
