"""Which questions a profile gets: the asks that a writer then words."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import get_args

from builder import tasks
from builder.base.errors import BenchError
from builder.base.recipe import QuestionsPart
from builder.base.records import Modality, Use
from builder.llm.writer import Ask
from builder.questions.options import AskableFact
from builder.tasks import Task

_MODALITIES: tuple[Modality, ...] = get_args(Modality)


def plan(
    profile_id: str,
    facts: Mapping[str, AskableFact],
    restricted: Mapping[str, AskableFact],
    part: QuestionsPart,
    stream: Random,
) -> list[Ask]:
    """Every question of a profile, in the order of their ids: evaluation, paraphrases, training.

    Evaluation draws its facts without replacement and asks each in both modalities; the paraphrases ask the same
    again. Training asks every fact in every way. Of the evaluation questions of each task a share repeats a training
    item: it measures whether what was learned is known to the letter; the others ask in trained words that this
    person was not asked in, and the paraphrases in words that nobody was. `restricted` are the facts that only their
    own tasks ask for, as often as the recipe says and each time in other words.
    """
    known = {**facts, **restricted}
    drawn = _drawn(profile_id, list(facts), part, stream)
    repeats = _repeating(drawn, part, stream)

    def ask(fact: str, task: Task, modality: Modality, use: Use, variant: int, again: bool = False) -> Ask:
        wrong = known[fact].alternatives[: part.wrong_answers] if task.form == "open" else ()
        return Ask(fact, task.name, modality, use, variant, wrong, again)

    own = _restricted(profile_id, restricted, part)
    asks = []
    for fact, task in drawn:
        variant = repeats.get(fact)
        asks += [ask(fact, task, modality, "eval", variant or 0, variant is not None) for modality in _MODALITIES]
    for fact, task, modality in own:
        number = task.evaluated(part)
        again = _repeats(number, task.trained(part), part, stream)
        asks += [ask(fact, task, modality, "eval", variant, variant < again) for variant in range(number)]
    asks += [ask(fact, task, modality, "paraphrase", 0) for fact, task in drawn for modality in _MODALITIES]
    asks += [ask(*each, "paraphrase", variant) for each in own for variant in range(each[1].evaluated(part))]
    asks += [ask(fact, task, modality, "train", variant) for fact, task, modality, variant in _training(facts, part)]
    asks += [ask(*each, "train", variant) for each in own for variant in range(each[1].trained(part))]
    return asks


def plan_of_public_figure(
    facts: Mapping[str, AskableFact], part: QuestionsPart, modalities: Sequence[Modality]
) -> list[Ask]:
    """Every question of a public figure: few facts are known, so each is asked in every task and modality.

    One modality is asked after the other, so that a picture changes no question by name.
    """
    asks: list[Ask] = []
    evaluated = [task for task in tasks.every() if task.evaluated(part) and not task.facts]
    for modality, task, (key, fact) in itertools.product(modalities, evaluated, facts.items()):
        wrong = fact.alternatives[: part.wrong_answers] if task.form == "open" else ()
        asks.append(Ask(key, task.name, modality, "eval", 0, wrong))
    return asks


def repeated(number: int, wordings: int, share: float) -> tuple[int, int]:
    """The fewest and the most of `number` evaluation questions of a task that repeat a training item.

    `wordings` is how many training items each fact has in that task; without any, none can be repeated.
    """
    exactly = number * share if wordings else 0.0
    return math.floor(exactly), math.ceil(exactly)


def _repeats(number: int, wordings: int, part: QuestionsPart, stream: Random) -> int:
    """How many of `number` evaluation questions of a task repeat a training item of this person."""
    least, most = repeated(number, wordings, part.repeat_training)
    left = number * part.repeat_training - least
    return least + (most > least and stream.random() < left)


def trained(part: QuestionsPart) -> dict[Task, int]:
    """How many wordings of each fact training has in each task; those that show options come last."""
    ordered = sorted(tasks.every(), key=lambda task: task.has_options)
    return {task: task.trained(part) for task in ordered}


def _repeating(drawn: list[tuple[str, Task]], part: QuestionsPart, stream: Random) -> dict[str, int]:
    """The facts whose evaluation question repeats a training item, and that item's variant."""
    variants: dict[str, int] = {}
    for task, number in trained(part).items():
        keys = [fact for fact, of in drawn if of == task]
        chosen = _repeats(len(keys), number, part, stream)
        variants |= {fact: stream.randrange(number) for fact in keys[:chosen]}
    return variants


def _drawn(profile_id: str, keys: list[str], part: QuestionsPart, stream: Random) -> list[tuple[str, Task]]:
    numbers = {task: task.evaluated(part) for task in tasks.every() if not task.facts}
    needed = sum(numbers.values())
    if len(keys) < needed:
        raise BenchError(
            f"Profile {profile_id} has {len(keys)} facts that can be asked and its evaluation needs {needed}, each "
            f"another one; lower {_listed(task.knob for task, number in numbers.items() if number)} in the recipe."
        )
    order = [task for task, number in numbers.items() for _ in range(number)]
    return list(zip(stream.sample(keys, needed), order, strict=True))


def _listed(knobs: Iterable[str]) -> str:
    *others, last = dict.fromkeys(knobs)
    return f"{', '.join(others)} or {last}" if others else last


def _restricted(
    profile_id: str, restricted: Mapping[str, AskableFact], part: QuestionsPart
) -> list[tuple[str, Task, Modality]]:
    """What tasks ask for that ask for facts of their own, and in which modality."""
    found = []
    for task in [task for task in tasks.every() if task.facts and (task.evaluated(part) or task.trained(part))]:
        for fact in task.facts:
            if fact not in restricted:
                raise BenchError(f"Profile {profile_id} has no fact '{fact}' that the task {task.name} can ask for.")
            found += [(fact, task, modality) for modality in task.modalities]
    return found


def _training(facts: Mapping[str, AskableFact], part: QuestionsPart) -> Iterator[tuple[str, Task, Modality, int]]:
    for fact in facts:
        for modality in _MODALITIES:
            for task, number in trained(part).items():
                if task.facts:
                    continue
                for variant in range(number):
                    yield fact, task, modality, variant
