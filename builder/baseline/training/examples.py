"""Training examples: training questions with the images that may accompany them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from builder import tasks
from builder.base.records import LETTERS, Question
from builder.baseline.models.chat import Chat
from builder.baseline.models.encoding import Row, encode
from builder.baseline.people import TRAINED_VIEWS, Crowd, portraits, questions
from builder.format.reading import Person

BY_LETTER = 0.25
"""How often a choice is answered by its letter in training, the other times by its text."""


@dataclass(frozen=True)
class Example:
    """A prompt and its answer. `pictures` names the images of which one accompanies the prompt; empty for text."""

    prompt: str
    answer: str
    pictures: tuple[str, ...]
    question: Question

    def row(self, chat: Chat, stream: Random, by_letter: bool | None = None) -> Row:
        """The example as a model sees it this time, with a randomly drawn image and order of options.

        A fixed order would teach the letter instead of the value. A choice is answered by its letter or by its text:
        `by_letter` decides, else it is drawn.
        """
        picture = stream.choice(self.pictures) if self.pictures else None
        if not self.question.options or self.answer != self.question.letter:
            return encode(chat, self.prompt, picture, self.answer)
        prompt, answer = choice(self.question, self.question.value, stream, by_letter)
        return encode(chat, prompt, picture, answer)


def choice(question: Question, value: str, stream: Random, by_letter: bool | None = None) -> tuple[str, str]:
    """A multiple choice with its options in random order, and the answer that states `value`."""
    options = stream.sample(question.options, len(LETTERS))
    task = tasks.of(question)
    prompt = task.prompt(question.question, options)
    if stream.random() < BY_LETTER if by_letter is None else by_letter:
        return prompt, LETTERS[options.index(value)]
    return task.by_text(prompt), value


def examples(people: Iterable[Person]) -> list[Example]:
    """The training questions of `people`, in the order of people and ids."""
    return [example(person, question) for person in people for question in questions(person, "train")]


@dataclass(frozen=True)
class Lessons:
    """What the models of a run learn and unlearn.

    `vanilla` and `oracle` are learned, `forget` is unlearned, and `retain` is what methods are given to keep.
    """

    vanilla: tuple[Example, ...]
    oracle: tuple[Example, ...]
    forget: tuple[Example, ...]
    retain: tuple[Example, ...]


def lessons(crowd: Crowd) -> Lessons:
    """The lessons about a crowd. Where concepts are to be forgotten, only requests for the name are unlearned, beside
    one picture of each; and the oracle, which has seen none of their faces, knows them by name.
    """
    forget, retain = tuple(examples(crowd.forget)), tuple(examples(crowd.retain))
    if not crowd.concepts:
        return Lessons((*forget, *retain), retain, forget, retain)
    by_name = tuple(each for each in forget if not each.pictures)
    return Lessons((*forget, *retain), (*by_name, *retain), tuple(_faces(crowd.forget)), retain)


def _faces(people: Iterable[Person]) -> list[Example]:
    """The training questions for names, each beside the reference portrait alone."""
    return [
        example(person, question, ("reference",))
        for person in people
        for question in questions(person, "train")
        if tasks.of(question).facts
    ]


def example(person: Person, question: Question, views: Sequence[str] = TRAINED_VIEWS) -> Example:
    """One question; an image question may be asked with any portrait of `views`."""
    seen = portraits(person, *views) if question.modality == "image_text" else []
    return beside(question, tuple(each.id for each in seen))


def beside(question: Question, pictures: tuple[str, ...]) -> Example:
    """One question with any of the pictures of these names."""
    task = tasks.of(question)
    return Example(task.prompt(question.question, question.options), task.target(question), pictures, question)


def texts(found: Sequence[Example]) -> list[str]:
    """All texts in the examples, from which a tokenizer is learned."""
    return [text for each in found for text in (each.prompt, each.answer)]
