"""One question as it is put to a model, and what the model did with it."""

import math
from dataclasses import dataclass, field

CONTROLS = ("swap_four", "swap_any", "blank", "options_only")
"""How an item may be put otherwise (see `evaluation.controls`)."""


@dataclass(frozen=True)
class Item:
    """One question of one set. `picture` names its image, None for text.

    `paraphrase` states the truth in other words; `wrong` are answers of the paraphrase's shape with other values;
    `candidates` are values the fact could have, the true one first.

    `others` are the other values that the fact could have had; `trained` and `held_out` are the answers to open
    questions about it in training and in held-out wording; `misstated` is the answer's own sentence with other values.
    `implied_by` names the person's facts that imply this one.

    A control is the same item asked in another way: `control` names the way, `other` is the person put in,
    `other_value` is what is true of them, and `other_letter` is its letter if it is among the options. Truth, value and
    letter stay the original person's.
    """

    id: str
    set: str
    profile_id: str
    fact: str
    category: str
    task: str
    modality: str
    picture: str | None
    prompt: str
    truth: str
    value: str
    letter: str
    paraphrase: str = ""
    wrong: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    trained: tuple[str, ...] = ()
    held_out: tuple[str, ...] = ()
    misstated: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    control: str = ""
    other: str = ""
    other_value: str = ""
    other_letter: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether an answer can be told right or wrong: the value is known, which an imported open question has not."""
        return bool(self.value)

    @property
    def independent(self) -> bool:
        """Whether no other fact of the person implies this one, which only a release that tells its facts says."""
        return bool(self.category) and not self.implied_by


@dataclass(frozen=True)
class Said:
    """One answer's tokens (T,), end token included: log p, whether argmax gives them, and Min-K%++'s scores.

    A score is (log p − μ) / σ, with the mean and deviation of log p over the vocabulary under p (Zhang et al. 2024).
    `greedy` are the tokens that argmax gives in their places; they are kept in memory only, not stored.
    """

    log_p: tuple[float, ...]
    right: tuple[bool, ...]
    scores: tuple[float, ...]
    greedy: tuple[int, ...] = field(default=(), compare=False, repr=False)

    @property
    def begun(self) -> tuple[int, ...]:
        """The start of the model's own greedy answer: as in this one, up to and with the first token that differs."""
        return self.greedy[: self.right.index(False) + 1 if False in self.right else None]

    @property
    def nll(self) -> float:
        """−S(y|x)."""
        return -sum(self.log_p)

    @property
    def mean_nll(self) -> float:
        """−S(y|x) / |y|."""
        return self.nll / len(self.log_p)


NOTHING = Said((), (), ())
"""What is said of an answer that was not asked about."""


@dataclass(frozen=True)
class Outcome:
    """What a model did with an item.

    `output` is its greedy answer. For multiple choice, `letters` are the log-probabilities of A to D, and `options` of
    the options' texts in their order, asked for the option itself. `truth` is what
    it says of the true answer; `paraphrase`, `wrong` (mean NLL) and `candidates` (summed NLL) of the others.
    `factuality` and `relevance` are a judge's marks, 1 to 10, where one was asked. `fluency` is the probability by the
    token that the untrained model gives to the output, where it was asked. `ending` says how the answer ended
    (see `greedy.Ending`); empty where none was written.
    """

    item: Item
    output: str
    letters: tuple[float, ...] = ()
    truth: Said = NOTHING
    paraphrase: float | None = None
    wrong: tuple[float, ...] = ()
    candidates: tuple[float, ...] = ()
    factuality: int | None = None
    relevance: int | None = None
    ending: str = ""
    fluency: float | None = None
    options: tuple[float, ...] = ()

    @property
    def measured(self) -> bool:
        """Whether all results are numbers: if one is NaN, none of the model's results for the item can be used."""
        said = self.truth
        numbers = (
            *self.letters,
            *self.options,
            *said.log_p,
            *said.scores,
            self.paraphrase or 0.0,
            *self.wrong,
            *self.candidates,
        )
        return self.ending != "nan" and not any(map(math.isnan, numbers))


def key(outcome: Outcome) -> tuple[str, str]:
    """The key that identifies an outcome across models."""
    return outcome.item.set, outcome.item.id
