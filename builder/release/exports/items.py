"""Questions one by one, each with the portrait it is asked about: what flat layouts are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder import tasks
from builder.base.records import Portrait, Question, Use
from builder.format.reading import Person, Release
from builder.format.splits import HOLDOUT, PUBLIC_FIGURES, UNTRAINED
from builder.tasks import Task

TEST = "test"


@dataclass(frozen=True)
class AskedQuestion:
    """A question and its portrait; none for a question in text alone."""

    question: Question
    portrait: Portrait | None
    others: tuple[str, ...]
    """The values that other people have of the fact."""

    @property
    def task(self) -> Task:
        """What it asks for."""
        return tasks.of(self.question)

    @property
    def prompt(self) -> str:
        """The question as a model is asked it, with its options and how to answer."""
        return self.task.prompt(self.question.question, self.question.options)

    @property
    def target(self) -> str:
        """The right reply to the prompt."""
        return self.task.target(self.question)

    @property
    def image_name(self) -> str:
        """The portrait's file name; "" without one."""
        return file_name(self.portrait) if self.portrait else ""


def evaluation_configs(release: Release) -> list[str]:
    """The configs that a model is evaluated on."""
    return [name for name in release.configs if name != "train"]


def evaluation_tasks(release: Release) -> list[Task]:
    """The tasks of a release's evaluation questions, by name."""
    if release.is_imported:
        asked = {question.task for _, questions in release.texts() for question in questions if question.use == "eval"}
        return [tasks.named(name) for name in sorted(asked)]
    recipe = release.recipe
    tasks.check(recipe)
    return sorted((task for task in tasks.every() if task.evaluated(recipe.questions)), key=lambda task: task.name)


def training_configs(release: Release) -> list[str]:
    """The configs that a model is trained on."""
    return [name for name in release.configs if name not in (TEST, *UNTRAINED)]


def real_people(release: Release) -> tuple[str, str]:
    """The config that stands where a peer has real people, "" without any, and why it is not the public figures.

    Peers look at a picture of everybody, so public figures in text alone cannot stand there.
    """
    configs = release.manifest["configs"]
    pictured = PUBLIC_FIGURES in configs and release.is_pictured(PUBLIC_FIGURES)
    if pictured:
        return PUBLIC_FIGURES, ""
    reason = (
        "this release's public figures have no pictures"
        if PUBLIC_FIGURES in configs
        else "this release has no public figures"
    )
    return (HOLDOUT if HOLDOUT in configs else ""), reason


def evaluation(release: Release, config: str) -> Iterator[AskedQuestion]:
    """The evaluation questions about the people of a config; of `test`, those in held-out wording and views."""
    held_out = config == TEST
    for person in release.people(*release.segments_of(config)):
        yield from _items(person, "paraphrase" if held_out else "eval", ("test",) if held_out else ("reference",))


def training(release: Release, config: str) -> Iterator[AskedQuestion]:
    """The training questions about the people of a config, the views a model may train on by turns."""
    for person in release.people(*release.segments_of(config)):
        yield from _items(person, "train", ("reference", "train"))


def file_name(portrait: Portrait) -> str:
    """What a portrait's file is called."""
    return f"{portrait.id}.{portrait.format}"


def save_image(portrait: Portrait, folder: Path) -> None:
    """Write a portrait's file into `folder`, once."""
    path = folder / file_name(portrait)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(portrait.image)


def _items(person: Person, use: Use, views: tuple[str, ...]) -> Iterator[AskedQuestion]:
    shown = [portrait for portrait in person.portraits if portrait.view in views] or list(person.portraits)
    turn = 0
    for question in person.questions:
        if question.use != use:
            continue
        others = next((fact.alternatives for fact in person.profile.facts if fact.key == question.fact), ())
        if question.modality == "image_text":
            yield AskedQuestion(question, shown[turn % len(shown)], others)
            turn += 1
        else:
            yield AskedQuestion(question, None, others)
