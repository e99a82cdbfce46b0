"""Which questions a profile gets: the asks that a writer then words."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import get_args

from builder.errors import BenchError
from builder.llm.writer import Ask
from builder.questions.options import AskableFact
from builder.recipe import QuestionsPart
from builder.records import Modality, Task, Use

_MODALITIES: tuple[Modality, ...] = get_args(Modality)


def plan(profile_id: str, facts: Mapping[str, AskableFact], part: QuestionsPart, stream: Random) -> list[Ask]:
    """Every question of a profile, in the order of their ids: evaluation, paraphrases, training.

    Evaluation draws its facts without replacement and asks each in both modalities; the paraphrases ask the same
    again. Training asks every fact in every way. The variant of an open evaluation question is that of the training
    item it repeats: it measures whether what was learned is known, its paraphrase whether it generalises.
    """
    drawn = _drawn(profile_id, list(facts), part, stream)
    repeated = {fact: stream.randrange(part.train_generation) for fact, _ in drawn}

    def ask(fact: str, task: Task, modality: Modality, use: Use, variant: int) -> Ask:
        wrong = facts[fact].alternatives[: part.wrong_answers] if task == "generation" else ()
        return Ask(fact, task, modality, use, variant, wrong)

    asks = []
    for use in ("eval", "paraphrase"):
        for fact, task in drawn:
            variant = repeated[fact] if use == "eval" and task == "generation" else 0
            asks += [ask(fact, task, modality, use, variant) for modality in _MODALITIES]
    asks += [ask(fact, task, modality, "train", variant) for fact, task, modality, variant in _training(facts, part)]
    return asks


def repeats_training(ask: Ask) -> bool:
    """Whether the item is a copy of the training item with the same fact, modality and variant."""
    return ask.use == "eval" and ask.task == "generation"


def _drawn(profile_id: str, keys: list[str], part: QuestionsPart, stream: Random) -> list[tuple[str, Task]]:
    numbers: dict[Task, int] = {
        "classification": part.classification,
        "generation": part.generation,
        "cloze": part.cloze,
    }
    needed = sum(numbers.values())
    if len(keys) < needed:
        raise BenchError(
            f"Profile {profile_id} has {len(keys)} facts that can be asked and its evaluation needs {needed}, each "
            "another one; lower questions.classification, questions.generation or questions.cloze in the recipe."
        )
    tasks = [task for task, number in numbers.items() for _ in range(number)]
    return list(zip(stream.sample(keys, needed), tasks, strict=True))


def _training(facts: Mapping[str, AskableFact], part: QuestionsPart) -> Iterator[tuple[str, Task, Modality, int]]:
    numbers: dict[Task, int] = {
        "generation": part.train_generation,
        "cloze": part.train_cloze,
        "classification": part.train_classification,
    }
    for fact in facts:
        for modality in _MODALITIES:
            for task, number in numbers.items():
                for variant in range(number):
                    yield fact, task, modality, variant
