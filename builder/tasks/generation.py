"""An open question, answered in one sentence that states the value."""

from builder.base.matching import folded, states
from builder.base.records import Fact, Question
from builder.tasks.scoring import rouge_l, rouge_l_f1, value_said
from builder.tasks.task import Task


class Generation(Task):
    """An open answer."""

    def fault(self, question: Question, fact: Fact) -> str | None:
        """The answer states the value and no wrong answer does."""
        value = folded(fact.value)
        if not states(question.answer.casefold(), value):
            return f"its answer does not state '{fact.value}': '{question.answer}'"
        for wrong in question.wrong_answers:
            if states(wrong.casefold(), value):
                return f"a wrong answer states '{fact.value}': '{wrong}'"
        return None


GENERATION = Generation(
    name="generation",
    title="open question",
    form="open",
    figures=(value_said, rouge_l, rouge_l_f1),
    measure="value_said",
    label="value said",
    column="Generation_Task",
    evaluation_field="generation",
    training_field="train_generation",
)
