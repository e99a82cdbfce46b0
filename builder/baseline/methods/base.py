"""What an unlearning method is: a loss on a step's forget and retain batches.

γ weighs forgetting and α retaining. F is the forget batch, R the retain batch; `reference` is the model before
unlearning, frozen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from torch import Tensor, nn

from builder.baseline.models.encoding import Batch
from builder.baseline.models.reference import ReferenceModel
from builder.baseline.models.vlm import Answers, Vlm
from builder.baseline.training.examples import Example
from builder.format.concepts import Concept
from builder.format.lacking import Need
from builder.format.reading import Person


@dataclass(frozen=True)
class Setup:
    """What a method may use before its first step: the model and all examples of both sets."""

    vlm: Vlm
    forget: Sequence[Example]
    retain: Sequence[Example]
    size: int
    encode: Callable[[Sequence[Example]], Batch]
    stream: Random

    def batches(self, examples: Sequence[Example], count: int) -> Iterator[Batch]:
        """At most `count` batches of `examples`, drawn without replacement."""
        drawn = self.stream.sample(examples, min(len(examples), count * self.size))
        for start in range(0, len(drawn), self.size):
            yield self.encode(drawn[start : start + self.size])


@dataclass(frozen=True)
class Step:
    """What a method's loss receives: the model, the model before unlearning, and two batches.

    `forget_examples` are the examples in the batch `forget`; `encode` makes a batch of changed examples. `prepared` is
    what the method's `prepare` returned. `concepts` describe the people whose faces alone are to be forgotten.
    """

    vlm: Vlm
    reference: ReferenceModel
    forget: Batch
    retain: Batch
    forget_examples: Sequence[Example]
    encode: Callable[[Sequence[Example]], Batch]
    stream: Random
    forget_people: Sequence[Person] = ()
    prepared: Any = None
    concepts: Sequence[Concept] = ()

    def on_forget(self) -> Answers:
        """The model's answers on F."""
        return self.vlm.answers(self.forget)

    def on_retain(self) -> Answers:
        """The model's answers on R."""
        return self.vlm.answers(self.retain)


@dataclass(frozen=True)
class Method:
    """An unlearning method. Its fields are its knobs; `--set <method>.<knob>=<value>` changes one.

    `lr` and `steps` multiply `unlearn.lr` and the length of unlearning.
    """

    grid: ClassVar[Mapping[str, Sequence[float]]] = {"lr": (0.1, 0.2, 0.4, 0.7, 1.0, 1.5)}
    """What tuning tries: every combination of these knobs, as many as of any other method."""
    changes_base: ClassVar[bool] = False
    """Whether it edits weights that an adapter leaves alone, so that it cannot run with one."""
    needs: ClassVar[tuple[Need, ...]] = ()
    """The parts of a release without which it is not applicable."""

    lr: float = 1.0
    steps: float = 1.0

    @property
    def trains(self) -> bool:
        """Whether the method changes weights."""
        return True

    def prepare(self, setup: Setup) -> Any:
        """Compute once, before the first step, what every `Step.prepared` then holds.

        A training-free method edits the model here and takes no steps (`steps` = 0).
        """
        return None

    def loss(self, step: Step) -> Tensor:
        """The loss to minimise, a scalar."""
        raise NotImplementedError

    def parameters(self, vlm: Vlm) -> list[nn.Parameter]:
        """The parameters that the method changes: by default, all that are not frozen."""
        return vlm.trainable()

    def system_prompt(self, names: Sequence[str]) -> str | None:
        """The system prompt for every question, given the names of the people in the forget set."""
        return None
