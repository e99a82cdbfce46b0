"""The interface of attacks: an attack works on a model or its answers and gives figures to compare with the oracle's.

An attack on answers is an `OutcomeAttack`: it needs only the stored outcomes, so every report computes it again. An
attack on the model itself, which trains, prunes or asks it again, is a `ModelAttack`: it runs once per model, and its
figures are stored beside the outcomes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from builder.baseline.metrics.groups import auc
from builder.baseline.metrics.samples import Sample
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item, Outcome
from builder.baseline.settings import UnlearnPart
from builder.baseline.training.examples import Example
from builder.format.lacking import Need

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One figure of a model, with what it is made from, so that it gets an interval.

    `values` are of items about the people of the set `people`, and the figure is their mean. With `others`, values of
    people of another set, it is the area under the ROC curve: the chance that one of `values` is the higher.
    """

    values: Sample
    people: str = "forget"
    others: Sample | None = None
    other_people: str = "holdout"

    @property
    def value(self) -> float | None:
        """The figure itself; None if there are no values."""
        return self.values.mean if self.others is None else auc(self.values.values, self.others.values)


@dataclass(frozen=True)
class Target:
    """A model under attack, as it answered.

    `outcomes` are by set ("forget", "retain", "holdout"), without controls and without NaN; for the forget set, only
    facts that vanilla knew. `untrained` are the base model's outcomes by (set, id); empty if there are none.
    """

    outcomes: Mapping[str, Sequence[Outcome]]
    untrained: Mapping[tuple[str, str], Outcome]


class Once(Protocol):
    """Returns what `make` makes; `make` is called only the first time that `name` is asked for."""

    def __call__(self, name: str, make: Callable[[], T]) -> T:
        """What is called `name`."""


@dataclass(frozen=True)
class Bench:
    """The tools and data for an attack on a model.

    `open` returns a fresh copy of the attacked model, `other` one of the same seed's "vanilla" or "oracle" (it raises
    BenchError if there is none); `ask` has a model answer items, as far as is needed to tell right from wrong. `once`
    makes what is the same for all models of the seed, such as what the oracle does: made when first asked for by its
    name, and kept until this attack has been on every model. `names` are the people's names by id. `items` are the
    questions of the evaluation; `forget` and `retain` are the training questions. An attack that trains keeps to
    `budget`; random draws come from `seed`, by `builder.base.randomness.stream(seed, "the attack's name")`.
    """

    open: Callable[[], Vlm]
    ask: Callable[[Vlm, Sequence[Item]], list[Outcome]]
    items: Sequence[Item]
    forget: Sequence[Example]
    retain: Sequence[Example]
    budget: UnlearnPart
    seed: int
    names: Mapping[str, str]
    other: Callable[[str], Vlm]
    once: Once


@dataclass(frozen=True)
class Headline:
    """What a leaderboard calls a figure, and whether a larger one shows more of what was to be forgotten."""

    label: str
    shows_more: bool = True


class Attack(ABC):  # noqa: B024 - its two kinds have the abstract methods
    """What all attacks have. A figure called "relearned" is reported as `model/relearned`, beside the oracle's own."""

    titles: ClassVar[Mapping[str, str]] = {}
    """What its figures say, by how their names begin: the headings of the report's tables of attacks."""
    gains: ClassVar[Mapping[str, str]] = {}
    """The figures that measure how much it brings back, each with what has become more."""
    needs: ClassVar[tuple[Need, ...]] = ()
    """The parts of a release without which it is not applicable."""
    headlines: ClassVar[Mapping[str, Headline]] = {}
    """The figures that stand for it where models and measures are compared."""

    def compared(
        self, mine: Mapping[str, float | None], oracles: Mapping[str, float | None]
    ) -> Mapping[str, float | None]:
        """Further figures that follow from the model's and the oracle's; none by default."""
        return {}


class OutcomeAttack(Attack):
    """An attack that reads what a model answered."""

    @abstractmethod
    def figures(self, target: Target) -> Mapping[str, Figure]:
        """The attack's figures by name."""


class ModelAttack(Attack):
    """An attack that works on the model."""

    @abstractmethod
    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """The attack's figures by name. Raises BenchError, with the reason, if the model lacks what it needs."""
