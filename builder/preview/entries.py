"""What the page is told of a person: a line for the contact sheet, and all there is for the person's own page."""

from typing import Any

from builder.base.records import Portrait, Question, to_json
from builder.format.reading import Person


def line(person: Person, sheet: int, cell: int) -> list[Any]:
    """The person in the list of everybody: [id, name, locale, gender, age group, segment, sheet, cell].

    An imported set may not say the name; the id stands for it.
    """
    profile = person.profile
    name = profile.name or profile.id
    return [
        profile.id, name, profile.locale, profile.gender, profile.age_group, person.segment, sheet, cell,
    ]  # fmt: skip


def values(person: Person) -> dict[str, str]:
    """The facts' values, for the search."""
    return {fact.key: fact.value for fact in person.profile.facts if fact.key != "name"}


def page(person: Person) -> dict[str, Any]:
    """Everything about the person but the bytes of the portraits."""
    profile = person.profile
    return {
        "id": profile.id,
        "biography": profile.biography,
        "appearance": to_json(profile.appearance),
        "facts": [
            {"k": f.key, "v": f.value, "c": f.category, "s": f.sensitive, "a": f.asked, "n": list(f.alternatives)}
            for f in profile.facts
        ],
        "portraits": [
            {"file": portrait_path(each), "view": each.view, "index": each.index, "scene": to_json(each.scene)}
            for each in person.portraits
        ],
        "questions": [_question(each) for each in person.questions],
        "sources": [to_json(each) for each in person.sources],
    }


def portrait_path(portrait: Portrait) -> str:
    """The path of a portrait within the site: a hundred people per folder."""
    return f"portraits/{portrait.profile_id[:3]}/{portrait.id}.{portrait.format}"


def _question(question: Question) -> dict[str, Any]:
    """One question under short names; the wrong answers of training questions, most of all bytes, are left out."""
    said: dict[str, Any] = {
        "f": question.fact,
        "t": question.task,
        "m": question.modality,
        "u": question.use,
        "q": question.question,
        "w": question.answer,
    }
    if question.options:
        said |= {"o": list(question.options), "l": question.letter}
    if question.wrong_answers and question.use != "train":
        said["x"] = list(question.wrong_answers)
    return said
