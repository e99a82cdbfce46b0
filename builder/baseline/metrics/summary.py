"""All scores of one model of one seed, from its outcomes and those of the models beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from builder.baseline.evaluation.asking import Outcome
from builder.baseline.gate import Gate
from builder.baseline.metrics.binding import bound, control_scores, independent_scores, paired
from builder.baseline.metrics.groups import (
    auc,
    harmonic_mean,
    joint,
    kolmogorov_smirnov,
    log10_p,
    mean,
    privacy_leakage,
)
from builder.baseline.metrics.items import (
    METRICS,
    RIGHT,
    WORDING,
    Scores,
    misstated,
    raw_truth_ratio,
    right,
    values_of,
)
from builder.baseline.metrics.membership import key, membership
from builder.records import Modality

MODALITIES: tuple[Modality, ...] = ("image_text", "text")
UTILITY_SETS = ("retain", "public_figures")
_UTILITY = tuple(RIGHT.values())
_TOFU_UTILITY = ("probability", "rouge_l", "truth_preferred")
FORGETTING = ("forget", "views", "test")


@dataclass(frozen=True)
class Beside:
    """The models of the same seed that a model is read beside; None where there is none."""

    oracle: Sequence[Outcome] | None = None
    untrained: Sequence[Outcome] | None = None
    gate: Gate | None = None


def scores(outcomes: Sequence[Outcome], beside: Beside) -> Scores:
    """Every score of a model. Items of facts that vanilla does not know are left out of the sets to be forgotten."""
    groups, others = grouped(outcomes, beside.gate), grouped(outcomes, beside.gate, controls=True)
    found: Scores = {}
    for name, members in groups.items():
        for modality in MODALITIES:
            part = [each for each in members if each.item.modality == modality]
            controls = [each for each in others.get(name, []) if each.item.modality == modality]
            values = item_means(part) | control_scores(part, controls)
            if name == "forget":
                values |= independent_scores(part, controls)
            found.update({f"{name}/{modality}/{label}": value for label, value in values.items()})
        found.update({f"{name}/joint/{label}": value for label, value in _joint(members).items()})
    found["model/utility"] = utility(groups)
    found["model/utility_independent"] = utility({name: _independent(members) for name, members in groups.items()})
    found["model/utility_tofu"] = utility(groups, _TOFU_UTILITY)
    found.update({f"model/{label}": value for label, value in _quality(groups, beside).items()})
    found.update({f"model/{label}": value for label, value in _membership(groups, beside).items()})
    return found


def grouped(outcomes: Iterable[Outcome], gate: Gate | None, *, controls: bool = False) -> dict[str, list[Outcome]]:
    """Outcomes by set, or their controls, without items to be forgotten that the gate holds back and the gate's own.

    An outcome that is no number stands nowhere.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        name = outcome.item.set
        if name == "known" or bool(outcome.item.control) != controls or not outcome.measured:
            continue
        if gate and name in FORGETTING and not gate.lets_through(outcome):
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


def floor(outcomes: Sequence[Outcome]) -> Scores:
    """What a right form with a wrong value scores, by set, modality and measure of open answers."""
    found: Scores = {}
    for name, members in grouped(outcomes, None).items():
        for modality in MODALITIES:
            wrong = misstated(each for each in members if each.item.modality == modality)
            for label in ("value_said", "value_f1", *WORDING):
                if values := values_of(METRICS[label], wrong):
                    found[f"{name}/{modality}/{label}"] = mean(values)
    return found


def separating_power(vanilla: Sequence[Outcome], oracle: Sequence[Outcome], gate: Gate | None) -> Scores:
    """AUC of telling vanilla (knows) from the oracle (does not) by one item of the forget set: .5 tells nothing.

    The measures of ignorance (truth ratio) are turned round, so that above .5 always means that vanilla shows.
    """
    known, unknown = (grouped(each, gate).get("forget", []) for each in (vanilla, oracle))
    known_bound, unknown_bound = (_bound(each, gate) for each in (vanilla, oracle))
    found: Scores = {f"{name}_binding": auc(known_bound[name], unknown_bound[name]) for name in _UTILITY}
    for name, metric in METRICS.items():
        one, other = values_of(metric, known), values_of(metric, unknown)
        found[name] = auc(other, one) if name == "truth_ratio" else auc(one, other)
    return found


def _bound(outcomes: Sequence[Outcome], gate: Gate | None) -> dict[str, list[float]]:
    """What binds of each forget item, by measure: right as it is less right when another of the four is put in."""
    mine, controls = (grouped(outcomes, gate, controls=each).get("forget", []) for each in (False, True))
    return {
        measure: bound(paired((each for each in mine if each.item.task == task), controls))
        for task, measure in RIGHT.items()
    }


def utility(groups: Mapping[str, Sequence[Outcome]], measures: Sequence[str] = _UTILITY) -> float | None:
    """Harmonic mean of `measures` over what is to be kept: of the share of choices, blanks and values that are right.

    TOFU's is that of probability, ROUGE-L and truth ratio (Maini et al. 2024), of which a wrong value wins the second.
    """
    values = [
        value
        for name in UTILITY_SETS
        if name in groups
        for label in measures
        if (value := mean(values_of(METRICS[label], groups[name]))) is not None
    ]
    return harmonic_mean(values)


def _independent(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.item.independent]


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
    before = {key(each): each for each in beside.untrained or () if not each.item.control and each.measured}
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
