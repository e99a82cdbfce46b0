"""The laws that compare the questions of a profile with each other."""

import functools
from collections.abc import Iterable, Iterator, Sequence

from builder import tasks
from builder.base.matching import folded, words
from builder.base.recipe import QuestionsPart
from builder.base.records import Question
from builder.questions.plan import repeated, trained

Run = tuple[str, ...]
Fault = tuple[str, str, str]
"""The question's id, the law and what is wrong."""


def faults(questions: Sequence[Question], name: str, part: QuestionsPart) -> Iterator[Fault]:
    """The faults that comparing `questions` shows. `name` is the full name of the person they are about."""
    for law, found in (
        ("wordings_differ", wordings_differ(questions)),
        ("evaluation_is_trained", evaluation_is_trained(questions, part)),
        ("paraphrase_is_held_out", paraphrase_is_held_out(questions, name, part.max_shared_words)),
    ):
        for question, fault in found:
            yield question.id, law, fault


def wordings_differ(questions: Iterable[Question]) -> Iterator[tuple[Question, str]]:
    """Items that ask for the same fact in the same way, use and modality are worded differently."""
    seen: set[tuple[str, ...]] = set()
    for question in questions:
        asked = (question.fact, question.task, question.modality, question.use, folded(question.question))
        if asked in seen:
            yield question, f"another item of the same use asks the same: '{question.question}'"
        seen.add(asked)


def evaluation_is_trained(questions: Sequence[Question], part: QuestionsPart) -> Iterator[tuple[Question, str]]:
    """The recipe's share of evaluation questions repeats training items, answers and all; the others repeat none."""
    items = {_asked(q): q.answer for q in questions if q.use == "train"}
    wordings = trained(part)
    by_kind: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        if question.use == "eval":
            by_kind.setdefault((question.task, question.modality), []).append(question)
    for asked in by_kind.values():
        known = [question for question in asked if _asked(question) in items]
        others = [question for question in asked if _asked(question) not in items]
        least, most = repeated(len(asked), wordings[tasks.of(asked[0])], part.repeat_training)
        share = f"the recipe wants {least} to {most} of {len(asked)} to repeat one, and {len(known)} do"
        for question in known:
            if items[_asked(question)] != question.answer:
                yield question, f"a training item asks the same with another answer: '{question.question}'"
        for question in known[most:]:
            yield question, f"it repeats a training question ({share}): '{question.question}'"
        for question in others[len(asked) - least :]:
            yield question, f"it repeats no training question ({share}): '{question.question}'"


def _asked(question: Question) -> tuple[str, ...]:
    return question.fact, question.task, question.modality, folded(question.question)


def paraphrase_is_held_out(questions: Sequence[Question], name: str, most: int) -> Iterator[tuple[Question, str]]:
    """No paraphrase shares a run of more than `most` words with a training or evaluation wording of any fact.

    A run that lies wholly within the name or the value is passed over: every wording must say these as they are,
    however many words they have.
    """
    length = most + 1
    known = set[Run]().union(
        *(runs(words(text), length) for q in questions if q.use != "paraphrase" for text in learnt(q))
    )
    for question in questions:
        if question.use != "paraphrase":
            continue
        for text in learnt(question):
            # In order: what goes back to a model must be the same each time, or it would be asked anew.
            for run in sorted(known.intersection(runs(words(text), length))):
                if not any(run in runs(words(phrase), length) for phrase in (name, question.value)):
                    yield question, f"it shares '{' '.join(run)}' with a training wording: '{text}'"


def learnt(question: Question) -> tuple[str, ...]:
    """The sentences of a question that a model learns or reads; an option or a bare value is no sentence."""
    return (question.question, question.answer) if tasks.of(question).in_sentences else (question.question,)


@functools.lru_cache(maxsize=1024)  # about the sentences of one person, which are compared more than once
def runs(tokens: Run, length: int) -> frozenset[Run]:
    """Every run of `length` words in `tokens`."""
    return frozenset(zip(*(tokens[start:] for start in range(length)), strict=False))
