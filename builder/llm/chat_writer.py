"""The writer that uses a chat model. It sends nothing: it says what to ask, and reads the stored answers.

So it is as pure as the offline writer: the same answers make the same words, wherever and how often it runs. A text
that fails its checks is asked for again with the reason, a few times; what still fails is worded offline or fails its
profile, as the recipe says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from builder.base import plain_text
from builder.base.errors import BenchError
from builder.base.plain_text import Fault
from builder.base.recipe import Recipe
from builder.base.records import Profile
from builder.llm import replies, request_building
from builder.llm.offline_writer import OfflineWriter
from builder.llm.replies import CUT_OFF, BadReply
from builder.llm.requests import Kind, Request, Unanswered
from builder.llm.response_cache import Answer, ResponseCache, WordingOutcome
from builder.llm.restating import restate
from builder.llm.text_checks import TextChecks
from builder.llm.writer import Ask, Laws, Wording, Writer, WriterSpec

_SAID = 300
"""Characters of a fault that go back to the model."""


class BadWords(BenchError):
    """Texts that the model did not get right in any of its tries."""


class ChatWriter:
    """Words biographies and questions by a chat model whose answers are stored in `answers`.

    `laws` is what questions are held to; `offline` words what the model does not get right.
    """

    def __init__(self, recipe: Recipe, answers: ResponseCache, laws: Laws, offline: Writer) -> None:
        self._recipe, self._cache, self._laws, self._offline = recipe, answers, laws, offline
        self._part = recipe.chat

    def biography(self, profile: Profile, stream: Random) -> str:
        """A text that states every asked fact of `profile`. Raises Unanswered, BadWords."""
        checks = TextChecks(profile)
        tried: Counter[str] = Counter()
        fault: Fault = ("", "")
        for turn in range(self._part.repairs + 1):
            request = request_building.for_biography(profile, self._part, turn, fault[1][:_SAID])
            try:
                answer = self._find_answers([request])[0]
                text = plain_text.normal(str(replies.read(answer, request.schema)["biography"]))
                fault = next(checks.of_biography(text), ("", ""))
            except BadReply as error:
                fault = (error.kind, str(error))
            if not fault[0]:
                self._note(profile, "biography", 1, int(turn > 0), 0, tried)
                return text
            tried[fault[0]] += 1
        self._fall_back(profile, "biography", 1, fault[1])
        self._note(profile, "biography", 1, 0, 1, tried)
        return self._offline.biography(profile, stream)

    def word(self, profile: Profile, asks: Sequence[Ask], stream: Random) -> list[Wording]:
        """The wording of each of `asks`, in order. Raises Unanswered, BadWords."""
        work = _Work(profile, asks, TextChecks(profile), self._laws)
        repaired: set[int] = set()
        faults: Mapping[int, Fault] = dict.fromkeys(range(len(asks)), ("", ""))
        turn, repairs, most = 0, 0, self._part.items
        while faults and repairs <= self._part.repairs:
            repaired |= set(faults) if turn else set()
            short = self._take_turn(work, turn, faults, most)
            before, faults = len(faults), work.faults()
            work.tried.update(kind for kind, _ in faults.values())
            # Where pieces were too large, a turn uses up no repair, provided that it brought something: a model that
            # gets nothing right in many items gets nothing right in few.
            repairs += not (short and most > 1 and len(faults) < before)
            most = max(1, most // 2) if short else min(most, self._part.items // 2)
            turn += 1
        offline: set[int] = set()
        if faults:
            self._fall_back(profile, f"{len(faults)} of {len(asks)} questions", len(faults), _first(asks, faults))
            offline = work.fall_back(faults, self._offline.word(profile, asks, stream))
        self._note(profile, "words", len(asks), len(repaired - offline), len(offline), work.tried)
        return [work.done[index] for index in range(len(asks))]

    def _take_turn(self, work: "_Work", turn: int, faults: Mapping[int, Fault], most: int) -> bool:
        """Have the items in `faults` worded, about `most` in a piece; return whether a reply did not hold them all."""
        groups = request_building.group_by_fact(work.asks, sorted(faults), most)
        requests = [
            request_building.for_words(
                work.profile, work.asks, group, self._recipe, turn, {i: faults[i][1][:_SAID] for i in group if turn}
            )
            for group in groups
        ]
        short = False
        for group, request, answer in zip(groups, requests, self._find_answers(requests), strict=True):
            try:
                items = replies.read(answer, request.schema)["items"]
            except BadReply as error:
                work.reject(group, (error.kind, str(error)))
                short |= error.kind == CUT_OFF
                continue
            work.take(group, items)
            short |= len({item["item"] for item in items}) < len(group)
        return short

    def _find_answers(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers to all of `requests`. Raises Unanswered, or BenchError if one has already failed in this run."""
        found = self._cache.find([request.key for request in requests])
        missing = [request for request in requests if request.key not in found]
        if not missing:
            return [found[request.key] for request in requests]
        given_up = self._cache.given_up([request.key for request in missing])
        if given_up:
            reason = min(given_up.values())
            raise BenchError(f"{len(given_up)} requests got no answer from {self._part.model}: {reason}")
        raise Unanswered(missing)

    def _fall_back(self, profile: Profile, what: str, count: int, reason: str) -> None:
        if self._part.fallback == "fail":
            raise BadWords(
                f"Profile {profile.id}: {self._part.model} did not get the {what} right in {self._part.repairs + 1} "
                f"tries: {reason}"
            )

    def _note(
        self, profile: Profile, kind: Kind, pieces: int, repaired: int, fell_back: int, tried: Counter[str]
    ) -> None:
        self._cache.note(
            WordingOutcome(profile.id, kind, pieces, repaired, fell_back, Counter(dict(sorted(tried.items()))))
        )


