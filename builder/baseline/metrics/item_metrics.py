"""The measures of single items, by name. Scores of sets and categories and the separating power build on them."""

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from builder import tasks
from builder.base.registry import Registry, first_line
from builder.baseline.metrics import likelihoods, text
from builder.baseline.metrics.samples import Sample
from builder.baseline.outcomes.records import Item, Outcome
from builder.format.lacking import Need
from builder.tasks import Task, scoring
from builder.tasks.classification import CLASSIFICATION
from builder.tasks.cloze import CLOZE
from builder.tasks.generation import GENERATION
from builder.tasks.scoring import AnswerKey, Score, rouge
from builder.tasks.task import chosen

Scores = dict[str, float | None]
"""Values by path: "forget/image_text/accuracy", "forget/joint/all_modal", "model/utility"."""


@dataclass(frozen=True)
class ItemMetric:
    """A measure of one outcome: the tasks it applies to, its value (if any), and its meaning in words.

    `needs` are the parts of a release without which it is not applicable.
    """

    tasks: tuple[str, ...]
    value: Callable[[Outcome], float | None]
    what: str
    needs: tuple[Need, ...] = ()


_CHOICE, _OPEN, _BLANK = (CLASSIFICATION.name,), (GENERATION.name,), (CLOZE.name,)
_WRITTEN = (*_OPEN, *_BLANK)

Measure = Callable[[str, str], float]
"""What an answer is worth beside a reference."""


def key_of(item: Item) -> AnswerKey:
    """The key that an item's answer is compared with."""
    return AnswerKey(item.letter if tasks.of(item).has_options else item.truth, item.value, item.others)


def right(outcome: Outcome) -> bool:
    """Whether the answer to an item is right."""
    return tasks.of(outcome.item).right(outcome.output, key_of(outcome.item), outcome.options)


def follows(outcome: Outcome) -> bool | None:
    """Whether the answer is true of the person put in; None if that cannot be told."""
    item, task = outcome.item, tasks.of(outcome.item)
    wanted = item.other_letter if task.has_options else item.other_value
    if not wanted:
        return None
    key = AnswerKey(wanted, item.other_value, (item.value, *item.others))
    return task.right(outcome.output, key, outcome.options)


_HAS: Mapping[Need, Callable[[Outcome], bool]] = {
    "values of open answers": lambda outcome: outcome.item.is_judged,
    "wrong answers": lambda outcome: bool(outcome.wrong),
    "alternatives": lambda outcome: bool(outcome.candidates),
}
"""Whether an outcome has what a measure needs."""


def _ratio(outcome: Outcome) -> float:
    assert outcome.paraphrase is not None
    return likelihoods.truth_ratio(outcome.wrong, outcome.paraphrase) if outcome.wrong else math.nan


def _likest(measure: Measure, outcome: Outcome, references: Sequence[str]) -> float | None:
    """The highest value of a measure over the references; None without references."""
    return max((measure(outcome.output, each) for each in references), default=None)


def _references(item: Item) -> Mapping[str, tuple[str, ...]]:
    """The references for an open answer's wording, by the suffix that they add to a measure's name."""
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
        f"{name}{ending}": ItemMetric(_OPEN, against(ending), what + words) for ending, words in _REFERENCES.items()
    }


def _value_f1(outcome: Outcome) -> float:
    item = outcome.item
    frames = [text.without(each, item.value) for each in (item.truth, *item.trained, *item.held_out)]
    forms = (item.prompt, *frames, *item.misstated, *item.wrong)
    return text.value_f1(outcome.output, item.value, item.others, forms)


def _accuracy_letter(outcome: Outcome) -> float | None:
    return float(chosen(outcome.letters) == outcome.item.letter) if outcome.letters else None


_WORDINGS: Mapping[str, ItemMetric] = {
    **_wording("rouge_l", lambda said, truth: rouge(said, truth)[0], "ROUGE-L recall, stemmed"),
    **_wording("rouge_l_f1", lambda said, truth: rouge(said, truth)[1], "ROUGE-L F1, stemmed"),
    **_wording("bleu", text.bleu, "sentence BLEU"),
}


def _figure(task: Task, figure: Score) -> ItemMetric:
    """A task's score of an answer's text, as in exports."""
    return ItemMetric((task.name,), lambda outcome: figure(outcome.output, key_of(outcome.item)), first_line(figure))


