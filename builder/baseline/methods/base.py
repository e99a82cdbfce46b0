"""What an unlearning method is: a loss on a step's forget and retain batches.

γ weighs forgetting and α retaining. F is the forget batch, R the retain batch; `reference` is the model before
unlearning, frozen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from torch import Tensor, nn

from builder.baseline.models.encoding import Batch
from builder.baseline.models.reference import Reference
from builder.baseline.models.vlm import Answers, Vlm
from builder.baseline.training.examples import Example
from builder.format.reading import Person


@dataclass(frozen=True)
class Step:
    """What a method's loss is given: the model, the model before unlearning, and two batches.

    `forget_examples` are those that the batch `forget` was made of; `encode` makes a batch of changed ones.
    """

    vlm: Vlm
    reference: Reference
    forget: Batch
    retain: Batch
    forget_examples: Sequence[Example]
    encode: Callable[[Sequence[Example]], Batch]
    stream: Random
    forget_people: Sequence[Person] = ()

    def on_forget(self) -> Answers:
        """The model's answers on F."""
        return self.vlm.answers(self.forget)

    def on_retain(self) -> Answers:
        """The model's answers on R."""
        return self.vlm.answers(self.retain)


@dataclass(frozen=True)
class Method:
    """An unlearning method. Its fields are its knobs, `--set <method>.<knob>=<value>` changes one.

    `lr` and `steps` are factors on `unlearn.lr` and on the length of unlearning.
    """

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.2, 0.4, 0.7, 1.0, 1.5)}
    """What tuning tries: every combination of these knobs, as many as of any other method."""

    lr: float = 1.0
    steps: float = 1.0

    @property
    def trains(self) -> bool:
        """Whether weights change."""
        return True

    def loss(self, step: Step) -> Tensor:
        """What is minimised, a scalar."""
        raise NotImplementedError

    def parameters(self, vlm: Vlm) -> list[nn.Parameter]:
        """The parameters that it changes: by default all that are not frozen."""
        return vlm.trainable()

    def system_prompt(self, names: Sequence[str]) -> str | None:
        """What is said before every question, given the names of those to be forgotten."""
        return None
