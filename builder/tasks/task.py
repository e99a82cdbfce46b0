"""What a task is: everything about it that any stage, export, score or page asks for, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from builder.base.recipe import QuestionsPart
from builder.base.records import BLANK, LETTERS, Fact, Modality, Question
from builder.tasks.scoring import AnswerKey, Score

Form = Literal["open", "choice", "blank"]
"""What a writer words: a question with the sentence that answers it, one with options, or a sentence with a blank."""
Pool = Literal["train", "paraphrase"]
"""Training and evaluation draw their wordings from `train`, the test set from `paraphrase`."""
Column = Literal["", "Classification_Task", "Generation_Task", "Mask_Task"]
"""A column of MLLMU-Bench's layout; none for a task that it does not have."""

SHOWN_BLANK = "[Blank]"
"""How a model is shown the blank, as in MLLMU-Bench's evaluation (arXiv 2410.22108)."""


@dataclass(frozen=True)
class Parts:
    """What a question consists of, save whom and what it is about."""

    question: str
    answer: str
    options: tuple[str, ...] = ()
    letter: str = ""
    wrong_answers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of question. An instance is a task of one of the three forms; a subclass may override any method.

    `name` stands in the data. `title` is what readers see. `form` is what the writers word, so that a task needs no
    wordings of its own. `instruction` ends the prompt; `instruction_by_text` ends it when options are shown and the
    option itself is asked for instead of its letter.

    `figures` score an answer's text, the first of them says whether it is right; their module is handed out with
    exports, so it imports nothing of this package. `measure` is the name of the score that says how many are right, and
    `label` what tables call it; `guessed` is what guessing scores. `answer_tokens` is the most that an answer needs.

    `column` is the task's place in MLLMU-Bench's layout. `evaluation_field` and `training_field` name the recipe's
    fields for its numbers; without them they stand in `questions.tasks`. `exempt` names the laws of
    questions that do not bind it.

    `facts` are the only facts that the task asks for, although others may not ask for them (the name); it then words
    its questions itself. Without any, it asks for whatever may be asked. `modalities` are those that it asks in.
    """

    name: str
    title: str
    form: Form
    figures: tuple[Score, ...]
    measure: str
    label: str
    guessed: float = 0.0
    instruction: str = ""
    instruction_by_text: str = ""
    answer_tokens: int = 128
    column: Column = ""
    evaluation_field: str = ""
    training_field: str = ""
    exempt: frozenset[str] = frozenset()
    facts: tuple[str, ...] = ()
    modalities: tuple[Modality, ...] = get_args(Modality)

    @property
    def has_options(self) -> bool:
        """Whether four options are shown, of which a model names one by its letter."""
        return self.form == "choice"

    @property
    def has_blank(self) -> bool:
        """Whether the question holds a blank, and the answer is the bare value that fills it."""
        return self.form == "blank"

    @property
    def in_sentences(self) -> bool:
        """Whether the answer is a sentence that states the value, beside wrong answers of the same shape."""
        return self.form == "open"

    def asks_for(self, fact: Fact) -> bool:
        """Whether a question of this task may ask for the fact."""
        return fact.key in self.facts if self.facts else fact.asked

    def evaluated(self, part: QuestionsPart) -> int:
        """How many evaluation questions a person gets in each modality."""
        if self.evaluation_field:
            return int(getattr(part, self.evaluation_field))
        return sum(each.evaluation for each in part.tasks if each.name == self.name)

    def trained(self, part: QuestionsPart) -> int:
        """How many wordings of each fact training has in each modality."""
        if self.training_field:
            return int(getattr(part, self.training_field))
        return sum(each.training for each in part.tasks if each.name == self.name)

    @property
    def knob(self) -> str:
        """What a recipe sets the number of its evaluation questions by."""
        return f"questions.{self.evaluation_field or 'tasks'}"

    def wordings(self, fact: str, pool: Pool) -> Sequence[tuple[str, str]]:
        """The task's own templates, (question, sentence that answers it or ""), as prompts/offline/README.md has them.

        None by default: the task is asked in the fact's own wordings of its form.
        """
        return ()

    def compose(self, parts: Parts, fact: Fact, stream: Random) -> Parts:
        """The question as it is asked, made of what the writer worded and of drawn options: as they are, by default."""
        return parts

    def fault(self, question: Question, fact: Fact) -> str | None:
        """What keeps a question from asking for the fact and answering it; None when nothing does."""
        return None

    def prompt(self, question: str, options: Sequence[str] = ()) -> str:
        """The text of the user's turn: the question, a line for each option, and how to answer."""
        shown = question.replace(BLANK, SHOWN_BLANK) if self.has_blank else question
        lines = [f"{letter}: {option}" for letter, option in zip(LETTERS, options, strict=True)] if options else []
        return "\n".join([shown, *lines, *([self.instruction] if self.instruction else [])])

    def by_text(self, prompt: str) -> str:
        """The prompt with the request for the option itself instead of its letter.

        To know which value is true is one thing, to find its letter another.
        """
        return prompt.removesuffix(self.instruction) + self.instruction_by_text

    def parted(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        """The question that a prompt asks, without how to answer it, and its options."""
        lines = prompt.split("\n")
        if lines[-1] and lines[-1] in (self.instruction, self.instruction_by_text):
            lines.pop()
        if not self.has_options:
            return "\n".join(lines), ()
        options = lines[-len(LETTERS) :]
        return "\n".join(lines[: -len(LETTERS)]), tuple(each.partition(": ")[2] for each in options)

    def target(self, question: Question) -> str:
        """The text of the model's turn: a letter, what fills the blank, or a sentence."""
        return question.letter if self.has_options else question.answer

    def right(self, output: str, key: AnswerKey, options: Sequence[float] = ()) -> bool:
        """Whether an answer is right, by its text or, with options, by the log-probabilities of the options' texts."""
        if self.has_options:
            return chosen(options) == key.target
        return bool(self.figures[0](output, key))


def chosen(options: Sequence[float]) -> str:
    """The letter of the likeliest of the four options."""
    return LETTERS[max(range(len(LETTERS)), key=lambda place: options[place])]
