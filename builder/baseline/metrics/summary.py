"""All scores of one model of one seed, from its outcomes and those of the seed's reference models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from builder import tasks
from builder.base.records import Modality
from builder.baseline.metrics import samples
from builder.baseline.metrics.binding import bound, control_samples, independent_samples, pair_with_controls
from builder.baseline.metrics.gate import Gate, make_gate
from builder.baseline.metrics.groups import auc, harmonic_mean, log10_p
from builder.baseline.metrics.item_metrics import WORDING, Scores, metrics, misstate, right, sample
from builder.baseline.metrics.known_before import PUBLIC_FIGURES, KnownBefore, known_before
from builder.baseline.metrics.quality import forget_quality, nearness
from builder.baseline.metrics.samples import Array, People, Sample
from builder.baseline.outcomes.records import Outcome

MODALITIES: tuple[Modality, ...] = ("image_text", "text")
UTILITY_SETS = ("retain", "retain_test", PUBLIC_FIGURES)
_TOFU_UTILITY = ("probability", "rouge_l", "truth_preferred")
FORGETTING = ("forget", "views", "test")
"""The sets of people to be forgotten."""


@dataclass(frozen=True)
class Beside:
    """The reference models of the same seed that a model is compared with; None for one that is missing."""

    oracle: Sequence[Outcome] | None = None
    untrained: Sequence[Outcome] | None = None
    gate: Gate | None = None
    known_before: KnownBefore | None = None
    vanilla: Sequence[Outcome] | None = None

    @classmethod
    def among(cls, models: Mapping[str, Sequence[Outcome]], threshold: float) -> "Beside":
        """The reference models of one seed, with the gates made from vanilla's and the untrained model's outcomes."""
        known = [each for each in models.get("vanilla", ()) if each.item.set == "known"]
        gate = make_gate(known, threshold) if known else None
        return cls(
            oracle=models.get("oracle"),
            untrained=models.get("untrained"),
            gate=gate,
            known_before=known_before(models.get("untrained", ())),
            vanilla=models.get("vanilla"),
        )


@dataclass
class Measured:
    """Scores by path, each with its value in every draw of people (see `samples`)."""

    scores: Scores = field(default_factory=dict)
    draws: dict[str, Array] = field(default_factory=dict)

    def add(self, path: str, value: Sample, people: People) -> None:
        """Add a score that is a mean over items."""
        self.scores[path] = value.mean
        self.draws[path] = people.means(value)


def judged_paths(paths: Iterable[str]) -> list[str]:
    """The paths of scores of right and wrong about the forget set, by which forgetting is judged."""
    measures = tasks.measures()
    return [path for path in paths if path.partition("/")[0] in FORGETTING and path.rpartition("/")[2] in measures]


def to_be_forgotten(outcome: Outcome) -> bool:
    """Whether an outcome is about the forget set, is not a control, and contains no NaN."""
    return outcome.item.set in FORGETTING and not outcome.item.control and outcome.measured


def scores(outcomes: Sequence[Outcome], beside: Beside) -> Scores:
    """Every score of a model. The forget sets leave out items whose facts vanilla does not know, and the public figures
    leave out items that the untrained model did not know.
    """
    return measure(outcomes, beside).scores


def measure(outcomes: Sequence[Outcome], beside: Beside) -> Measured:
    """Every score of a model, with its draws."""
    groups, others = group_by_set(outcomes, beside.gate), group_by_set(outcomes, beside.gate, controls=True)
    if beside.known_before:
        groups[PUBLIC_FIGURES] = [
            each for each in groups.get(PUBLIC_FIGURES, []) if beside.known_before.lets_through(each)
        ]
    crowds = crowds_of(outcomes)
    found = Measured()
    for name, members in groups.items():
        for modality in MODALITIES:
            part = [each for each in members if each.item.modality == modality]
            controls = [each for each in others.get(name, []) if each.item.modality == modality]
            values = item_samples(part) | control_samples(part, controls)
            if name == "forget":
                values |= independent_samples(part, controls)
            for label, value in values.items():
                found.add(f"{name}/{modality}/{label}", value, crowds[name])
        for label, value in _joint(members).items():
            found.add(f"{name}/joint/{label}", value, crowds[name])
    measures = list(tasks.measures())
    _add_utility(found, "model/utility", groups, crowds, measures)
    independent = {name: [each for each in members if each.item.independent] for name, members in groups.items()}
    if any(independent.values()):
        _add_utility(found, "model/utility_independent", independent, crowds, measures)
    _add_utility(found, "model/utility_tofu", groups, crowds, _TOFU_UTILITY)
    found.scores |= {f"model/{label}": value for label, value in _quality(groups, beside).items()}
    if (near := _nearness(groups, beside, crowds)) is not None:
        found.scores["model/nearness"], found.draws["model/nearness"] = near
    return found


def retrained(other: Sequence[Outcome], beside: Beside) -> tuple[float, float] | None:
    """Kolmogorov's D between another seed's oracle and this seed's, and its nearness: the effect of chance alone."""
    groups = group_by_set(other, beside.gate)
    d = _quality(groups, beside).get("forget_quality_d")
    near = _nearness(groups, beside, crowds_of(other))
    return (d, near[0]) if d is not None and near is not None else None


