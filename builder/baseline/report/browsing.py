"""The items that the report's page shows, each once, with every model's answer.

Each text is stored once in `strings` and referred to by its number; `items` and `controls` are columns. Answers are in
the order of the items, followed by those to the controls.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builder import tasks
from builder.baseline.evaluation.concepts import CONCEPT_SETS
from builder.baseline.evaluation.controls import NOBODY, nobody
from builder.baseline.evaluation.item_sets import SETS
from builder.baseline.metrics.summary import FORGETTING
from builder.baseline.outcomes.records import Item, Outcome
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.report.answers import answers
from builder.pages import embedding, thumbnails

LIMIT = 20_000_000
"""Bytes of items above which people of the other sets are left out of the page."""
SIDE = 128
"""Pixels of a picture's side."""
_QUALITY = 72
_ORDER = (*SETS, *CONCEPT_SETS, "known")

Key = tuple[str, str, str]
"""(set, question id, control)"""
Stored = Mapping[int, Mapping[str, Sequence[Outcome]]]
"""The outcomes of each seed's models, by name."""


@dataclass
class Strings:
    """Texts, each once."""

    places: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        """The number of a text."""
        return self.places.setdefault(text, len(self.places))


def browse(crowd: Crowd, stored: Stored) -> dict[str, Any]:
    """What the page is told of items: sets to be forgotten whole, others with as many people as fit in LIMIT."""
    gathered = _gather(stored)
    pictures = {**pictures_of(crowd.everybody), NOBODY: nobody(SIDE)}
    used = {item.picture for item in gathered.values() if item.picture}
    small = {name: thumbnails.webp(pictures[name], SIDE, _QUALITY) if name in pictures else "" for name in sorted(used)}
    ranked = _rank(crowd, gathered.values())
    most = max(map(len, ranked.values()), default=0)
    while True:
        shown = {name: set(people[:most]) for name, people in ranked.items()}
        chosen = [item for item in gathered.values() if item.set in FORGETTING or item.profile_id in shown[item.set]]
        data = _laid_out(crowd, chosen, stored, small) | {"shown": _counts(gathered.values(), chosen)}
        if most == 0 or len(embedding.to_json(data).encode()) <= LIMIT:
            return data
        most //= 2


def _gather(stored: Stored) -> dict[Key, Item]:
    """Every item and control that some model was asked, in the order of sets."""
    found = {_key(each): each.item for models in stored.values() for part in models.values() for each in part}
    return dict(sorted(found.items(), key=lambda pair: _ORDER.index(pair[1].set)))


def _key(outcome: Outcome) -> Key:
    return outcome.item.set, outcome.item.id, outcome.item.control


def _rank(crowd: Crowd, items: Iterable[Item]) -> dict[str, list[str]]:
    """The people of each other set: first those to be forgotten, then those with controls, then by id."""
    gone = {person.profile.id for person in crowd.forget}
    people: dict[str, dict[str, bool]] = {}
    for item in items:
        if item.set not in FORGETTING:
            own = people.setdefault(item.set, {})
            own[item.profile_id] = own.get(item.profile_id, False) or bool(item.control)
    return {
        name: [each for *_, each in sorted((each not in gone, not bound, each) for each, bound in own.items())]
        for name, own in people.items()
    }


def _counts(items: Iterable[Item], chosen: Iterable[Item]) -> dict[str, list[int]]:
    """By set, how many items the page shows and how many there are; controls stand with theirs."""
    counts: dict[str, list[int]] = {}
    for place, part in ((1, items), (0, chosen)):
        for item in part:
            if not item.control:
                counts.setdefault(item.set, [0, 0])[place] += 1
    return counts


def _laid_out(crowd: Crowd, chosen: Sequence[Item], stored: Stored, small: Mapping[str, str]) -> dict[str, Any]:
    strings = Strings()
    pictures = sorted({item.picture for item in chosen if item.picture})
    seen = {name: place for place, name in enumerate(pictures)}
    items = [item for item in chosen if not item.control]
    places = {(item.set, item.id): place for place, item in enumerate(items)}
    controls = [item for item in chosen if item.control and (item.set, item.id) in places]
    named = {item.profile_id for item in items} | {item.other for item in controls}
    names = {person.profile.id: person.profile.name for person in crowd.everybody}
    answered = _answers(stored, [(each.set, each.id, each.control) for each in (*items, *controls)], strings)
    return {
        "people": {each: names.get(each, each) for each in sorted(named - {""})},
        "pictures": [small[name] for name in pictures],
        "items": _items(items, seen, strings),
        "controls": _controls(controls, places, seen, strings),
        "answers": answered,
        "strings": list(strings.places),
    }


def _items(items: Sequence[Item], pictures: Mapping[str, int], strings: Strings) -> dict[str, list[Any]]:
    """The items as columns."""
    asked = [tasks.of(item).parted(item.prompt) for item in items]
    words = ("set", "id", "fact", "category", "task", "modality", "truth", "value", "letter")
    return {
        **{name: [strings.place(getattr(item, name)) for item in items] for name in words},
        "person": [strings.place(item.profile_id) for item in items],
        "picture": [_picture(item, pictures) for item in items],
        "question": [strings.place(question) for question, _ in asked],
        "options": [list(map(strings.place, options)) for _, options in asked],
        "implied": [list(map(strings.place, item.implied_by)) for item in items],
    }


def _controls(
    controls: Sequence[Item], places: Mapping[tuple[str, str], int], pictures: Mapping[str, int], strings: Strings
) -> dict[str, list[Any]]:
    """The controls as columns; `parent` is the place of the item that each belongs to."""
    words = {"kind": "control", "other": "other", "value": "other_value", "letter": "other_letter"}
    return {
        "parent": [places[item.set, item.id] for item in controls],
        **{name: [strings.place(getattr(item, own)) for item in controls] for name, own in words.items()},
        "picture": [_picture(item, pictures) for item in controls],
        "question": [strings.place(tasks.of(item).parted(item.prompt)[0]) for item in controls],
    }


def _picture(item: Item, pictures: Mapping[str, int]) -> int:
    return pictures[item.picture] if item.picture else -1


def _answers(stored: Stored, keys: Sequence[Key], strings: Strings) -> list[dict[str, Any]]:
    found = []
    for seed, models in stored.items():
        for name, outcomes in models.items():
            own = {_key(each): each for each in outcomes}
            found.append(answers(seed, name, [own.get(key) for key in keys], strings.place))
    return found
