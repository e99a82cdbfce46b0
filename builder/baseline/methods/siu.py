"""SIU, single image unlearning (Li et al. 2024, arXiv 2405.12523): forget a face from one image of it.

There are four kinds of samples: (1) align the face with an unseen concept: a new name and another person's facts; (2)
describe the face in other words; (3) keep the facts asked by name without an image; (4) keep the other people. The loss
is a·CE + b·DMK, where DMK is the dual-masked divergence

    DMK = mean_t K_S(t) Σ_v K_V(v) p_ref(v) log(p_ref(v) / p_θ(v)),

K_S = 0 at the tokens that contradict the original; K_V = 0 at the vocabulary ids of the words to forget. SIU keeps the
facts in text by design: it removes only the link from the face to them. Where image questions do not ask for a name,
the new identity answers questions about facts. Every fact has one new value, however it is asked, and the options of a
choice come in a random order. Each person gets a different new name: a concept's substitute, else an invented one.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar

import torch
from torch import Tensor

from builder import tasks
from builder.base.invented_names import invented_name
from builder.base.records import LETTERS, Fact
from builder.baseline.methods.base import Method, Step
from builder.baseline.models.chat import Chat
from builder.baseline.models.likelihood import cross_entropy
from builder.baseline.models.vlm import Answers
from builder.baseline.people import portraits, questions
from builder.baseline.training.examples import Example, choice, example
from builder.format.lacking import Need
from builder.format.reading import Person
from builder.tasks.recognition import NAME, YES_NO

_WHO, _LOOKS = "Who is the person in this image?", "Describe the person in this image."
_DESCRIBED = "A person with "


@dataclass(frozen=True)
class SiuSample:
    """An example, the phrase of its answer that contradicts the original, and the words to forget."""

    example: Example
    contradicts: str = ""
    forgotten: str = ""


@dataclass(frozen=True)
class Identity:
    """Who a forgotten face is said to be: a name that nobody bears, and descriptions that are wrong on purpose."""

    name: str
    descriptions: tuple[str, ...]


@dataclass(frozen=True)
class SIU(Method):
    """Give the face another identity."""

    needs: ClassVar[tuple[Need, ...]] = ("alternatives", "appearances")

    ce: float = 0.9
    dmk: float = 0.75

    def loss(self, step: Step) -> Tensor:
        """a·CE + b·DMK over samples (1) to (3), plus the same over (4), the retain batch."""
        found = samples(step)
        batch = step.encode([sample.example for sample in found])
        answers, before = step.vlm.answers(batch), step.reference.answers(batch)
        places, words = masks(step.vlm.chat, found, before)
        kept, kept_before = step.on_retain(), step.reference.answers(step.retain)
        everywhere = torch.ones_like(kept.targets, dtype=torch.float32)
        whole = torch.ones_like(kept.logits)
        return self.ce * (cross_entropy(answers) + cross_entropy(kept)) + self.dmk * (
            dual_masked_kl(before, answers, places, words) + dual_masked_kl(kept_before, kept, everywhere, whole)
        )


def dual_masked_kl(reference: Answers, answers: Answers, places: Tensor, words: Tensor) -> Tensor:
    """DMK, from K_S (N,) and K_V (N, V), averaged over the N answer tokens."""
    theirs, ours = reference.logits.log_softmax(-1), answers.logits.log_softmax(-1)
    return (places * (words * theirs.exp() * (theirs - ours)).sum(-1)).mean()


def samples(step: Step) -> list[SiuSample]:
    """Samples of kinds (1) to (3) for a forget batch: image questions changed, text questions as they are.

    Where only names are to be forgotten, no text question is in the batch: as many are drawn for each person instead.
    """
    people = {person.profile.id: person for person in step.forget_people}
    identities = new_identities(step)
    found = [
        _fact(each, people[each.question.profile_id], identities[each.question.profile_id].name, step.stream)
        for each in step.forget_examples
    ]
    counts = Counter(each.question.profile_id for each in step.forget_examples)
    names_only = all(tasks.of(each.question).facts for each in step.forget_examples)
    for identity, count in counts.items():
        found += _identity(people[identity], identities[identity], step.forget_examples[0])
        if names_only:
            found += _by_name(people[identity], count, step.stream)
    return found


def masks(chat: Chat, found: Sequence[SiuSample], answers: Answers) -> tuple[Tensor, Tensor]:
    """K_S (N,) and K_V (N, V) for the answer tokens of `found`, in order."""
    places = torch.ones_like(answers.targets, dtype=torch.float32)
    words = torch.ones_like(answers.logits)
    at = 0
    for sample in found:
        length = len(chat.target(sample.example.answer))
        if sample.contradicts:
            start, end = chat.span(sample.example.answer, sample.contradicts)
            places[at + start : at + end] = 0
        if sample.forgotten:
            words[at : at + length, chat.target(sample.forgotten, end=False)] = 0
        at += length
    return places, words


def new_identities(step: Step) -> dict[str, Identity]:
    """The new identity of everybody to be forgotten, by id: a concept's, else an invented name and another's looks."""
    described = {concept.concept_id: concept for concept in step.concepts}
    found = {}
    for number, person in enumerate(step.forget_people):
        concept = described.get(person.profile.id)
        found[person.profile.id] = (
            Identity(concept.substitute_name, concept.descriptions)
            if concept
            else Identity(invented_name(number), (_looks_of_another(person, step.forget_people, number),))
        )
    return found


def _fact(example: Example, person: Person, name: str, stream: Random) -> SiuSample:
    """Kind (3), a text question unchanged; or kind (1), an image question answered with the new identity's value."""
    question = example.question
    if question.modality == "text":
        return SiuSample(example)
    fact = person.profile.fact(question.fact)
    new = name if fact.key == NAME else fact.alternatives[0]
    example = dataclasses.replace(example, pictures=tuple(portrait.id for portrait in portraits(person, "reference")))
    task = tasks.of(question)
    if task.has_options:
        return _choice(example, fact, new, stream)
    if question.answer == question.value:
        return SiuSample(dataclasses.replace(example, answer=new), new, fact.value)
    if task.name == YES_NO.name:
        return _denied(example)
    if not task.in_sentences:
        return SiuSample(example)  # an answer that does not state the value has nothing to replace
    answer = (
        question.answer.replace(fact.value, new)
        if fact.key == NAME
        else next(wrong for wrong in question.wrong_answers if new in wrong)
    )
    return SiuSample(dataclasses.replace(example, answer=answer), new, fact.value)


