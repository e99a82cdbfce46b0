"""A model of a model: reads our prompts and words them as the offline writer does, or badly as it is told."""

import functools
import json
import re
from collections import Counter
from random import Random
from typing import Any

from builder.base.records import Appearance, Fact, Gender, Modality, Profile, Use
from builder.llm import asking
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import Ask

_TASKS = {"choice": "classification", "open": "generation", "blank": "cloze"}
_ABOUT: dict[str, Modality] = {"image": "image_text", "name": "text"}
_ITEM = re.compile(r"(\d+)\. (\w+), (\w+), (\S+)")
_FACT = re.compile(r"^([a-z_]+): (\".*\")$", re.MULTILINE)
_QUESTION = re.compile(r"^\d+\. (\".*\")$", re.MULTILINE)
_NOBODY = Appearance("", "", "", "", "", "", "", ())


@functools.cache
def _writer() -> OfflineWriter:
    return OfflineWriter()


def reply(messages: list[dict[str, str]], fault: str) -> str:
    """The content of the reply to `messages`; "language", "contradiction" and "name" are faults of the words."""
    if len(messages) == 1:  # the system text stands before the user's
        system, _, prompt = messages[0]["content"].partition("\n\nPerson: ")
        return reply([{"content": system}, {"content": f"Person: {prompt}"}], fault)
    prompt = messages[1]["content"]
    if '"fact": "…"' in messages[0]["content"]:
        return json.dumps({"items": _traced(prompt)})
    if "naturalness" in messages[0]["content"]:
        return json.dumps({"naturalness": 8, "consistency": 9, "remark": ""})
    if "factuality" in messages[0]["content"]:
        _, truth, given = (json.loads(line.partition(": ")[2]) for line in prompt.splitlines())
        return json.dumps({"factuality": 9 if truth.split()[-1] in given else 2, "relevance": 7})
    person = json.loads(prompt.splitlines()[0].removeprefix("Person: "))
    if "Facts:" in prompt:
        return json.dumps({"biography": _spoilt(_biography(person, prompt), person, fault)}, ensure_ascii=False)
    return json.dumps({"items": _items(person, prompt, fault)}, ensure_ascii=False)


def _traced(prompt: str) -> list[dict[str, Any]]:
    """Which fact each question asks for; the first one's is taken for another."""
    facts = [key for key, _ in _FACT.findall(prompt)]
    name = json.loads(prompt.splitlines()[0].removeprefix("Person: "))["name"]
    questions = [json.loads(text) for text in _QUESTION.findall(prompt)]
    asked = [next(fact for fact in facts if not asking.fault(fact, question, name)) for question in questions]
    wrong = next(fact for fact in facts if fact != asked[0])
    return [{"item": number, "fact": fact} for number, fact in enumerate([wrong, *asked[1:]], 1)]


def _biography(person: dict[str, Any], prompt: str) -> str:
    facts = {key: json.loads(value) for key, value in _FACT.findall(prompt)}
    facts["country"] = person["lives in"]
    return _writer().biography(_profile(person, facts), Random(prompt))


def _items(person: dict[str, Any], prompt: str, fault: str) -> list[dict[str, Any]]:
    facts: dict[str, str] = {}
    asks: list[tuple[int, Ask]] = []
    seen: Counter[tuple[str, ...]] = Counter()
    again = "rejected" in prompt
    for line in prompt.splitlines():
        if line.startswith('{"fact"'):
            fact = json.loads(line)
            facts[fact["fact"]] = fact["value"]
        elif found := _ITEM.fullmatch(line):
            number, kind, about, of = found.groups()
            key = list(facts)[-1]
            place = (key, kind, about, of)
            use: Use = "paraphrase" if of == "held-out" else "train"
            variant = seen[place] + (2 if again and use == "train" and kind != "open" else 0)
            asks.append((int(number), Ask(key, _TASKS[kind], _ABOUT[about], use, min(variant, 2))))
            seen[place] += 1
    words = _writer().word(_profile(person, facts), [ask for _, ask in asks], Random(prompt))
    return [
        {
            "item": number,
            "question": _spoilt(each.question, person, fault),
            "answer": "" if ask.task != "generation" else _spoilt(each.answer, person, fault),
        }
        for (number, ask), each in zip(asks, words, strict=True)
    ]


def _spoilt(text: str, person: dict[str, Any], fault: str) -> str:
    if fault == "language":
        return "Der Name der Person ist nicht bekannt und das Bild zeigt eine Frau."
    if fault == "contradiction":
        return re.sub(r"[A-Z0-9]\w+", "Atlantis", text)
    return f"{person['name']}: {text}" if fault == "name" else text


def _profile(person: dict[str, Any], facts: dict[str, str]) -> Profile:
    gender: Gender = "female" if person["pronouns"].startswith("she") else "male"
    given, _, family = person["name"].partition(" ")
    made = tuple(Fact(key, value, "identity", False, key != "country", ()) for key, value in facts.items())
    return Profile("00000", 0, person["name"], given, family, gender, "young", "en_US", made, _NOBODY, "")
