"""How a question is put to a model, and what the model is to answer.

Multiple choice and fill-the-blank are worded as in MLLMU-Bench's evaluation (arXiv 2410.22108): a line for every
option, a request for one letter; the blank shown as [Blank]. A choice is also put by its text, the same question and
options with a request for the option itself: to know which value is true is one thing, to find its letter another.
"""

from collections.abc import Sequence

from builder.base.records import BLANK, LETTERS, Question

SHOWN_BLANK = "[Blank]"
_ONE_LETTER = "Answer with the letter of the correct option only."
_ONE_OPTION = "Answer with the correct option only, word for word."
_ONE_BLANK = f"Answer with what fills {SHOWN_BLANK} only."


def prompt(question: Question) -> str:
    """The text of the user's turn."""
    if question.task == "classification":
        return multiple_choice(question.question, question.options)
    if question.task == "cloze":
        return f"{question.question.replace(BLANK, SHOWN_BLANK)}\n{_ONE_BLANK}"
    return question.question


def target(question: Question) -> str:
    """The text of the model's turn: a letter, what fills the blank, or a sentence."""
    return question.letter if question.task == "classification" else question.answer


def multiple_choice(question: str, options: Sequence[str]) -> str:
    """A question with its options, A to D, and the request for one letter."""
    lines = [f"{letter}: {option}" for letter, option in zip(LETTERS, options, strict=True)]
    return "\n".join([question, *lines, _ONE_LETTER])


def by_text(prompt: str) -> str:
    """The prompt of a multiple choice with the request for the option's text instead of its letter."""
    return prompt.removesuffix(_ONE_LETTER) + _ONE_OPTION


def parted(text: str, task: str) -> tuple[str, tuple[str, ...]]:
    """The question that a prompt asks, without what it asks for, and the options of a multiple choice."""
    lines = text.split("\n")
    if task == "classification" and lines[-1] in (_ONE_LETTER, _ONE_OPTION):
        options = lines[-1 - len(LETTERS) : -1]
        return "\n".join(lines[: -1 - len(LETTERS)]), tuple(each.partition(": ")[2] for each in options)
    return text.removesuffix(f"\n{_ONE_BLANK}"), ()