def crowds_of(outcomes: Iterable[Outcome]) -> dict[str, People]:
    """The people of each set, whether or not the model gave numbers, so that every model has the same draws."""
    found: dict[str, list[str]] = {}
    for each in outcomes:
        found.setdefault(each.item.set, []).append(each.item.profile_id)
    return samples.crowd(found)


def group_by_set(outcomes: Iterable[Outcome], gate: Gate | None, *, controls: bool = False) -> dict[str, list[Outcome]]:
    """Outcomes (or controls) by set, without the gate's own items and the forget items that the gate holds back.

    Outcomes with NaN are left out.
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


def item_samples(outcomes: Sequence[Outcome]) -> dict[str, Sample]:
    """The samples of every item measure that applies to some of `outcomes`."""
    found = {name: sample(metric, outcomes) for name, metric in metrics().items()}
    return {name: each for name, each in found.items() if each.values}


def by_category(
    outcomes: Sequence[Outcome], gate: Gate | None, name: str = "forget"
) -> dict[str, dict[str, tuple[float, int]]]:
    """Share of items right in each category of facts, by modality, and the number of items: what leaks."""
    found: dict[str, dict[str, list[float]]] = {}
    for outcome in group_by_set(outcomes, gate).get(name, []):
        item = outcome.item
        if not (item.is_judged and item.category):
            continue
        found.setdefault(item.category, {}).setdefault(item.modality, []).append(float(right(outcome)))
    return {
        category: {modality: (sum(values) / len(values), len(values)) for modality, values in sorted(parts.items())}
        for category, parts in sorted(found.items())
    }


def floor(outcomes: Sequence[Outcome]) -> Scores:
    """The score of an answer in the right form with a wrong value, by set, modality and measure of open answers."""
    found: Scores = {}
    for name, members in group_by_set(outcomes, None).items():
        for modality in MODALITIES:
            wrong = misstate(each for each in members if each.item.modality == modality)
            for label in ("value_said", "value_f1", *WORDING):
                value = sample(metrics()[label], wrong).mean
                if value is not None:
                    found[f"{name}/{modality}/{label}"] = value
    return found


def separating_power(vanilla: Sequence[Outcome], oracle: Sequence[Outcome], gate: Gate | None) -> Scores:
    """AUC of telling vanilla (knows) from the oracle (does not) by one item of the forget set; .5 is chance.

    Measures of ignorance (truth ratio) are inverted, so that above .5 always means that vanilla's knowledge shows.
    """
    known, unknown = (group_by_set(each, gate).get("forget", []) for each in (vanilla, oracle))
    known_bound, unknown_bound = (_bound(each, gate) for each in (vanilla, oracle))
    found: Scores = {f"{name}_binding": auc(known_bound[name], unknown_bound[name]) for name in tasks.measures()}
    for name, metric in metrics().items():
        one, other = sample(metric, known).values, sample(metric, unknown).values
        found[name] = auc(other, one) if name == "truth_ratio" else auc(one, other)
    return found


def _bound(outcomes: Sequence[Outcome], gate: Gate | None) -> dict[str, tuple[float, ...]]:
    """The binding of each forget item, by measure: right as asked minus right with another of the quartet put in."""
    mine, controls = (group_by_set(outcomes, gate, controls=each).get("forget", []) for each in (False, True))
    return {
        measure: bound(pair_with_controls((each for each in mine if each.item.task == task.name), controls)).values
        for measure, task in tasks.measures().items()
    }


def _add_utility(
    found: Measured,
    path: str,
    groups: Mapping[str, Sequence[Outcome]],
    crowds: Mapping[str, People],
    measures: Sequence[str],
) -> None:
    """Harmonic mean of `measures` over the sets to keep, each by set and modality, so that damage to any of them shows.

    TOFU's utility averages probability, ROUGE-L and truth ratio (Maini et al. 2024); a wrong value can win ROUGE-L.
    """
    values, draws = [], []
    for name in UTILITY_SETS:
        for modality in MODALITIES:
            members = [each for each in groups.get(name, []) if each.item.modality == modality]
            for label in measures:
                part = sample(metrics()[label], members)
                if part.mean is not None:
                    values.append(part.mean)
                    draws.append(crowds[name].means(part))
    found.scores[path] = harmonic_mean(values)
    if draws:
        found.draws[path] = samples.harmonic(draws)


def _joint(outcomes: Sequence[Outcome]) -> dict[str, Sample]:
    """For facts asked in both modalities: right in both, in only one, in neither; and how much more in text."""
    answers: dict[str, dict[tuple[str, str], bool]] = {modality: {} for modality in MODALITIES}
    for outcome in outcomes:
        if not outcome.item.is_judged:
            continue
        pair = (outcome.item.profile_id, f"{outcome.item.fact}/{outcome.item.task}")
        answers[outcome.item.modality][pair] = right(outcome)
    image, text = (answers[modality] for modality in MODALITIES)
    both = sorted(image.keys() & text.keys())
    if not both:
        return {}
    said = [(person, image[person, fact], text[person, fact]) for person, fact in both]
    return {
        "all_modal": Sample.of((person, float(one and other)) for person, one, other in said),
        "image_only": Sample.of((person, float(one and not other)) for person, one, other in said),
        "text_only": Sample.of((person, float(other and not one)) for person, one, other in said),
        "no_modal": Sample.of((person, float(not one and not other)) for person, one, other in said),
        "text_minus_image": Sample.of((person, float(other) - float(one)) for person, one, other in said),
    }


def _nearness(
    groups: Mapping[str, Sequence[Outcome]], beside: Beside, crowds: Mapping[str, People]
) -> tuple[float, Array] | None:
    """Whether the forget set's truth ratios are nearer to the oracle's or to vanilla's; None if either is missing."""
    if beside.oracle is None or beside.vanilla is None or "forget" not in groups:
        return None
    oracle, vanilla = (group_by_set(each, beside.gate).get("forget", []) for each in (beside.oracle, beside.vanilla))
    return nearness(groups["forget"], oracle, vanilla, crowds["forget"])


def _quality(groups: Mapping[str, Sequence[Outcome]], beside: Beside) -> Scores:
    """Forget quality: the truth ratios of the forget set against the oracle's."""
    if beside.oracle is None:
        return {}
    theirs = group_by_set(beside.oracle, beside.gate).get("forget", [])
    found = forget_quality(groups.get("forget", []), theirs)
    if found is None:
        return {}
    return {
        "forget_quality_d": found.d,
        "forget_quality_p": found.p,
        "forget_quality_log10_p": log10_p(found.p),
        "forget_quality_p_tofu": found.p_tofu,
    }
