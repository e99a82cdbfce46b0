"""The measures of single items, by name: what sets, categories and the separating power are made from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.base.records import LETTERS
from builder.baseline.metrics import likelihoods, text
from builder.baseline.metrics.samples import Sample
from builder.baseline.outcomes.records import Item, Outcome

Scores = dict[str, float | None]
"""Values by path: "forget/image_text/accuracy", "forget/joint/all_modal", "model/utility"."""


@dataclass(frozen=True)
class ItemMetric:
    """A measure of one outcome: the tasks it belongs to, its value if there is one, and in words what it says."""

    tasks: tuple[str, ...]
    value: Callable[[Outcome], float | None]
    what: str


Measure = Callable[[str, str], float]
"""What an answer is worth beside a reference."""


def chosen(outcome: Outcome) -> str:
    """The letter of the option whose text is the likeliest answer to a multiple choice."""
    return _likeliest(outcome.options)


def _likeliest(log_p: Sequence[float]) -> str:
    return LETTERS[max(range(len(LETTERS)), key=lambda place: log_p[place])]


def _accuracy(outcome: Outcome) -> float:
    return float(chosen(outcome) == outcome.item.letter)


def _ratio(outcome: Outcome) -> float:
    assert outcome.paraphrase is not None
    return likelihoods.truth_ratio(outcome.wrong, outcome.paraphrase)


def _likest(measure: Measure, outcome: Outcome, references: Sequence[str]) -> float | None:
    """The best a measure says of the answer against any of the references; None without one."""
    return max((measure(outcome.output, each) for each in references), default=None)


def _references(item: Item) -> Mapping[str, tuple[str, ...]]:
    """What an open answer's wording is compared with, by what is added to a measure's name."""
    return {
        "": (item.truth,),
        "_trained": item.trained,
        "_held_out": item.held_out,
        "_max": (item.truth, *item.trained, *item.held_out),
    }


_REFERENCES = {
    "": "",
    "_trained": ", best of the trained wordings",
    "_held_out": ", best of the held-out wordings",
    "_max": ", best of all wordings",
}


def _wording(name: str, measure: Measure, what: str) -> dict[str, ItemMetric]:
    """A measure of wording against each kind of reference."""

    def against(ending: str) -> Callable[[Outcome], float | None]:
        return lambda outcome: _likest(measure, outcome, _references(outcome.item)[ending])

    return {
        f"{name}{ending}": ItemMetric(("generation",), against(ending), what + words)
        for ending, words in _REFERENCES.items()
    }


def _value_f1(outcome: Outcome) -> float:
    item = outcome.item
    frames = [text.without(each, item.value) for each in (item.truth, *item.trained, *item.held_out)]
    forms = (item.prompt, *frames, *item.misstated, *item.wrong)
    return text.value_f1(outcome.output, item.value, item.others, forms)


_WORDINGS: Mapping[str, ItemMetric] = {
    **_wording("rouge_l", lambda said, truth: text.rouge_l(said, truth)[0], "ROUGE-L recall, stemmed"),
    **_wording("rouge_l_f1", lambda said, truth: text.rouge_l(said, truth)[1], "ROUGE-L F1, stemmed"),
    **_wording("bleu", text.bleu, "sentence BLEU"),
}

METRICS: Mapping[str, ItemMetric] = {
    "accuracy": ItemMetric(("classification",), _accuracy, "the right option is the likeliest of the four; chance .25"),
    "accuracy_letter": ItemMetric(
        ("classification",),
        lambda outcome: float(_likeliest(outcome.letters) == outcome.item.letter) if outcome.letters else None,
        "the right letter is the likeliest of the four; chance .25",
    ),
    "accuracy_generated": ItemMetric(
        ("classification",),
        lambda outcome: float(text.letter(outcome.output) == outcome.item.letter),
        "the answer starts with the right letter, as MLLMU-Bench reads it",
    ),
    "cloze": ItemMetric(
        ("cloze",),
        lambda outcome: float(text.states(outcome.output, outcome.item.truth, outcome.item.others)),
        "the text in the blank states the truth",
    ),
    "value_said": ItemMetric(
        ("generation",),
        lambda outcome: float(text.states(outcome.output, outcome.item.value, outcome.item.others)),
        "the answer states the fact's value",
    ),
    "value_f1": ItemMetric(("generation",), _value_f1, "how much of the value the answer states, in any wording"),
    **_WORDINGS,
    "probability": ItemMetric(
        ("generation",), lambda outcome: likelihoods.probability(outcome.truth.log_p), "p(y|x) per token"
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
    "refused": ItemMetric(
        ("generation",), lambda outcome: float(text.refuses(outcome.output)), "the answer is a refusal, or says nothing"
    ),
    "fluency": ItemMetric(
        ("generation",),
        lambda outcome: outcome.fluency,
        "probability per token that the untrained model gives to the answer; 0 for an empty one",
    ),
    "repetition": ItemMetric(
        ("generation",), lambda outcome: text.repetition(outcome.output), "share of the answer that repeats itself"
    ),
    "factuality": ItemMetric(
        ("generation",),
        lambda outcome: outcome.factuality,
        "a judge's rating, 1 to 10: the answer states the true fact",
    ),
    "relevance": ItemMetric(
        ("generation",), lambda outcome: outcome.relevance, "a judge's rating, 1 to 10: it is an answer, right or wrong"
    ),
    "exposure": ItemMetric(
        ("cloze",), lambda outcome: likelihoods.exposure(outcome.candidates), "log2 |C| − log2 rank of the true value"
    ),
}


def raw_truth_ratio(outcome: Outcome) -> float:
    """TR of an open item, for the test against the oracle."""
    return _ratio(outcome)


def sample(metric: ItemMetric, outcomes: Iterable[Outcome]) -> Sample:
    """What a measure says of those of `outcomes` that it has a value for; NaN is none."""
    return Sample.of((each.item.profile_id, metric.value(each)) for each in outcomes if each.item.task in metric.tasks)


def rights(outcomes: Iterable[Outcome]) -> Sample:
    """1 for each item that is answered right, else 0."""
    return Sample.of((each.item.profile_id, float(right(each))) for each in outcomes)


RIGHT: Mapping[str, str] = {"classification": "accuracy", "cloze": "cloze", "generation": "value_said"}
"""What it means that an item is answered right, by task: the measures that controls are made for."""
GUESSED: Mapping[str, float] = {"accuracy": 1 / len(LETTERS), "cloze": 0.0, "value_said": 0.0}
"""What guessing scores."""
WORDING = tuple(_WORDINGS)
"""The measures that a right form with a wrong value can win."""


def right(outcome: Outcome) -> bool:
    """Whether an item is answered right."""
    return bool(METRICS[RIGHT[outcome.item.task]].value(outcome))


def follows(outcome: Outcome) -> bool | None:
    """Whether the answer is what is true of whoever was put in; None where that cannot be said."""
    item = outcome.item
    if item.task == "classification":
        return chosen(outcome) == item.other_letter if item.other_letter else None
    others = (item.value, *item.others)
    return text.states(outcome.output, item.other_value, others) if item.other_value else None


def misstated(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Open answers as they would be with a right form and a wrong value, one for each wrong answer there is."""
    return [replace(each, output=wrong) for each in outcomes for wrong in each.item.misstated]
