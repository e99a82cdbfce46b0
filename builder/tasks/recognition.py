"""Recognition: whose face is it? Asked beside a picture alone, and answered with the name.

Knowing faces is what MMUBench (arXiv 2405.12523) has a model unlearn. Everywhere else no image question may lead to a
name, so these tasks are exempt from that law, and a recipe must ask for them. They word their questions themselves.
"""

from collections.abc import Sequence
from random import Random

from builder.base.matching import folded, states
from builder.base.records import LETTERS, Fact, Question
from builder.tasks.classification import Classification
from builder.tasks.scoring import accuracy_generated, rouge_l, value_said, yes_or_no
from builder.tasks.task import Parts, Pool, Task

NAME = "name"
"""The fact that is asked for."""
_REPLY: dict[Pool, str] = {"train": "This is {value}.", "paraphrase": "It is the face of {value}."}

_OPEN: dict[Pool, tuple[str, ...]] = {
    "train": (
        "Who is this?",
        "Who is {subject}?",
        "Who is shown here?",
        "Who is in the picture?",
        "What is the name of {subject}?",
        "What is {possessive} name?",
        "What is {subject} called?",
        "What is the full name of {subject}?",
        "Which person is this?",
        "Please name {subject}.",
        "Please tell me who {subject} is.",
        "Please tell me the name of {subject}.",
        "Do you know who {subject} is?",
        "By what name is {subject} known?",
        "Can you say who this is?",
    ),
    "paraphrase": (
        "Can you identify {subject}?",
        "Which name belongs to {subject}?",
        "Whose face can be seen?",
        "Under which name would {subject} sign a letter?",
        "How would {subject} introduce {them}self by name?",
        "With which full name would a friend greet {subject}?",
        "Which name goes with this face?",
        "Whom has the picture captured?",
    ),
}
_CHOICE: dict[Pool, tuple[str, ...]] = {
    "train": (
        "Which of these is the name of {subject}?",
        "Which of these is {possessive} name?",
        "Which of these people is {subject}?",
        "Which one of these names belongs to {subject}?",
        "Who of these four is shown here?",
        "Which of the following is the name of {subject}?",
        "Which option names {subject}?",
        "By which of these names is {subject} known?",
    ),
    "paraphrase": (
        "Which name on the list goes with this face?",
        "Under which name from the list would {subject} sign a letter?",
        "Whose face can be seen, out of the four listed?",
        "Which of the four does the picture portray?",
    ),
}
_YES_NO: dict[Pool, tuple[str, ...]] = {
    "train": (
        "Is this",
        "Is {subject} called",
        "Is the name of {subject}",
        "Is {possessive} name",
        "Does the picture show",
        "Is the person we see here",
        "Is {subject} known as",
        "Do you recognise this face as that of",
    ),
    "paraphrase": (
        "Would {subject} turn round on hearing",
        "Does this face belong to",
        "Would a friend greet {subject} as",
        "Has the picture captured",
    ),
}
"""How the question begins; the name shown ends it."""


class Recognition(Task):
    """An open question that the name answers."""

    def wordings(self, fact: str, pool: Pool) -> Sequence[tuple[str, str]]:
        """Templates with the sentence that answers them."""
        return [(text, _REPLY[pool]) for text in _OPEN[pool]]

    def fault(self, question: Question, fact: Fact) -> str | None:
        """The question says no part of the name, the answer states it, and no wrong answer does."""
        if said := _said(question, fact):
            return f"its question says '{said}' of the name"
        value = folded(fact.value)
        if not states(folded(question.answer), value):
            return f"its answer does not state '{fact.value}': '{question.answer}'"
        wrong = next((each for each in question.wrong_answers if states(folded(each), value)), None)
        return f"a wrong answer states '{fact.value}': '{wrong}'" if wrong else None


class RecognitionChoice(Classification):
    """A choice among the names of the person's four, who share country, gender and age group."""

    def wordings(self, fact: str, pool: Pool) -> Sequence[tuple[str, str]]:
        """Templates; options answer them."""
        return [(text, "") for text in _CHOICE[pool]]

    def fault(self, question: Question, fact: Fact) -> str | None:
        """The question says no part of the name; else as every choice."""
        said = _said(question, fact)
        return f"its question says '{said}' of the name" if said else super().fault(question, fact)


class RecognitionYesNo(Task):
    """A name is shown, in half of the questions the person's own, else one of the other three's."""

    in_sentences = False  # the model answers with a word

    def wordings(self, fact: str, pool: Pool) -> Sequence[tuple[str, str]]:
        """How the questions begin."""
        return [(text, "") for text in _YES_NO[pool]]

    def compose(self, parts: Parts, fact: Fact, stream: Random) -> Parts:
        """The question with the name that is shown."""
        right = stream.random() < 0.5
        shown = fact.value if right else stream.choice(fact.alternatives)
        return Parts(f"{parts.question} {shown}?", "Yes" if right else "No")

    def fault(self, question: Question, fact: Fact) -> str | None:
        """The question shows the name or one of the other three's, and the answer says which."""
        shown = next((each for each in (fact.value, *fact.alternatives) if each in question.question), None)
        if shown is None:
            return f"it shows no name of the four: '{question.question}'"
        wanted = "Yes" if shown == fact.value else "No"
        return None if question.answer == wanted else f"its answer '{question.answer}' is not '{wanted}'"


def _said(question: Question, fact: Fact) -> str:
    """The word of the name that a question says; empty where it says none."""
    asked = folded(question.question)
    return next((word for word in fact.value.split() if word[:1].isupper() and states(asked, folded(word))), "")


_HIDES_NAME = frozenset({"image_question_hides_name"})
_NAMES_ARE_SHOWN = _HIDES_NAME | {"question_hides_value", "answer_states_value"}

RECOGNITION = Recognition(
    name="recognition",
    title="name the face",
    form="open",
    figures=(value_said, rouge_l),
    measure="recognised",
    label="name said",
    exempt=_HIDES_NAME,
    facts=(NAME,),
    modalities=("image_text",),
)
CHOICE = RecognitionChoice(
    name="recognition_choice",
    title="choose the name",
    form="choice",
    figures=(accuracy_generated,),
    measure="recognised_choice",
    label="name chosen",
    guessed=1 / len(LETTERS),
    instruction="Answer with the letter of the correct option only.",
    instruction_by_text="Answer with the correct option only, word for word.",
    answer_tokens=16,
    exempt=_HIDES_NAME,
    facts=(NAME,),
    modalities=("image_text",),
)
YES_NO = RecognitionYesNo(
    name="recognition_yes_no",
    title="is it the name?",
    form="open",
    figures=(yes_or_no,),
    measure="recognised_yes_no",
    label="name confirmed",
    guessed=0.5,
    instruction="Answer with yes or no only.",
    answer_tokens=8,
    exempt=_NAMES_ARE_SHOWN,
    facts=(NAME,),
    modalities=("image_text",),
)
