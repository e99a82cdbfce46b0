"""The plan of a baseline run: its settings, its people, what is trained and what is asked."""

from dataclasses import dataclass
from pathlib import Path

from builder.base.errors import CallError
from builder.baseline import methods, people
from builder.baseline.evaluation.agreement import check_answers
from builder.baseline.evaluation.concepts import concept_items
from builder.baseline.evaluation.controls import NOBODY, controls, nobody, swaps
from builder.baseline.evaluation.item_sets import items, known_facts, some
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.base import Method
from builder.baseline.models.source import ModelOpener
from builder.baseline.outcomes.records import Item
from builder.baseline.people import Crowd
from builder.baseline.settings import Settings
from builder.baseline.training.examples import Example, Lessons, lessons

BEFORE = ("untrained", "vanilla", "oracle")
"""What is made for every seed before any method."""
ONLY = "model"
"""What an auditor's own model is called."""


@dataclass(frozen=True)
class Plan:
    """Everything that defines a run."""

    settings: Settings
    crowd: Crowd
    folder: BaselineFolder
    source: ModelOpener
    lessons: Lessons
    items: tuple[Item, ...]
    controls: tuple[Item, ...]
    known: tuple[Item, ...]
    known_swapped: tuple[Item, ...]

    @property
    def forget(self) -> tuple[Example, ...]:
        """What methods unlearn."""
        return self.lessons.forget

    @property
    def retain(self) -> tuple[Example, ...]:
        """What methods are given to keep."""
        return self.lessons.retain

    @property
    def names(self) -> list[str]:
        """The models of each seed, in the order in which they are made."""
        return [ONLY] if self.settings.evaluate_only else [*BEFORE, *self.methods]

    @property
    def methods(self) -> dict[str, str]:
        """Each method's name or reference, by its label here."""
        return methods.METHODS.by_label(self.settings.methods)

    def method(self, name: str) -> Method:
        """The method with the label `name`, with its knobs."""
        return methods.make(self.methods[name], self.settings.knobs.get(name, {}))

    def why_not(self, name: str) -> str:
        """Why the model called `name` cannot be made of this data; empty where it can."""
        return self.crowd.why_not(self.method(name).needs) if name in self.methods else ""

    @property
    def seeds(self) -> range:
        """The seeds."""
        return range(self.settings.seed, self.settings.seed + self.settings.seeds)


def prepare(release: Path, settings: Settings, out: Path, *, fresh: bool = False) -> Plan:
    """Read the release and claim the folder. Raises CallError on a wrong name, release or folder."""
    _check_methods(settings)
    crowd = people.read_crowd(release, settings.forget)
    if not settings.evaluate_only and (reason := crowd.why_not(("training questions",))):
        raise CallError(f"Training is {reason}: {release}. --evaluate-only asks a model as it is.")
    folder = BaselineFolder(out)
    folder.claim(settings, str(crowd.manifest["origin_fingerprint"]), fresh=fresh)
    return plan(crowd, settings, folder)


def _check_methods(settings: Settings) -> None:
    """Raise CallError if a method does not exist, cannot run, or has the label of a model or a settings section."""
    for label, name in methods.METHODS.by_label(settings.methods).items():
        if label in (*BEFORE, ONLY, *Settings.model_fields):
            raise CallError(f"The unlearning method {name} would be called '{label}', which means something else here.")
        if settings.lora and methods.METHODS.get(name).changes_base:
            raise CallError(f"{name} edits weights of the base model, which an adapter leaves alone; leave out --lora.")


def plan(crowd: Crowd, settings: Settings, folder: BaselineFolder) -> Plan:
    """The plan of a run on these people."""
    judged = [*crowd.forget, *some(crowd.retain, settings.evaluate.gate_people, 0, "gate")]
    pictures = {**people.pictures_of(crowd.everybody), NOBODY: nobody()}
    asked, known = items(crowd, settings.evaluate), known_facts(judged)
    about_concepts = concept_items(crowd, settings.evaluate)
    return Plan(
        settings=settings,
        crowd=crowd,
        folder=folder,
        source=ModelOpener(settings, pictures, () if crowd.drawn else crowd.retain, check_answers),
        lessons=lessons(crowd),
        items=(*asked, *about_concepts),
        controls=tuple(controls(crowd, asked, settings.evaluate)),
        known=tuple(known),
        known_swapped=tuple(swaps(crowd, known)),
    )
