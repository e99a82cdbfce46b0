"""A second opinion: a judge model reads a sample of the people and rates how natural and consistent the texts are.

It also reads some of their questions without the answers, and says which fact each asks for: a question that leads to
another fact asks for something else. All of it is kept in judge.json, and the audit repeats the ratings. They decide
nothing: a judge is itself a model.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.base.randomness import stream
from builder.base.recipe import Recipe
from builder.base.records import Profile, Question, digest, number_at
from builder.llm import replies, request_building
from builder.llm.remote.access import Sender
from builder.llm.replies import BadReply
from builder.llm.requests import Request
from builder.llm.response_cache import Answer, ResponseCache
from builder.run import shards
from builder.run.files import write_text
from builder.run.folder import RunFolder

REPORT = "judge.json"


@dataclass(frozen=True)
class Opinion:
    """A judge's ratings of one person, from 1 (bad) to 10 (good), and the worst flaw that it found.

    `sha256` is the digest of the records that it is about.
    """

    profile_id: str
    sha256: str
    naturalness: int
    consistency: int
    remark: str


@dataclass(frozen=True)
class Traced:
    """A question that a judge read without its answer: the fact that it is to ask for, and the one it was taken for."""

    question_id: str
    fact: str
    taken_for: str


def judge_sample(run: RunFolder, recipe: Recipe, sender: Sender | None, count: int) -> list[str]:
    """Have `count` people judged and keep the opinions; return lines that report them."""
    if sender is None or not count:
        return []
    sample = _sample(run, recipe, count)
    opinions = {profile.id: request_building.for_opinion(profile, asked, recipe.chat) for profile, asked in sample}
    trips = {profile.id: request_building.for_round_trip(profile, asked, recipe.chat) for profile, asked in sample}
    found = _answers(ResponseCache(run.path), [*opinions.values(), *trips.values()], sender)
    given = [
        Opinion(profile.id, digest(profile, asked), **reply)
        for profile, asked in sample
        if (reply := _read(found, opinions[profile.id]))
    ]
    traced = [
        each
        for profile, asked in sample
        if (reply := _read(found, trips[profile.id]))
        for each in _trace(request_building.judged(asked), reply["items"])
    ]
    model = next(iter(opinions.values())).model
    path = run.path / REPORT
    _keep(path, model, len(sample), given, traced)
    return [_describe(given, len(sample), path), *_describe_traced(traced, path)]


def _answers(answers: ResponseCache, requests: list[Request], sender: Sender) -> dict[str, Answer]:
    keys = [request.key for request in requests]
    known = answers.find(keys)
    missing = [request for request in requests if request.key not in known]
    if missing:
        future = sender.fetch(missing, 0)
        sender.flush()
        future.result()
    return answers.find(keys)


def _read(found: dict[str, Answer], request: Request) -> dict[str, Any] | None:
    try:
        return replies.read(found[request.key], request.schema)
    except (BadReply, KeyError):
        return None


def _trace(questions: Sequence[Question], items: Sequence[Mapping[str, Any]]) -> list[Traced]:
    taken = {item["item"]: item["fact"] for item in items}
    return [
        Traced(question.id, question.fact, str(taken[number]))
        for number, question in enumerate(questions, 1)
        if number in taken
    ]


def _sample(run: RunFolder, recipe: Recipe, count: int) -> list[tuple[Profile, list[Question]]]:
    """`count` people of the run, drawn by the seed, with their questions."""
    places = stream(recipe.seed, "judge").sample(range(recipe.total), min(count, recipe.total))
    chosen = {f"{number_at(place):05d}": place // recipe.run.shard_size for place in sorted(places)}
    sample = []
    for shard in sorted(set(chosen.values())):
        people: list[Profile] = shards.read(run.shard("profiles", shard), Profile)
        asked: list[Question] = shards.read(run.shard("questions", shard), Question)
        sample += [
            (person, [question for question in asked if question.profile_id == person.id])
            for person in people
            if person.id in chosen
        ]
    return sample


def _keep(path: Path, model: str, asked: int, opinions: list[Opinion], traced: list[Traced]) -> None:
    report = {
        "model": model,
        "asked": asked,
        "opinions": [asdict(opinion) for opinion in opinions],
        "traced": len(traced),
        "led_elsewhere": [asdict(each) for each in traced if each.taken_for != each.fact],
    }
    write_text(path, json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def _describe(opinions: list[Opinion], asked: int, path: Path) -> str:
    if not opinions:
        return f"judge: no usable opinion on {asked} people"
    return f"judge: an opinion on {len(opinions)} of {asked} people: {path}"


def _describe_traced(traced: list[Traced], path: Path) -> list[str]:
    if not traced:
        return ["judge: no usable answer to which facts the questions ask for"]
    right = sum(each.taken_for == each.fact for each in traced)
    return [f"judge: {right} of {len(traced)} questions lead back to their fact; the others: {path}"]