def _first(asks: Sequence[Ask], faults: Mapping[int, Fault]) -> str:
    index = min(faults)
    ask = asks[index]
    return f"{ask.fact}, {ask.task}, {ask.modality}, {ask.use}: {faults[index][1]}"


@dataclass
class _Work:
    """The items of one profile while they are worded. An index is an item's place among the asks."""

    profile: Profile
    asks: Sequence[Ask]
    checks: TextChecks
    laws: Laws
    done: dict[int, Wording] = field(default_factory=dict)
    unusable: dict[int, Fault] = field(default_factory=dict)
    tried: Counter[str] = field(default_factory=Counter)

    def take(self, group: Sequence[int], items: Sequence[Mapping[str, Any]]) -> None:
        """Take in what the model sent for the items of `group`, which it knows by their place there, from 1."""
        sent = {item["item"]: item for item in reversed(items)}
        if not self.checks.in_english(str(item["question"]) for item in items):
            self.reject(group, ("language", "write plain English"))
            return
        for number, index in enumerate(group, 1):
            self.done.pop(index, None)
            self.unusable.pop(index, None)
            if number not in sent:
                self.unusable[index] = ("missing", "it was missing from the reply")
                continue
            wording = self._wording(self.asks[index], sent[number])
            fault = next(self.checks.of_wording(self.asks[index], wording), None)
            if fault:
                self.unusable[index] = fault
            else:
                self.done[index] = wording

    def reject(self, group: Sequence[int], fault: Fault) -> None:
        """Take in that the reply for `group` could not be used."""
        for index in group:
            self.done.pop(index, None)
            self.unusable[index] = fault

    def faults(self) -> dict[int, Fault]:
        """The items that are not worded as they must be, and why."""
        indexes = sorted(self.done)
        found = self.laws(self.profile, [self.asks[i] for i in indexes], [self.done[i] for i in indexes])
        unlawful = {indexes[place]: (law.replace("_", " "), fault) for place, law, fault in found}
        return {**unlawful, **self.unusable}

    def fall_back(self, faults: Mapping[int, Fault], offline: Sequence[Wording]) -> set[int]:
        """Put offline wordings in place of faulty ones; return where.

        An offline wording may clash with one of the model's: then that fact's items all go offline, and in the end all.
        """
        replaced: set[int] = set()
        for widen in (lambda index: {index}, self._of_the_same_fact, lambda _: set(range(len(self.asks)))):
            for index in [index for fault in faults for index in widen(fault)]:
                self.done[index] = offline[index]
                self.unusable.pop(index, None)
                replaced.add(index)
            faults = self.faults()
            if not faults:
                return replaced
        raise BadWords(f"Profile {self.profile.id}: the offline wordings break a law: {next(iter(faults.values()))[1]}")

    def _of_the_same_fact(self, index: int) -> set[int]:
        return {other for other, ask in enumerate(self.asks) if ask.fact == self.asks[index].fact}

    def _wording(self, ask: Ask, item: Mapping[str, Any]) -> Wording:
        question = plain_text.normal(str(item["question"]))
        if ask.form == "choice":
            return Wording(question)
        value = self.profile.fact(ask.fact).value
        if ask.form == "blank":
            return Wording(question, value)
        answer = plain_text.normal(str(item["answer"]))
        return Wording(question, answer, restate(answer, value, ask.alternatives))


OPENAI = WriterSpec(
    what="asks the model of [chat] on any server that speaks the OpenAI API",
    recipe_parts=("chat",),
    files={
        "profiles": (
            "prompts/chat/biography_system.j2",
            "prompts/chat/biography.j2",
            "schemas/reply_biography.json",
        ),
        "questions": (
            "prompts/chat/words_system.j2",
            "prompts/chat/words.j2",
            "prompts/chat/words_repair.j2",
            "prompts/asking.toml",
            "schemas/reply_words.json",
        ),
    },
    model_key="chat.model",
    open=lambda run, recipe, laws: ChatWriter(recipe, ResponseCache(run), laws, OfflineWriter()),
)
