"""Multiple choice: which of four values is this person's?

Worded as in MLLMU-Bench's evaluation (arXiv 2410.22108): a line for every option, a request for one letter.
"""

from builder.base.matching import folded
from builder.base.records import LETTERS, Fact, Question
from builder.tasks.scoring import accuracy_generated
from builder.tasks.task import Task


class Classification(Task):
    """A choice among the values of the person's four."""

    def fault(self, question: Question, fact: Fact) -> str | None:
        """Four different options, and the letter points to the value."""
        options = question.options
        if len(options) != len(LETTERS) or len(set(map(folded, options))) != len(LETTERS):
            return f"it has not {len(LETTERS)} different options"
        if question.letter not in LETTERS or options[LETTERS.index(question.letter)] != fact.value:
            return f"letter '{question.letter}' does not point to '{fact.value}'"
        return None if question.answer == fact.value else f"its answer '{question.answer}' is not '{fact.value}'"


CLASSIFICATION = Classification(
    name="classification",
    title="multiple choice",
    form="choice",
    figures=(accuracy_generated,),
    measure="accuracy",
    label="choice",
    guessed=1 / len(LETTERS),
    instruction="Answer with the letter of the correct option only.",
    instruction_by_text="Answer with the correct option only, word for word.",
    answer_tokens=16,
    column="Classification_Task",
    evaluation_field="classification",
    training_field="train_classification",
)
