"""What an import reads from a foreign set: people, their pictures and questions, and what is set aside as wrong.

Every layout is read into the same few records, and everything is checked here, so that one kind of fault is called the
same in every layout. Nothing is repaired: what is wrong is set aside, with its place and the reason.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from builder import tasks
from builder.base.matching import folded
from builder.base.records import BLANK, LETTERS, Modality, Use, View
from builder.format.splits import HOLDOUT, PUBLIC_FIGURES
from builder.tasks import SHOWN_BLANK

TRAIN = "train"
"""The set of everybody that a model is trained on before it unlearns."""
MOST_PIXELS = 50_000_000
"""A picture with more of them is set aside: to decode it could fill the memory."""


@dataclass(frozen=True)
class SetAside:
    """Something wrong in the source: its kind, where it stands, whom it concerns ("" for nobody) and what it is."""

    kind: str
    place: str
    person: str
    reason: str


@dataclass(frozen=True)
class Picture:
    """A picture of a person: its view, where its bytes are kept, its format and its sha256."""

    view: View
    kept: Path
    format: str
    sha256: str


@dataclass(frozen=True)
class Asked:
    """A question as the source has it. `about` tells which questions of a person ask for the same; "" if none do.

    `options` maps letters to texts. `answer` is the letter of the right option, what fills the blank, or a sentence.
    """

    task: str
    modality: Modality
    use: Use
    question: Any
    answer: Any
    options: Any = None
    about: str = ""
    wrong_answers: tuple[str, ...] = ()


@dataclass
class ForeignPerson:
    """A person of the source by their id there, with everything that is read of them."""

    id: str
    name: str = ""
    biography: str = ""
    sets: set[str] = field(default_factory=set)
    pictures: list[Picture] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)

    def pictured(self, view: View) -> bool:
        """Whether there is a picture of this view."""
        return any(picture.view == view for picture in self.pictures)

    @property
    def is_tested(self) -> bool:
        """Whether anything of the person is for the test set: a held-out view or a held-out wording."""
        return self.pictured("test") or any(asked.use == "paraphrase" for asked in self.questions)

    def shows(self, view: View, data: bytes) -> bool:
        """Whether a picture of this view has these bytes."""
        digest = hashlib.sha256(data).hexdigest()
        return any((picture.view, picture.sha256) == (view, digest) for picture in self.pictures)


class ForeignSet:
    """Gathers what an importer reads. `pictures` is a folder in which the bytes of pictures may be kept meanwhile."""

    def __init__(self, pictures: Path) -> None:
        """Begin with nothing."""
        self._pictures = pictures
        self._people: dict[str, ForeignPerson] = {}
        self._sets: dict[str, None] = {}
        self._taken: set[tuple[Any, ...]] = set()
        self._said: dict[str, dict[str, str]] = {}
        self.aside: list[SetAside] = []

    def add_set(self, name: str) -> None:
        """Name a set of people: "train", "forget_5", "retain_95", "holdout" or "public_figures"."""
        self._sets.setdefault(name)

    def person(self, identity: str, *sets: str) -> ForeignPerson:
        """The person with this id, made if need be, as a member of `sets`."""
        person = self._people.setdefault(identity, ForeignPerson(identity))
        person.sets.update(sets)
        for name in sets:
            self.add_set(name)
        return person

    def knows(self, identity: str) -> bool:
        """Whether anything was read of this person before."""
        return identity in self._people

    def compare(self, person: ForeignPerson, place: str, contents: Mapping[str, object]) -> None:
        """Report what a set says of a person otherwise than the set in which the person was read first."""
        known = self._said.setdefault(person.id, {})
        for name, content in contents.items():
            digest = hashlib.sha256(repr(content).encode()).hexdigest()
            if content and known.setdefault(name, digest) != digest:
                reason = f"its {name} is another than where the person was read first"
                self.set_aside("sets that disagree", place, reason, person.id)

    def everybody(self) -> list[ForeignPerson]:
        """The people read so far."""
        return list(self._people.values())

    def set_aside(self, kind: str, place: str, reason: str, person: str = "") -> None:
        """Record something that is wrong."""
        self.aside.append(SetAside(kind, place, person, reason))

    def add_picture(self, person: ForeignPerson, view: View, data: object, place: str) -> None:
        """Keep a picture if it can be shown."""
        found = _inspect(data)
        if isinstance(found, str):
            self.set_aside("picture", place, f"the {view} picture {found}", person.id)
            return
        assert isinstance(data, bytes)
        digest = hashlib.sha256(data).hexdigest()
        kept = self._pictures / digest
        if not kept.exists():
            kept.write_bytes(data)
        person.pictures.append(Picture(view, kept, found[0], digest))

    def add_question(self, person: ForeignPerson, asked: Asked, place: str) -> None:
        """Keep a question if it can be asked and scored."""
        if fault := _fault(asked):
            kind, reason = fault
            self.set_aside(kind, place, reason, person.id)
            return
        same = (person.id, asked.task, asked.modality, asked.use, asked.question, str(asked.options), asked.answer)
        if same in self._taken:
            self.set_aside("repeated question", place, f"the same use asks twice: '{asked.question}'", person.id)
            return
        self._taken.add(same)
        person.questions.append(asked)

    def sound(self) -> list[ForeignPerson]:
        """The people who can be used, in the order in which they were read; the others are set aside."""
        return [person for person in self._people.values() if self._is_sound(person)]

    def _is_sound(self, person: ForeignPerson) -> bool:
        if fault := _misplaced(person.sets, self._sets):
            self.set_aside("person in the wrong sets", "", fault, person.id)
            return False
        if not person.pictured("reference"):
            self._drop_image_questions(person, ("train", "eval"))
            if not person.pictured("test"):
                self._drop_image_questions(person, ("paraphrase",))
        if not person.questions:
            self.set_aside("person without questions", "", "nothing that can be asked is left", person.id)
            return False
        return True

    def _drop_image_questions(self, person: ForeignPerson, uses: Sequence[Use]) -> None:
        """Set aside the questions about a picture that is not there."""
        gone = [each for each in person.questions if each.modality == "image_text" and each.use in uses]
        for each in gone:
            self.set_aside(
                "question without its picture", "", f"'{each.question}' asks about a picture that is missing", person.id
            )
        person.questions = [each for each in person.questions if each not in gone]


def counted(aside: Iterable[SetAside]) -> dict[str, int]:
    """How much is set aside, by kind."""
    return dict(sorted(Counter(each.kind for each in aside).items()))


def _inspect(data: object) -> tuple[str] | str:
    """The format of an encoded picture, or what keeps it from being shown."""
    if not isinstance(data, bytes) or not data:
        return "is missing"
    try:
        with Image.open(io.BytesIO(data)) as opened:
            width, height = opened.size
            kind = (opened.format or "").lower()
            if width * height <= MOST_PIXELS:
                opened.load()
    except Image.DecompressionBombError:
        return f"is huge: it has more than {MOST_PIXELS:,} pixels"
    except Exception as error:  # whatever a decoder makes of broken bytes
        return f"cannot be decoded: {str(error) or type(error).__name__}"
    if width * height > MOST_PIXELS:
        return f"is huge: {width} x {height} pixels"
    return (kind,)


def _fault(asked: Asked) -> tuple[str, str] | None:
    """The kind of fault and the fault of a question; None when it can be asked."""
    for name, text in (("question", asked.question), ("answer", asked.answer)):
        if not isinstance(text, str):
            return "wrong nesting", f"its {name} is {_what(text)} and not a text"
        if not text.strip():
            return "empty text", f"its {name} is empty" + (f": '{asked.question}'" if name == "answer" else "")
    if tasks.of(asked).has_options:
        return _options_fault(asked)
    if tasks.of(asked).has_blank and BLANK not in asked.question and SHOWN_BLANK not in asked.question:
        return "no blank", f"its question has no blank: '{asked.question}'"
    return None


def _options_fault(asked: Asked) -> tuple[str, str] | None:
    if not isinstance(asked.options, Mapping):
        return "wrong nesting", f"its options are {_what(asked.options)} and not by letter: '{asked.question}'"
    if set(asked.options) != set(LETTERS):
        return "letters of the options", f"its options have the letters {', '.join(map(str, asked.options))}"
    texts = list(asked.options.values())
    if not all(isinstance(text, str) and text.strip() for text in texts):
        return "empty text", f"an option is empty: '{asked.question}'"
    if asked.answer not in LETTERS:
        return "letter outside the options", f"its answer '{asked.answer}' is none of {', '.join(LETTERS)}"
    alike = [letter for letter, text in asked.options.items() if folded(text) == folded(asked.options[asked.answer])]
    if len(alike) > 1:
        return (
            "two right letters",
            f"{' and '.join(alike)} are both '{asked.options[asked.answer]}': '{asked.question}'",
        )
    if len(set(map(folded, texts))) < len(texts):
        return "repeated options", f"two of its options are the same: '{asked.question}'"
    return None


def _what(value: object) -> str:
    """A value that should be something else, in words."""
    return "missing" if value is None else f"a {type(value).__name__}"


def _misplaced(mine: set[str], every: Iterable[str]) -> str:
    """What is wrong with the sets that a person is in; empty when nothing is."""
    names = set(every)
    untrained = sorted(mine & {HOLDOUT, PUBLIC_FIGURES})
    trained = sorted(mine - {HOLDOUT, PUBLIC_FIGURES})
    if (untrained and trained) or len(untrained) > 1:
        return f"the person is in {' and '.join([*trained[:1], *untrained])}"
    if untrained:
        return ""
    if TRAIN in names and TRAIN not in mine:
        return f"the person is in {trained[0]} and not in the set that is trained on" if trained else "it is in no set"
    for forget, retain in pairs(names):
        if retain in names and (forget in mine) == (retain in mine):
            return f"the person is in {'both' if forget in mine else 'neither'} of {forget} and {retain}"
    return ""


def pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each forget set with the name of its retain set, the smallest first."""
    for percent in percents(names):
        yield f"forget_{percent}", f"retain_{100 - percent}"


def percents(names: Iterable[str]) -> Sequence[int]:
    """The sizes of the forget sets, ascending."""
    return sorted(int(name.removeprefix("forget_")) for name in names if name.startswith("forget_"))
