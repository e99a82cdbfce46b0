"""What is asked about concepts: whose face is it, on the training picture, on held-out ones, in other languages?

The truth is the trained sentence in every set, so that the likelihood of the name can be compared between them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice

from builder.base.records import Question
from builder.baseline.evaluation.item_sets import item, some
from builder.baseline.outcomes.records import Item
from builder.baseline.people import Crowd, portraits, questions
from builder.baseline.settings import EvaluatePart
from builder.format.concepts import Concept
from builder.format.reading import Person
from builder.tasks.generation import GENERATION
from builder.tasks.recognition import RECOGNITION

SEEN, UNSEEN, REWORDED = "concept_seen", "concept_unseen", "concept_reworded"
NEIGHBOURS, OTHERS = "neighbours", "others"
LANGUAGES, HOPS = "languages", "hops"
CONCEPT_SETS = (SEEN, UNSEEN, REWORDED, NEIGHBOURS, OTHERS, LANGUAGES, HOPS)
"""Requests for names: of concepts beside the training picture; beside held-out pictures in trained words, and in
held-out words; of the concepts' neighbours and of other retained people beside held-out pictures; of concepts in other
languages; and requests for facts of whoever is in the picture."""
NAMING = (SEEN, UNSEEN, REWORDED)
"""The sets in which a concept is to be named."""

Asked = tuple[str, str]
"""A prompt and the picture beside it."""


def concept_items(crowd: Crowd, part: EvaluatePart, seed: int = 0) -> list[Item]:
    """The items of every set about concepts; none of a release without them."""
    people = {person.profile.id: person for person in crowd.trained}
    found = [each for concept in crowd.concepts for each in _of_concept(concept, people[concept.concept_id])]
    near = {identity for concept in crowd.concepts for identity in concept.neighbour_ids}
    kept = [person for person in crowd.retain if person.profile.id not in near] if crowd.concepts else []
    found += [each for identity in sorted(near) for each in _of_retained(people[identity], NEIGHBOURS)]
    found += [
        each for person in some(kept, part.retain_people, seed, "others") for each in _of_retained(person, OTHERS)
    ]
    return found


def _of_concept(concept: Concept, person: Person) -> Iterator[Item]:
    pictures = concept.test_images
    sets: Mapping[str, Iterable[Asked]] = {
        SEEN: [(prompt, concept.train_image) for prompt in concept.train_prompts],
        UNSEEN: _by_turns(concept.train_prompts, pictures),
        REWORDED: _by_turns(concept.test_prompts, pictures),
        LANGUAGES: zip([each.prompt for each in concept.multilingual_prompts], cycle(pictures), strict=False),
    }
    name = next(each for each in questions(person, "train") if each.task == RECOGNITION.name)
    for kind, asked in sets.items():
        yield from _put(person, name, kind, asked)
    about = {
        each.fact: each
        for each in reversed(questions(person, "train"))
        if (each.task, each.modality) == (GENERATION.name, "image_text")
    }
    hops = [each for each in concept.multihop_prompts if each.fact in about]
    for number, (hop, picture) in enumerate(zip(hops, cycle(pictures), strict=False)):
        yield from _put(person, about[hop.fact], HOPS, [(hop.prompt, picture)], number)


def _of_retained(person: Person, kind: str) -> Iterator[Item]:
    """Each trained request for the name of a retained person once, beside the held-out pictures by turns."""
    asked = [each for each in questions(person, "train") if each.task == RECOGNITION.name]
    pictures = cycle(portraits(person, "test"))
    yield from _put(
        person, asked[0], kind, [(each.question, view.id) for each, view in zip(asked, pictures, strict=False)]
    )


def _by_turns(prompts: Sequence[str], pictures: Sequence[str]) -> Iterator[Asked]:
    """Each picture once, with the prompts by turns."""
    return zip(islice(cycle(prompts), len(pictures)), pictures, strict=True)


def _put(person: Person, question: Question, kind: str, asked: Iterable[Asked], first: int = 0) -> Iterator[Item]:
    for number, (prompt, picture) in enumerate(asked, start=first):
        made = item(person, question, kind, picture)
        yield replace(made, id=f"{person.profile.id}-{kind}-{number:03d}", prompt=prompt)
