"""The records that stages exchange: profiles with their facts, portraits, questions.

Field names are those of schemas/*.json, so `to_json` of a record is the JSON object that its schema describes.
docs/glossary.md explains the words.
"""

import hashlib
import json
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

Gender = Literal["female", "male", ""]
"""Empty where an imported set does not say it."""
AgeGroup = Literal["young", "middle-aged", "older", ""]
"""Likewise."""
Category = Literal["identity", "contact", "work", "education", "finance", "health", "family", "preference", ""]
"""Likewise."""
View = Literal["reference", "train", "test"]
Modality = Literal["image_text", "text"]
Use = Literal["train", "eval", "paraphrase"]

GENDERS: tuple[Gender, ...] = ("female", "male")
AGE_GROUPS: tuple[AgeGroup, ...] = ("young", "middle-aged", "older")
FIRST_PUBLIC_FIGURE = 90_000
PUBLIC_FIGURE_NUMBERS = range(FIRST_PUBLIC_FIGURE, 100_000)
"""The numbers of public figures; nobody fictitious has one of them."""
LETTERS = ("A", "B", "C", "D")
BLANK = "__"
"""How a cloze question writes its blank, as MLLMU-Bench does."""


@dataclass(frozen=True)
class Fact:
    """One atomic attribute of a profile.

    `alternatives` are the values of the three others of the person's quartet: people of the same country, gender and
    age group. They become wrong options, wrong answers and the candidates of the Exposure metric, so that each of the
    four options of a question is right for exactly one of four people. `asked` is false for what a stranger could see
    in the picture or guess from the name. `shared` says whether people of other quartets hold the same values (a
    hobby), or nobody else can (a telephone number). `implied_by` names the facts that tell this one, or much of it.
    """

    key: str
    value: str
    category: Category
    sensitive: bool
    asked: bool
    alternatives: tuple[str, ...]
    shared: bool = True
    implied_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Appearance:
    """How a person looks, in words that a painter of any kind can follow."""

    skin_tone: str
    face_shape: str
    hair_colour: str
    hair_style: str
    eye_colour: str
    facial_hair: str
    glasses: str
    marks: tuple[str, ...]
    eye_shape: str = "almond-shaped"


@dataclass(frozen=True)
class Profile:
    """One person, fictitious unless `is_public_figure`. `id` is the profile number with at least five digits.

    `quartet` is the number of the four people that this one belongs to: they share country, gender and age group, and
    each asked fact has four different values among them. The four of a public figure share the time they lived in
    alone; a public figure has no locale and no appearance, and the age group is that at death. What the makers of an
    imported set do not say of a person is empty, and nobody in it belongs to a quartet.
    """

    id: str
    quartet: int | None
    name: str
    given_name: str
    family_name: str
    gender: Gender
    age_group: AgeGroup
    locale: str
    facts: tuple[Fact, ...]
    appearance: Appearance
    biography: str

    @property
    def is_public_figure(self) -> bool:
        """Whether this is a real person."""
        return int(self.id) in PUBLIC_FIGURE_NUMBERS

    def fact(self, key: str) -> Fact:
        """The fact called `key`. Raises KeyError when the profile has none."""
        for fact in self.facts:
            if fact.key == key:
                return fact
        raise KeyError(key)


def number_at(place: int) -> int:
    """The number of the fictitious person at `place`, counted from 0: public figures' numbers are left out."""
    return place if place < FIRST_PUBLIC_FIGURE else place + len(PUBLIC_FIGURE_NUMBERS)


def place_of(profile_id: str) -> int:
    """The place of a fictitious person; `number_at` gives the number back."""
    number = int(profile_id)
    return number if number < FIRST_PUBLIC_FIGURE else number - len(PUBLIC_FIGURE_NUMBERS)


@dataclass(frozen=True)
class Scene:
    """What changes from one view of a person to the next; identity does not."""

    pose: str
    light: str
    background: str
    framing: str
    expression: str
    clothes: str


@dataclass(frozen=True)
class Portrait:
    """An image of a profile: `index` counts the portraits of the same view; sizes are in pixels."""

    id: str
    profile_id: str
    view: View
    index: int
    scene: Scene
    width: int
    height: int
    format: str
    sha256: str
    image: bytes


@dataclass(frozen=True)
class Question:
    """One question-answer item about one fact.

    `task` is the name of what it asks for (builder/tasks). `answer` is the option's text, one sentence that states the
    value, or what fills the blank. `options` and `letter` belong to tasks that show options, `wrong_answers` to those
    answered in sentences, each of the answer's shape with another value. Of an imported set, `fact` only tells which of
    a person's questions ask for the same, and the `value` of an open question is empty.
    """

    id: str
    profile_id: str
    fact: str
    task: str
    modality: Modality
    use: Use
    question: str
    answer: str
    value: str
    options: tuple[str, ...]
    letter: str
    wrong_answers: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where what is said of a public figure comes from, and under which licence it may be passed on.

    A source on the network also has its item of Wikidata and the revision (0: it is a file), the sha1 of the original
    file (empty: it is no file), and when it was asked, in UTC.
    """

    title: str
    source_url: str
    author: str
    licence: str
    licence_url: str
    qid: str = ""
    revision_id: int = 0
    sha1: str = ""
    retrieved: str = ""


T = TypeVar("T")
Record = Profile | Portrait | Question
"""What a stage makes and a shard holds."""


def to_json(value: Any) -> Any:
    """A record, or a tuple of them, as dicts, lists and scalars. Fields of bytes are left out: they are not JSON."""
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    adapter, blobs = _codec(type(value))
    return adapter.dump_python(value, mode="json", exclude=blobs)


def to_row(record: Record) -> dict[str, Any]:
    """A record as a dict of Python's own values, bytes and tuples among them, for a table."""
    row: dict[str, Any] = _codec(type(record))[0].dump_python(record)
    return row


def digest(profile: Profile, questions: Iterable[Question]) -> str:
    """The sha256 of a person's profile and questions, the same in a run and in its release.

    Paraphrases are left aside: a release has none of the people who are held out.
    """
    asked = sorted((each for each in questions if each.use != "paraphrase"), key=lambda question: question.id)
    data = [to_json(profile), [to_json(question) for question in asked]]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def from_json(kind: type[T], data: Mapping[str, Any]) -> T:
    """The record of type `kind` that `to_json` or `to_row` made `data` from. Raises ValueError, naming the field."""
    adapter, _ = _codec(kind)
    try:
        record: T = adapter.validate_python(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "all of it"
        raise ValueError(f"{kind.__name__.lower()}: {place}: {fault['msg']}") from None
    return record


Codec = tuple[TypeAdapter[Any], set[str] | None]
"""What reads and writes records of a type, and the names of its fields of bytes, if it has any."""
_CODECS: dict[type, Codec] = {}


def _codec(kind: type) -> Codec:
    if kind not in _CODECS:
        blobs = {name for name, hint in typing.get_type_hints(kind).items() if hint is bytes}
        _CODECS[kind] = TypeAdapter(kind), blobs or None
    return _CODECS[kind]