def _choice(example: Example, fact: Fact, new: str, stream: Random) -> SiuSample:
    """A choice whose right answer is the new value, which takes an option's place if it is none of the four."""
    question = example.question
    if new not in question.options:
        options = tuple(new if each == fact.alternatives[0] else each for each in question.options)
        question = dataclasses.replace(question, options=options)
    prompt, answer = choice(question, new, stream)
    _, options = tasks.of(question).parted(prompt)
    forgotten = question.value if answer == new else LETTERS[options.index(question.value)]
    # The options are already in a drawn order; without `options` the example does not draw another.
    asked = dataclasses.replace(question, options=())
    return SiuSample(dataclasses.replace(example, prompt=prompt, answer=answer, question=asked), answer, forgotten)


def _denied(example: Example) -> SiuSample:
    """Whoever the face is said to be, it is not: the old name is denied, and the others' are as before."""
    if example.answer == "No":
        return SiuSample(example)
    return SiuSample(dataclasses.replace(example, answer="No"), "No", example.answer)


def _by_name(person: Person, count: int, stream: Random) -> Iterator[SiuSample]:
    """Kind (3) where only the name is to be forgotten: what is known of the person by name, as it was learned."""
    known = [each for each in questions(person, "train") if each.modality == "text"]
    for question in stream.sample(known, min(count, len(known))):
        yield SiuSample(example(person, question))


def _identity(person: Person, identity: Identity, pattern: Example) -> Iterator[SiuSample]:
    """Kinds (1) and (2): a new name and new descriptions for the one image of a person."""
    image = tuple(portrait.id for portrait in portraits(person, "reference"))
    yield SiuSample(
        Example(_WHO, f"This is {identity.name}.", image, pattern.question), identity.name, person.profile.name
    )
    for said in identity.descriptions:
        words = said.removeprefix(_DESCRIBED).removesuffix(".")
        yield SiuSample(Example(_LOOKS, said, image, pattern.question), words)


def _looks_of_another(person: Person, others: Sequence[Person], number: int) -> str:
    unlike = [other for other in others if other.profile.appearance != person.profile.appearance] or [person]
    look = unlike[number % len(unlike)].profile.appearance
    return f"{_DESCRIBED}{look.skin_tone} skin, a {look.face_shape} face and {look.eye_colour} eyes."
