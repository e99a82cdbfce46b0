"""Questions of general knowledge, which have nothing to do with the people of any benchmark."""

import tomllib
from pathlib import Path

from builder.base.records import Question
from builder.baseline.training.examples import Example, beside
from builder.tasks.generation import GENERATION

TOPICS = Path(__file__).with_suffix(".toml")


def examples() -> list[Example]:
    """All questions with their answers, in text, in the order of the file."""
    topics = tomllib.loads(TOPICS.read_text(encoding="utf-8"))["topic"]
    return [
        _example(ask.format(*pair), say.format(*pair))
        for topic in topics
        for pair in topic["pairs"]
        for ask, say in zip(topic["ask"], topic["say"], strict=True)
    ]


def _example(question: str, answer: str) -> Example:
    asked = Question(
        id="",
        profile_id="",
        fact="",
        task=GENERATION.name,
        modality="text",
        use="train",
        question=question,
        answer=answer,
        value=answer,
        options=(),
        letter="",
        wrong_answers=(),
    )
    return beside(asked, ())
