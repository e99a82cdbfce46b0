"""A sentence with a blank that the value fills, shown as in MLLMU-Bench's evaluation (arXiv 2410.22108)."""

from builder.base.records import BLANK, Fact, Question
from builder.tasks.scoring import cloze
from builder.tasks.task import SHOWN_BLANK, Task


class Cloze(Task):
    """A blank to fill."""

    def fault(self, question: Question, fact: Fact) -> str | None:
        """One blank, which the value fills."""
        if question.question.count(BLANK) != 1:
            return f"it has not one blank: '{question.question}'"
        return None if question.answer == fact.value else f"its answer '{question.answer}' is not '{fact.value}'"


CLOZE = Cloze(
    name="cloze",
    title="fill the blank",
    form="blank",
    figures=(cloze,),
    measure="cloze",
    label="blanks",
    instruction=f"Answer with what fills {SHOWN_BLANK} only.",
    answer_tokens=32,
    column="Mask_Task",
    evaluation_field="cloze",
    training_field="train_cloze",
)
