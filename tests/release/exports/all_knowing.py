"""The probe of the exports: a model that knows everything in a release and so must get the full score from a peer."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from builder import tasks
from builder.base.records import Question
from builder.format.reading import open_release


class AllKnowing:
    """Knows each person by every portrait and by name, and what each question asks for."""

    def __init__(self, release: Path) -> None:
        self._faces: dict[str, str] = {}
        self._asked: dict[tuple[str, str], Question] = {}
        self._replies: dict[tuple[str, str], str] = {}
        for person in open_release(release).people():
            for portrait in person.portraits:
                self._faces[hashlib.sha256(portrait.image).hexdigest()] = person.profile.id
            for question in person.questions:
                shown = person.profile.id if question.modality == "image_text" else ""
                task = tasks.of(question)
                self._asked[question.question, shown] = question
                self._replies[task.prompt(question.question, question.options), shown] = task.target(question)

    def says(self, question: str, image: bytes | None = None) -> str:
        """The answer: what fills the blank, or the sentence."""
        return self._question(question, image).answer

    def chooses(self, question: str, options: Mapping[str, str], image: bytes | None = None) -> str:
        """The letter under which the true value is shown."""
        value = self._question(question, image).value
        return next(letter for letter, option in options.items() if option == value)

    def replies(self, prompt: str, image: bytes | None = None) -> str:
        """The reply to a question as a baseline asks it, with its options and how to answer."""
        return self._replies[prompt, self._shown(image)]

    def _question(self, question: str, image: bytes | None) -> Question:
        return self._asked[question, self._shown(image)]

    def _shown(self, image: bytes | None) -> str:
        return self._faces[hashlib.sha256(image).hexdigest()] if image else ""
