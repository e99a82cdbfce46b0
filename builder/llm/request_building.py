"""Builds the requests for texts and for a judge's ratings: which items go together, and the prompts."""

from collections.abc import Mapping, Sequence

from builder.base import english
from builder.base.plain_text import MOST_CHARACTERS
from builder.base.recipe import ChatPart, Recipe
from builder.base.records import BLANK, Modality, Profile, Question
from builder.llm import prompt_templates
from builder.llm.requests import Kind, Request
from builder.llm.writer import Ask
from builder.tasks import Form

_ABOUT: dict[Modality, str] = {"image_text": "image", "text": "name"}
_TOKENS: dict[Form, int] = {"open": 48, "blank": 30, "choice": 32}
"""About how many tokens of a reply an item takes."""
_BIOGRAPHY_TOKENS = 550
_OPINION_TOKENS = 60
_TRACED_TOKENS = 14
_MARKS_TOKENS = 20
MARKS = "reply_marks"
"""The schema of a judge's ratings."""
_JUDGED_QUESTIONS = 12


def group_by_fact(asks: Sequence[Ask], indexes: Sequence[int], most: int) -> list[list[int]]:
    """`indexes` in groups of about `most`, those of the same fact together as far as they fit."""
    by_fact: dict[str, list[int]] = {}
    for index in indexes:
        by_fact.setdefault(asks[index].fact, []).append(index)
    groups: list[list[int]] = [[]]
    for of_fact in by_fact.values():
        if groups[-1] and len(groups[-1]) + len(of_fact) > most:
            groups.append([])
        groups[-1] += of_fact
    most = max(1, most)
    return [group[start : start + most] for group in groups for start in range(0, len(group), most)]


def for_biography(profile: Profile, part: ChatPart, turn: int, fault: str) -> Request:
    """The request for a biography; `fault` is what was wrong with the text before it, if one was."""
    facts = [fact for fact in profile.facts if fact.asked]
    country = next((fact.value for fact in profile.facts if fact.key == "country"), "")
    prompt = prompt_templates.render(
        "biography", name=profile.name, pronouns=_pronouns(profile), country=country, facts=facts, fault=fault
    )
    return _request("biography", part, prompt_templates.render("biography_system"), prompt, turn, _BIOGRAPHY_TOKENS)


def for_words(
    profile: Profile, asks: Sequence[Ask], group: Sequence[int], recipe: Recipe, turn: int, faults: Mapping[int, str]
) -> Request:
    """The request that words the asks at the places `group`; `faults` says what was wrong with each before."""
    facts: dict[str, list[dict[str, object]]] = {}
    for number, index in enumerate(group, 1):
        ask = asks[index]
        facts.setdefault(ask.fact, []).append(
            {
                "number": number,
                "kind": ask.form,
                "about": _ABOUT[ask.modality],
                "set": "held-out" if ask.use == "paraphrase" else "train",
                "fault": faults.get(index, ""),
            }
        )
    system = prompt_templates.render(
        "words_system",
        blank=BLANK,
        max_shared_words=recipe.questions.max_shared_words,
        most_characters=MOST_CHARACTERS,
    )
    prompt = prompt_templates.render(
        "words_repair" if faults else "words",
        name=profile.name,
        pronouns=_pronouns(profile),
        facts=[{"key": key, "value": profile.fact(key).value, "items": items} for key, items in facts.items()],
    )
    expected = 20 + sum(_TOKENS[asks[index].form] for index in group)
    return _request("words", recipe.chat, system, prompt, turn, expected)


def for_opinion(profile: Profile, questions: Sequence[Question], part: ChatPart) -> Request:
    """The request for a judge's opinion of a profile's texts."""
    prompt = prompt_templates.render(
        "judge",
        facts=[fact for fact in profile.facts if fact.asked],
        biography=profile.biography,
        questions=judged(questions),
    )
    return _request("judge", part, prompt_templates.render("judge_system"), prompt, 0, _OPINION_TOKENS)


def for_round_trip(profile: Profile, questions: Sequence[Question], part: ChatPart) -> Request:
    """The request that has a judge say which of the profile's facts each of its judged questions asks for."""
    shown = judged(questions)
    wanted = {question.fact for question in shown}
    facts = [fact for fact in profile.facts if fact.asked or fact.key in wanted]
    prompt = prompt_templates.render("round_trip", name=profile.name, facts=facts, questions=shown)
    system = prompt_templates.render("round_trip_system")
    return _request("judge", part, system, prompt, 0, 20 + _TRACED_TOKENS * len(shown), "reply_round_trip")


def judged(questions: Sequence[Question]) -> Sequence[Question]:
    """The questions of a profile that a judge reads: a few, spread over all of them."""
    step = max(1, len(questions) // _JUDGED_QUESTIONS)
    return questions[::step][:_JUDGED_QUESTIONS]


def for_marks(question: str, truth: str, answer: str, part: ChatPart) -> Request:
    """The request for a judge's ratings of an answer to a question."""
    prompt = prompt_templates.render("marks", question=question, truth=truth, answer=answer)
    return _request("marks", part, prompt_templates.render("marks_system"), prompt, 0, _MARKS_TOKENS)


def _request(
    kind: Kind, part: ChatPart, system: str, prompt: str, turn: int, expected: int, schema: str = ""
) -> Request:
    model = part.judge_model or part.model if kind == "judge" else part.model
    return Request(
        kind, model, system, prompt, schema or f"reply_{kind}", part.temperature, part.max_tokens, turn, expected
    )


def _pronouns(profile: Profile) -> str:
    pronouns = english.PRONOUNS[profile.gender]
    return f"{pronouns['they']}/{pronouns['them']}"
