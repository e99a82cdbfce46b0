"""Does a score depend on the person? Compares items with their controls.

Binding is the accuracy on the items that have a control minus the accuracy when another of the quartet is put in. It is
1 for a model that tells the four apart and 0 for one that goes by strings, whatever its accuracy.
"""

from collections.abc import Iterable, Mapping, Sequence

from builder import tasks
from builder.baseline.metrics.item_metrics import follows, right, rights
from builder.baseline.metrics.samples import Sample
from builder.baseline.outcomes.records import CONTROLS, Outcome, key

SWAP = CONTROLS[0]
"""The control that binding is measured by."""
_CLAIM = 0.1
"""A score that is less than so much better than guessing claims no knowledge."""


def control_samples(outcomes: Sequence[Outcome], controls: Sequence[Outcome]) -> dict[str, Sample]:
    """For each measure of right and wrong: the share right under each control (`_swap_four` and so on), the share right
    of the items that have the first control (`_paired`), `_binding` and `_follows`."""
    found: dict[str, Sample] = {}
    for measure, task in tasks.measures().items():
        mine = [each for each in controls if each.item.task == task.name]
        for control in CONTROLS:
            found[f"{measure}_{control}"] = rights(each for each in mine if each.item.control == control)
        pairs = pair_with_controls([each for each in outcomes if each.item.task == task.name], mine)
        found[f"{measure}_paired"] = rights(one for one, _ in pairs)
        found[f"{measure}_binding"] = bound(pairs)
        swapped = [each for each in mine if each.item.control == SWAP]
        said = ((each.item.profile_id, follows(each)) for each in swapped)
        found[f"{measure}_follows"] = Sample.of((one, None if told is None else float(told)) for one, told in said)
    return {name: each for name, each in found.items() if each.values}


def independent_samples(outcomes: Sequence[Outcome], controls: Sequence[Outcome]) -> dict[str, Sample]:
    """The measures of right and wrong, and their bindings, over facts that no other fact of the person implies."""
    found: dict[str, Sample] = {}
    for measure, task in tasks.measures().items():
        mine = [each for each in outcomes if each.item.task == task.name and each.item.independent]
        found[f"{measure}_independent"] = rights(mine)
        found[f"{measure}_binding_independent"] = bound(pair_with_controls(mine, controls))
    return {name: each for name, each in found.items() if each.values}


def pair_with_controls(outcomes: Iterable[Outcome], controls: Iterable[Outcome]) -> list[tuple[Outcome, Outcome]]:
    """Each item that has the control, paired with it."""
    swapped = {key(each): each for each in controls if each.item.control == SWAP}
    return [(each, swapped[key(each)]) for each in outcomes if key(each) in swapped]


def bound(pairs: Iterable[tuple[Outcome, Outcome]]) -> Sample:
    """For each pair: 1 if only the item is right, -1 if only the control is right, else 0."""
    judged = ((one, other) for one, other in pairs if one.item.is_judged)
    return Sample.of((one.item.profile_id, float(right(one)) - float(right(other))) for one, other in judged)


def unbound(scores: Mapping[str, float | None]) -> dict[str, tuple[float, float]]:
    """The scores that mostly do not depend on the person, by path, each with its value when another person is put in.

    A score claims what it has above guessing. A model that knows a share of the people gains at least as much binding
    as claim. If the binding is less than half of the claim, most of the claim comes from elsewhere.
    """
    found, known = {}, tasks.measures()
    for path, binding in scores.items():
        head, _, name = path.rpartition("/")
        measure = name.removesuffix("_binding")
        if binding is None or measure not in known or name == measure:
            continue
        share, swapped = scores[f"{head}/{measure}_paired"] or 0.0, scores[f"{head}/{measure}_{SWAP}"] or 0.0
        claim = share - known[measure].guessed
        if claim > _CLAIM and binding < claim / 2:
            found[f"{head}/{measure}"] = (share, swapped)
    return found
