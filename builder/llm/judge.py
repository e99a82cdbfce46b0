"""A second opinion: a judge model reads a sample of the people and rates how natural and consistent the texts are.

The ratings are kept in judge.json, and the audit repeats them. They decide nothing: a judge is itself a model.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from builder.base.randomness import stream
from builder.base.recipe import Recipe
from builder.base.records import Profile, Question, digest, number_at
from builder.llm import replies, request_building
from builder.llm.remote.access import Sender
from builder.llm.replies import BadReply
from builder.llm.response_cache import ResponseCache
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


def judge_sample(run: RunFolder, recipe: Recipe, sender: Sender | None, count: int) -> list[str]:
    """Have `count` people judged and keep the opinions; return lines that report them."""
    if sender is None or not count:
        return []
    sample = _sample(run, recipe, count)
    requests = {profile.id: request_building.for_opinion(profile, asked, recipe.chat) for profile, asked in sample}
    digests = {profile.id: digest(profile, asked) for profile, asked in sample}
    answers = ResponseCache(run.path)
    missing = [each for each in requests.values() if each.key not in answers.find([each.key])]
    if missing:
        future = sender.fetch(missing, 0)
        sender.flush()
        future.result()
    found = answers.find([request.key for request in requests.values()])
    opinions = []
    for id, request in requests.items():
        try:
            opinions.append(Opinion(id, digests[id], **replies.read(found[request.key], request.schema)))
        except (BadReply, KeyError):
            continue
    _keep(run.path / REPORT, requests[next(iter(requests))].model if requests else "", len(requests), opinions)
    return _describe(opinions, len(requests), run.path / REPORT)


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


def _keep(path: Path, model: str, asked: int, opinions: list[Opinion]) -> None:
    report = {"model": model, "asked": asked, "opinions": [asdict(opinion) for opinion in opinions]}
    write_text(path, json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def _describe(opinions: list[Opinion], asked: int, path: Path) -> list[str]:
    if not opinions:
        return [f"judge: no usable opinion on {asked} people"]
    return [f"judge: an opinion on {len(opinions)} of {asked} people: {path}"]
