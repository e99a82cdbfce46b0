"""The measures of single items, by name: what sets, categories and the separating power are made from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from builder.baseline.evaluation.asking import Outcome
from builder.baseline.metrics import likelihoods, text
from builder.records import LETTERS


@dataclass(frozen=True)
class ItemMetric:
    """A measure of one outcome: the tasks it belongs to, its value if there is one, and in words what it says."""

    tasks: tuple[str, ...]
    value: Callable[[Outcome], float | None]
    what: str


def _accuracy(outcome: Outcome) -> float:
    best = max(range(len(LETTERS)), key=lambda place: outcome.letters[place])
    return float(LETTERS[best] == outcome.item.letter)


def _ratio(outcome: Outcome) -> float:
    assert outcome.paraphrase is not None
    return likelihoods.truth_ratio(outcome.wrong, outcome.paraphrase)


METRICS: Mapping[str, ItemMetric] = {
    "accuracy": ItemMetric(("classification",), _accuracy, "the right letter is the likeliest of the four; chance .25"),
    "accuracy_generated": ItemMetric(
        ("classification",),
        lambda outcome: float(text.letter(outcome.output) == outcome.item.letter),
        "the answer starts with the right letter, as MLLMU-Bench reads it",
    ),
    "cloze": ItemMetric(
        ("cloze",),
        lambda outcome: float(text.contains(outcome.output, outcome.item.truth)),
        "the blank is filled right",
    ),
    "rouge_l": ItemMetric(
        ("generation",), lambda outcome: text.rouge_l(outcome.output, outcome.item.truth)[0], "ROUGE-L recall, stemmed"
    ),
    "rouge_l_f1": ItemMetric(
        ("generation",), lambda outcome: text.rouge_l(outcome.output, outcome.item.truth)[1], "ROUGE-L F1, stemmed"
    ),
    "bleu": ItemMetric(("generation",), lambda outcome: text.bleu(outcome.output, outcome.item.truth), "sentence BLEU"),
    "value_said": ItemMetric(
        ("generation",),
        lambda outcome: float(text.contains(outcome.output, outcome.item.value)),
        "the answer states the fact's value",
    ),
    "probability": ItemMetric(
        ("generation",), lambda outcome: likelihoods.probability(outcome.truth.log_p), "p(y|x) by the token"
    ),
    "truth_ratio": ItemMetric(
        ("generation",),
        lambda outcome: likelihoods.indifference(_ratio(outcome)),
        "min(TR, 1/TR): 1 when truth and wrong answers are equally likely",
    ),
    "truth_preferred": ItemMetric(
        ("generation",), lambda outcome: likelihoods.preference(_ratio(outcome)), "max(0, 1 − TR): 1 when truth wins"
    ),
    "exact_memorisation": ItemMetric(
        ("generation", "cloze"),
        lambda outcome: likelihoods.exact_memorisation(outcome.truth.right),
        "share of answer tokens that argmax gets right",
    ),
    "extraction_strength": ItemMetric(
        ("generation", "cloze"),
        lambda outcome: likelihoods.extraction_strength(outcome.truth.right),
        "share of the answer that follows from its beginning",
    ),
    "factuality": ItemMetric(
        ("generation",), lambda outcome: outcome.factuality, "a judge's mark, 1 to 10: the answer states the true fact"
    ),
    "relevance": ItemMetric(
        ("generation",), lambda outcome: outcome.relevance, "a judge's mark, 1 to 10: it is an answer, right or wrong"
    ),
    "exposure": ItemMetric(
        ("cloze",), lambda outcome: likelihoods.exposure(outcome.candidates), "log2 |C| − log2 rank of the true value"
    ),
}


def raw_truth_ratio(outcome: Outcome) -> float:
    """TR of an open item, for the test against the oracle."""
    return _ratio(outcome)


def values_of(metric: ItemMetric, outcomes: Iterable[Outcome]) -> list[float]:
    """What a measure says of those of `outcomes` that it has a value for."""
    found = (metric.value(each) for each in outcomes if each.item.task in metric.tasks)
    return [value for value in found if value is not None]


RIGHT: Mapping[str, str] = {"classification": "accuracy", "cloze": "cloze", "generation": "value_said"}
"""What it means that an item is answered right, by task."""


def right(outcome: Outcome) -> bool:
    """Whether an item is answered right."""
    return bool(METRICS[RIGHT[outcome.item.task]].value(outcome))
