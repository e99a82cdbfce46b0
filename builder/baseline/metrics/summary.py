"""All scores of one model of one seed, from its outcomes and those of the models beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from builder.baseline.evaluation.asking import Outcome
from builder.baseline.gate import Gate
from builder.baseline.metrics.groups import (
    auc,
    harmonic_mean,
    joint,
    kolmogorov_smirnov,
    log10_p,
    mean,
    privacy_leakage,
)
from builder.baseline.metrics.items import METRICS, raw_truth_ratio, right, values_of
from builder.baseline.metrics.membership import key, membership
from builder.records import Modality

MODALITIES: tuple[Modality, ...] = ("image_text", "text")
Scores = dict[str, float | None]
"""Values by path: "forget/image_text/accuracy", "forget/joint/all_modal", "model/utility"."""

UTILITY_SETS = ("retain", "public_figures")
_FORGETTING = ("forget", "views", "test")


@dataclass(frozen=True)
class Beside:
    """The models of the same seed that a model is read beside; None where there is none."""

    oracle: Sequence[Outcome] | None = None
    untrained: Sequence[Outcome] | None = None
    gate: Gate | None = None


def scores(outcomes: Sequence[Outcome], beside: Beside) -> Scores:
    """Every score of a model. Items of facts that vanilla does not know are left out of the sets to be forgotten."""
    groups = grouped(outcomes, beside.gate)
    found: Scores = {}
    for name, members in groups.items():
        for modality in MODALITIES:
            part = [each for each in members if each.item.modality == modality]
            found.update({f"{name}/{modality}/{label}": value for label, value in item_means(part).items()})
        found.update({f"{name}/joint/{label}": value for label, value in _joint(members).items()})
    found["model/utility"] = utility(groups)
    found.update({f"model/{label}": value for label, value in _quality(groups, beside).items()})
    found.update({f"model/{label}": value for label, value in _membership(groups, beside).items()})
    return found


def grouped(outcomes: Iterable[Outcome], gate: Gate | None) -> dict[str, list[Outcome]]:
    """Outcomes by set, without items to be forgotten that the gate holds back, and without the gate's own."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        name = outcome.item.set
        if name == "known" or (gate and name in _FORGETTING and not gate.lets_through(outcome)):
            continue
        groups.setdefault(name, []).append(outcome)
    return groups


def item_means(outcomes: Sequence[Outcome]) -> Scores:
    """The mean of every item measure that applies to some of `outcomes`."""
    found: Scores = {}
    for name, metric in METRICS.items():
        if values := values_of(metric, outcomes):
            found[name] = mean(values)
    return found


def by_category(outcomes: Sequence[Outcome], gate: Gate | None, name: str = "forget") -> dict[str, dict[str, float]]:
    """Share of items right in each category of facts, by modality: what leaks."""
    found: dict[str, dict[str, list[float]]] = {}
    for outcome in grouped(outcomes, gate).get(name, []):
        item = outcome.item
        found.setdefault(item.category, {}).setdefault(item.modality, []).append(float(right(outcome)))
    return {
        category: {modality: sum(values) / len(values) for modality, values in sorted(parts.items())}
        for category, parts in sorted(found.items())
    }


def separating_power(vanilla: Sequence[Outcome], oracle: Sequence[Outcome], gate: Gate | None) -> Scores:
    """AUC of telling vanilla (knows) from the oracle (does not) by one item of the forget set: .5 tells nothing.

    The measures of ignorance (truth ratio) are turned round, so that above .5 always means that vanilla shows.
    """
    known, unknown = (grouped(each, gate).get("forget", []) for each in (vanilla, oracle))
    found: Scores = {}
    for name, metric in METRICS.items():
        one, other = values_of(metric, known), values_of(metric, unknown)
        found[name] = auc(other, one) if name == "truth_ratio" else auc(one, other)
    return found


def utility(groups: Mapping[str, Sequence[Outcome]]) -> float | None:
    """Harmonic mean over what is to be kept of probability, ROUGE-L and truth ratio (TOFU)."""
    values = [
        value
        for name in UTILITY_SETS
        if name in groups
        for label in ("probability", "rouge_l", "truth_preferred")
        if (value := item_means(groups[name]).get(label)) is not None
    ]
    return harmonic_mean(values)


def _joint(outcomes: Sequence[Outcome]) -> Scores:
    answers: dict[str, dict[tuple[str, str], bool]] = {modality: {} for modality in MODALITIES}
    for outcome in outcomes:
        pair = (outcome.item.profile_id, f"{outcome.item.fact}/{outcome.item.task}")
        answers[outcome.item.modality][pair] = right(outcome)
    found: Scores = dict(joint(answers["image_text"], answers["text"]))
    if found:
        shares = [mean([float(each) for each in answers[modality].values()]) or 0.0 for modality in MODALITIES]
        found["text_minus_image"] = shares[1] - shares[0]
    return found


def _quality(groups: Mapping[str, Sequence[Outcome]], beside: Beside) -> Scores:
    """Forget quality: the truth ratios of the forget set against the oracle's, by Kolmogorov and Smirnov."""
    if beside.oracle is None:
        return {}
    theirs = grouped(beside.oracle, beside.gate).get("forget", [])
    found = kolmogorov_smirnov(_ratios(groups.get("forget", [])), _ratios(theirs))
    if found is None:
        return {}
    return {"forget_quality_d": found[0], "forget_quality_p": found[1], "forget_quality_log10_p": log10_p(found[1])}


def _ratios(outcomes: Iterable[Outcome]) -> list[float]:
    return [raw_truth_ratio(each) for each in outcomes if each.item.task == "generation"]


def _membership(groups: Mapping[str, Sequence[Outcome]], beside: Beside) -> Scores:
    before = {key(each): each for each in beside.untrained or ()}
    members, others = (_stated(groups.get(name, [])) for name in ("forget", "holdout"))
    found = membership(members, others, before)
    if beside.oracle is not None:
        theirs = grouped(beside.oracle, beside.gate)
        oracle = membership(_stated(theirs.get("forget", [])), _stated(theirs.get("holdout", [])), {})
        ours, reference = found["mia_min_k"], oracle["mia_min_k"]
        if ours is not None and reference is not None:
            found["privacy_leakage"] = privacy_leakage(ours, reference)
    return found


def _stated(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.item.task != "classification"]
