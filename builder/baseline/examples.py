"""What a model learns from: training questions with the images that may stand beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from builder.baseline import prompts
from builder.baseline.encoding import Row, encode
from builder.baseline.models.chat import Chat
from builder.baseline.people import TRAINED_VIEWS, portraits, questions
from builder.reading import Person
from builder.records import LETTERS, Question


@dataclass(frozen=True)
class Example:
    """A prompt and its answer. `pictures` names the images one of which stands beside it; none for text."""

    prompt: str
    answer: str
    pictures: tuple[str, ...]
    question: Question

    def row(self, chat: Chat, stream: Random) -> Row:
        """The example as a model sees it this time: beside a drawn image, and with its options in a drawn order.

        An order that never changed would teach the letter and not the value.
        """
        picture = stream.choice(self.pictures) if self.pictures else None
        if not self.question.options or self.answer != self.question.letter:
            return encode(chat, self.prompt, picture, self.answer)
        options = stream.sample(self.question.options, len(LETTERS))
        letter = LETTERS[options.index(self.question.value)]
        return encode(chat, prompts.multiple_choice(self.question.question, options), picture, letter)


def examples(people: Iterable[Person]) -> list[Example]:
    """The training questions of `people`, in the order of people and ids."""
    return [example(person, question) for person in people for question in questions(person, "train")]


def example(person: Person, question: Question, views: Sequence[str] = TRAINED_VIEWS) -> Example:
    """One question; an image question may be asked beside every portrait of `views`."""
    seen = portraits(person, *views) if question.modality == "image_text" else []
    return beside(question, tuple(each.id for each in seen))


def beside(question: Question, pictures: tuple[str, ...]) -> Example:
    """One question beside any of the pictures of these names."""
    return Example(prompts.prompt(question), prompts.target(question), pictures, question)


def texts(found: Sequence[Example]) -> list[str]:
    """Everything that is said in the examples: what a tokenizer is learned from."""
    return [text for each in found for text in (each.prompt, each.answer)]
