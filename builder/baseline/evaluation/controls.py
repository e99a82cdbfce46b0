"""The same items about somebody else, about nobody, and without the question: do scores depend on the person?

`swap_four` puts in another of the person's quartet (their portrait or their name), `swap_any` another trained person,
`blank` a plain grey picture or the words "this person"; `options_only` shows only the options of a multiple choice. In
each control the answer is still compared with what is true of the original person. So a score that depends on the
person falls, and one that goes by strings stays.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PIL import Image

from builder import tasks
from builder.base import randomness
from builder.base.records import LETTERS, Question
from builder.baseline.evaluation.item_sets import some
from builder.baseline.outcomes.records import CONTROLS, Item
from builder.baseline.people import Crowd, portraits
from builder.baseline.settings import EvaluatePart
from builder.format.lacking import Need
from builder.format.reading import Person

SETS = ("forget", "views", "test", "retain")
"""The sets that have controls: only people that a model was trained on can be taken for one another."""
NEEDS: Mapping[str, tuple[Need, ...]] = {
    "swap_four": ("quartets", "facts"),
    "swap_any": ("facts",),
    "blank": (),
    "options_only": ("options",),
}
"""What each control needs of a release."""
NOBODY = "nobody"
"""The name of the picture without a person."""
_SWAPS = ("swap_four", "swap_any")
_SOMEBODY = "this person"
_GREY = (128, 128, 128)


def nobody(size: int = 256) -> bytes:
    """The plain grey picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), _GREY).save(buffer, "PNG")
    return buffer.getvalue()


def controls(crowd: Crowd, asked: Sequence[Item], part: EvaluatePart, seed: int = 0) -> list[Item]:
    """The controls of `asked`, for `part.controls_people` people of each set."""
    found: list[Item] = []
    made = tuple(kind for kind in CONTROLS if not crowd.why_not(NEEDS[kind]))
    for name in SETS:
        members = [each for each in asked if each.set == name]
        ids = {each.profile_id for each in members}
        people = [person for person in crowd.trained if person.profile.id in ids]
        for person in some(people, part.controls_people, seed, "controls"):
            theirs = [each for each in members if each.profile_id == person.profile.id]
            # The image questions beside held-out views are those of the forget set: without a person they are the same.
            kinds = [kind for kind in made if name != "views" or kind in _SWAPS]
            found += _controls(crowd, person, theirs, kinds, seed)
    return found


def swaps(crowd: Crowd, asked: Sequence[Item], seed: int = 0) -> list[Item]:
    """Each of `asked` with another of the person's quartet put in, if there is one."""
    if crowd.why_not(NEEDS[CONTROLS[0]]):
        return []
    people = {person.profile.id: person for person in crowd.trained}
    ids = dict.fromkeys(each.profile_id for each in asked)
    return [
        item
        for each in ids
        for item in _controls(crowd, people[each], [one for one in asked if one.profile_id == each], CONTROLS[:1], seed)
    ]


def _controls(crowd: Crowd, person: Person, asked: Iterable[Item], kinds: Sequence[str], seed: int) -> Iterable[Item]:
    questions = {question.id: question for question in person.questions}
    ranked = {kind: _others(crowd, person, kind, seed) for kind in _SWAPS if kind in kinds}
    for item in asked:
        question = questions[item.id]
        for kind in kinds:
            if kind in ranked:
                made = _swap(item, question, person, ranked[kind])
            else:
                made = _blank(item, question, person) if kind == "blank" else _options_only(item, question)
            if made is not None:
                # Scores of given answers belong to the item itself, not to its controls.
                bare = replace(made, paraphrase="", wrong=(), candidates=(), trained=(), held_out=(), misstated=())
                yield replace(bare, control=kind)


def _others(crowd: Crowd, person: Person, kind: str, seed: int) -> list[Person]:
    """The trained people who may be put in the person's place, in a drawn order."""
    own = person.profile.quartet
    if kind == "swap_four":
        found = [each for each in crowd.trained if each.profile.quartet == own and each is not person]
    else:
        strangers = [each for each in crowd.trained if each.profile.quartet != own]
        # So that "she" and "his" in a question stay true.
        found = [each for each in strangers if each.profile.gender == person.profile.gender] or strangers
    return randomness.stream(seed, "controls", kind, person.profile.id).sample(found, len(found))


def _swap(item: Item, question: Question, person: Person, ranked: Sequence[Person]) -> Item | None:
    """The item about the first of `ranked` for whom the true value differs."""
    for other in ranked:
        value = next((fact.value for fact in other.profile.facts if fact.key == item.fact), "")
        if not value or value.casefold() == item.value.casefold():
            continue
        put = _with_picture(item, person, other) if item.picture else _with_name(item, question, person, other)
        if put is not None:
            letter = LETTERS[question.options.index(value)] if value in question.options else ""
            return replace(put, other=other.profile.id, other_value=value, other_letter=letter)
    return None


def _with_picture(item: Item, person: Person, other: Person) -> Item | None:
    """The item beside the other's portrait of the same view."""
    own = next(each for each in person.portraits if each.id == item.picture)
    views = portraits(other, own.view)
    return replace(item, picture=views[own.index % len(views)].id) if views else None


def _with_name(item: Item, question: Question, person: Person, other: Person) -> Item | None:
    return _with_words(item, question, person, other.profile.name)


def _with_words(item: Item, question: Question, person: Person, words: str) -> Item | None:
    """The item with `words` where the person's name stands; None where the question does not say the whole name."""
    if not person.profile.name:
        return None
    text, count = replace_name(question.question, person.profile.name, words)
    return replace(item, prompt=tasks.of(question).prompt(text, question.options)) if count else None


def replace_name(text: str, name: str, words: str) -> tuple[str, int]:
    """`text` with `words` in place of the name, "James'" and "James's" included, and how often it stood there."""

    def put(match: re.Match[str]) -> str:
        first = not match.string[: match.start()].strip() or match.string[: match.start()].rstrip()[-1:] in ".?!"
        return (words[:1].upper() + words[1:] if first else words) + ("'s" if match["own"] else "")

    ending = "s?" if name[-1:] in "sxz" else "s"  # James' and James's, but 'Ada Kowal' in quotes stays in them
    return re.subn(rf"(?<!\w){re.escape(name)}(?P<own>['’]{ending}(?!\w))?(?!\w)", put, text)


def _blank(item: Item, question: Question, person: Person) -> Item | None:
    if item.picture:
        return replace(item, picture=NOBODY)
    return _with_words(item, question, person, _SOMEBODY)


def _options_only(item: Item, question: Question) -> Item | None:
    task = tasks.of(item)
    if not task.has_options:
        return None
    return replace(item, picture=None, prompt=task.prompt("", question.options).lstrip())