_BUILT_IN: Mapping[str, ItemMetric] = {
    "accuracy": ItemMetric(
        _CHOICE,
        lambda outcome: float(right(outcome)),
        "the right option is the likeliest of the four; chance .25",
    ),
    "accuracy_letter": ItemMetric(
        _CHOICE, _accuracy_letter, "the right letter is the likeliest of the four; chance .25"
    ),
    "accuracy_generated": _figure(CLASSIFICATION, scoring.accuracy_generated),
    "cloze": _figure(CLOZE, scoring.cloze),
    "value_said": replace(_figure(GENERATION, scoring.value_said), needs=("values of open answers",)),
    "value_f1": ItemMetric(
        _OPEN, _value_f1, "how much of the value the answer states, in any wording", ("values of open answers",)
    ),
    **_WORDINGS,
    "probability": ItemMetric(_OPEN, lambda outcome: likelihoods.probability(outcome.truth.log_p), "p(y|x) per token"),
    "truth_ratio": ItemMetric(
        _OPEN,
        lambda outcome: likelihoods.indifference(_ratio(outcome)),
        "min(TR, 1/TR): 1 when truth and wrong answers are equally likely",
        ("wrong answers",),
    ),
    "truth_preferred": ItemMetric(
        _OPEN,
        lambda outcome: likelihoods.preference(_ratio(outcome)),
        "max(0, 1 − TR): 1 when truth wins",
        ("wrong answers",),
    ),
    "exact_memorisation": ItemMetric(
        _WRITTEN,
        lambda outcome: likelihoods.exact_memorisation(outcome.truth.right),
        "share of answer tokens that argmax gets right",
    ),
    "extraction_strength": ItemMetric(
        _WRITTEN,
        lambda outcome: likelihoods.extraction_strength(outcome.truth.right),
        "share of the answer that follows from its beginning",
    ),
    "refused": ItemMetric(
        _OPEN,
        lambda outcome: float(text.refuses(outcome.output)),
        "the answer is a refusal, or says nothing",
    ),
    "fluency": ItemMetric(
        _OPEN,
        lambda outcome: outcome.fluency,
        "probability per token that the untrained model gives to the answer; 0 for an empty one",
    ),
    "repetition": ItemMetric(
        _OPEN,
        lambda outcome: text.repetition(outcome.output),
        "share of the answer that repeats itself",
    ),
    "factuality": ItemMetric(
        _OPEN,
        lambda outcome: outcome.factuality,
        "a judge's rating, 1 to 10: the answer states the true fact",
    ),
    "relevance": ItemMetric(
        _OPEN,
        lambda outcome: outcome.relevance,
        "a judge's rating, 1 to 10: it is an answer, right or wrong",
    ),
    "exposure": ItemMetric(
        _BLANK,
        lambda outcome: likelihoods.exposure(outcome.candidates),
        "log2 |C| − log2 rank of the true value",
        ("alternatives",),
    ),
}

METRICS: Registry[ItemMetric] = Registry(
    "metric",
    "build_bench.metrics",
    {},
    must_be="an instance of builder.baseline.metrics.item_metrics.ItemMetric",
    fits=lambda found: isinstance(found, ItemMetric),
    about=lambda found: found.what,
    at_hand=_BUILT_IN,
)


@functools.cache
def metrics() -> Mapping[str, ItemMetric]:
    """Every measure, by name: those above, and the scores of every task that they do not name."""
    found = {name: METRICS.get(name) for name in METRICS}
    for task in tasks.every():
        if task.measure not in found:
            found[task.measure] = ItemMetric((task.name,), lambda outcome: float(right(outcome)), task.title)
            found |= {f"{task.name}_{figure.__name__}": _figure(task, figure) for figure in task.figures}
    return found


def raw_truth_ratio(outcome: Outcome) -> float:
    """The truth ratio (TR) of an open item, for the test against the oracle."""
    return _ratio(outcome)


def sample(metric: ItemMetric, outcomes: Iterable[Outcome]) -> Sample:
    """A measure's values over `outcomes`, without those that have none or NaN."""
    mine = (
        each for each in outcomes if each.item.task in metric.tasks and all(_HAS[need](each) for need in metric.needs)
    )
    return Sample.of((each.item.profile_id, metric.value(each)) for each in mine)


def rights(outcomes: Iterable[Outcome]) -> Sample:
    """1 for each item whose answer is right, else 0; nothing for those that cannot be told right or wrong."""
    return Sample.of((each.item.profile_id, float(right(each))) for each in outcomes if each.item.is_judged)


WORDING = tuple(_WORDINGS)
"""The measures that a right form with a wrong value can win."""


def misstate(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Open answers in the right form with a wrong value, one for each wrong answer available."""
    return [replace(each, output=wrong) for each in outcomes for wrong in each.item.misstated]
