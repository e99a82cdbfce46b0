"""What is asked: every evaluation question with its image, its truth and the answers it is compared with."""

from collections.abc import Iterable, Sequence

from builder import tasks
from builder.base import randomness
from builder.base.records import Fact, Portrait, Question, Use
from builder.baseline.outcomes.records import Item
from builder.baseline.people import Crowd, portraits, questions
from builder.baseline.settings import EvaluatePart
from builder.format.reading import Person

SETS = ("forget", "views", "test", "retain", "retain_test", "holdout", "public_figures")
"""What is evaluated: the forget set as it was learned; its image questions beside held-out views; the forget set in
held-out wording and beside held-out views; people to be kept, and they in held-out wording and views; people no model
has seen; public figures, if any."""
_HELD_OUT_VIEWS = ("views", "test", "retain_test")
_UNKNOWN = Fact("", "", "", sensitive=False, asked=True, alternatives=())
"""The fact of a question of an imported set, of which nothing is known."""


def items(crowd: Crowd, part: EvaluatePart, seed: int = 0) -> list[Item]:
    """The items of every set, in the order of sets, people and ids."""
    found = [each for person in crowd.forget for each in items_about(person, "forget", "eval")]
    found += [each for person in crowd.forget for each in items_about(person, "views", "eval") if each.picture]
    found += [each for person in crowd.forget for each in items_about(person, "test", "paraphrase")]
    kept = some(crowd.retain, part.retain_people, seed, "retain")
    found += [each for person in kept for each in items_about(person, "retain", "eval")]
    found += [each for person in kept for each in items_about(person, "retain_test", "paraphrase")]
    others = some(crowd.holdout, part.holdout_people, seed, "holdout")
    found += [each for person in others for each in items_about(person, "holdout", "eval")]
    found += [each for person in crowd.public_figures for each in items_about(person, "public_figures", "eval")]
    return found


def some(people: Sequence[Person], count: int, seed: int, name: str) -> list[Person]:
    """`count` of the people, drawn by the seed and left in their order; all for 0."""
    if not count or count >= len(people):
        return list(people)
    chosen = randomness.stream(seed, "evaluated", name).sample(range(len(people)), count)
    return [people[place] for place in sorted(chosen)]


def items_about(person: Person, name: str, use: str) -> list[Item]:
    """A person's questions of one use as items of the set `name`."""
    views = _views(person, name)
    found = []
    for number, question in enumerate(questions(person, use)):
        picture = views[number % len(views)].id if views and question.modality == "image_text" else None
        found.append(item(person, question, name, picture))
    return found


def _views(person: Person, name: str) -> list[Portrait]:
    """The portraits that a set shows. An imported set may have held-out wordings without held-out views."""
    held_out = portraits(person, "test") if name in _HELD_OUT_VIEWS else []
    return held_out if held_out or name == "views" else portraits(person, "reference")


def known_facts(people: Iterable[Person]) -> list[Item]:
    """One training question of each task for each fact and modality: what vanilla should know."""
    found = []
    for person in people:
        reference = next((portrait.id for portrait in portraits(person, "reference")), None)
        seen = set()
        for question in questions(person, "train"):
            key = (question.fact, question.modality, question.task)
            if key in seen:
                continue
            seen.add(key)
            found.append(item(person, question, "known", reference if question.modality == "image_text" else None))
    return found


def item(person: Person, question: Question, name: str, picture: str | None) -> Item:
    """One question as an item."""
    fact = next((fact for fact in person.profile.facts if fact.key == question.fact), _UNKNOWN)
    task = tasks.of(question)
    restated = _find_paraphrase(person, question)
    return Item(
        id=question.id,
        set=name,
        profile_id=person.profile.id,
        fact=question.fact,
        category=fact.category,
        task=question.task,
        modality=question.modality,
        picture=picture,
        prompt=task.prompt(question.question, question.options),
        truth=task.target(question),
        value=question.value,
        letter=question.letter,
        paraphrase=restated.answer if restated else "",
        wrong=restated.wrong_answers if restated else (),
        candidates=(question.value, *fact.alternatives) if task.has_blank and fact.alternatives else (),
        others=fact.alternatives,
        trained=_answers(person, question, "train") if task.in_sentences else (),
        held_out=_answers(person, question, "paraphrase") if task.in_sentences else (),
        misstated=question.wrong_answers,
        implied_by=fact.implied_by,
    )


def _answers(person: Person, question: Question, use: Use) -> tuple[str, ...]:
    """The different answers to questions of one use that ask for the same fact in the same way."""
    asked = (question.fact, question.task, question.modality)
    found = (each.answer for each in questions(person, use) if (each.fact, each.task, each.modality) == asked)
    return tuple(dict.fromkeys(found))


def _find_paraphrase(person: Person, question: Question) -> Question | None:
    """A held-out wording of an open question's fact: its answer is the paraphrase of the truth ratio, as in TOFU.

    The wrong answers are taken from it too, so that true and wrong answers have one shape and differ in the value.
    """
    if not tasks.of(question).in_sentences:
        return None
    asked = (question.fact, question.task, question.modality)
    for other in questions(person, "paraphrase"):
        if (other.fact, other.task, other.modality) == asked:
            return other
    return question
