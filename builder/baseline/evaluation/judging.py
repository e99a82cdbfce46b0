"""Marks for open answers by a language model: does an answer state the true fact, and is it an answer at all?

MLLMU-Bench has a model mark the factuality of generated answers from 1 to 10 (arXiv 2410.22108). Relevance, marked
beside it, keeps an answer that is wrong but sensible apart from gibberish. An answer that is the truth word for word
gets 10 and 10 and an empty one 1 and 1 without anybody being asked.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import wait
from dataclasses import replace

from builder import tasks
from builder.base.progress import Progress
from builder.baseline.outcomes.records import Outcome
from builder.baseline.settings import JudgePart
from builder.llm import replies, request_building
from builder.llm.remote.access import Sender
from builder.llm.replies import BadReply
from builder.llm.requests import Request
from builder.llm.response_cache import ResponseCache
from builder.tasks.scoring import normalised

_BEST, _WORST = (10, 10), (1, 1)
_SECONDS_BETWEEN_LOOKS = 0.5


def judge(outcomes: Iterable[Outcome], part: JudgePart, answers: ResponseCache, sender: Sender) -> None:
    """Have every answer marked that is not marked yet. Raises BenchError when the judge cannot be reached."""
    wanted = {request.key: request for each in outcomes if (request := _request(each, part))}
    known = answers.find(list(wanted))
    missing = [request for key, request in wanted.items() if key not in known]
    if not missing:
        return
    future = sender.fetch(missing, 0)
    sender.flush()
    with Progress(f"judged by {part.model}", "answers", len(missing)) as progress:
        while not wait([future], _SECONDS_BETWEEN_LOOKS).done:
            progress.reach(sender.ledger.answered, len(missing))
        future.result()
        progress.reach(sender.ledger.answered, len(missing))


def add_ratings(outcomes: Sequence[Outcome], part: JudgePart, answers: ResponseCache) -> list[Outcome]:
    """The outcomes with their marks, as far as the judge's answers give some."""
    requests = [_request(each, part) for each in outcomes]
    found = answers.find([request.key for request in requests if request])
    marks = {}
    for key, answer in found.items():
        try:
            reply = replies.read(answer, request_building.MARKS)
        except BadReply:
            continue
        marks[key] = (int(reply["factuality"]), int(reply["relevance"]))
    return [
        _with(each, marks.get(request.key) if request else _certain(each))
        for each, request in zip(outcomes, requests, strict=True)
    ]


def is_rated(outcome: Outcome) -> bool:
    """Whether marks are given for such an outcome."""
    item = outcome.item
    return tasks.of(item).in_sentences and item.set != "known" and not item.control and outcome.measured


def _request(outcome: Outcome, part: JudgePart) -> Request | None:
    if not is_rated(outcome) or _certain(outcome):
        return None
    return request_building.for_marks(outcome.item.prompt, outcome.item.truth, outcome.output, part)


def _certain(outcome: Outcome) -> tuple[int, int] | None:
    """The marks of an answer about which there is nothing to ask."""
    if not is_rated(outcome):
        return None
    said = normalised(outcome.output)
    if not said:
        return _WORST
    return _BEST if said == normalised(outcome.item.truth) else None


def _with(outcome: Outcome, marks: tuple[int, int] | None) -> Outcome:
    return replace(outcome, factuality=marks[0], relevance=marks[1]) if marks else outcome
