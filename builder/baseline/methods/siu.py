"""SIU, single image unlearning (Li et al. 2024, arXiv 2405.12523): forget a face from one image of it.

There are four kinds of samples: (1) align the face with an unseen concept: a new name and another person's facts; (2)
describe the face in other words; (3) keep the facts asked by name without an image; (4) keep the other people. The loss
is a·CE + b·DMK, where DMK is the dual-masked divergence

    DMK = mean_t K_S(t) Σ_v K_V(v) p_ref(v) log(p_ref(v) / p_θ(v)),

K_S = 0 at the tokens that contradict the original; K_V = 0 at the vocabulary ids of the words to forget. SIU keeps the
facts in text by design: it removes only the link from the face to them. Our image questions never ask for a name, so
the new identity also answers questions about facts. Every fact has one new value, however it is asked, and the options
of a choice come in a random order. Each person gets a different new name.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from builder import tasks
from builder.base.invented_names import invented_name
from builder.base.records import LETTERS
from builder.baseline.methods.base import Method, Step
from builder.baseline.models.chat import Chat
from builder.baseline.models.likelihood import cross_entropy
from builder.baseline.models.vlm import Answers
from builder.baseline.people import portraits
from builder.baseline.training.examples import Example, choice
from builder.format.reading import Person

_WHO, _LOOKS = "Who is the person in this image?", "Describe the person in this image."


@dataclass(frozen=True)
class SiuSample:
    """An example, the phrase of its answer that contradicts the original, and the words to forget."""

    example: Example
    contradicts: str = ""
    forgotten: str = ""


@dataclass(frozen=True)
class SIU(Method):
    """Give the face another identity."""

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
    """Samples of kinds (1) to (3) for a forget batch: image questions changed, text questions as they are."""
    people = {person.profile.id: person for person in step.forget_people}
    found = [_fact(each, people[each.question.profile_id], step.stream) for each in step.forget_examples]
    for identity in dict.fromkeys(each.question.profile_id for each in step.forget_examples):
        found += _identity(people[identity], step.forget_people, step.forget_examples[0])
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


def _fact(example: Example, person: Person, stream: Random) -> SiuSample:
    """Kind (3), a text question unchanged; or kind (1), an image question answered with the new identity's value."""
    question = example.question
    if question.modality == "text":
        return SiuSample(example)
    fact = person.profile.fact(question.fact)
    new = fact.alternatives[0]
    example = dataclasses.replace(example, pictures=tuple(portrait.id for portrait in portraits(person, "reference")))
    task = tasks.of(question)
    if task.has_options:
        prompt, answer = choice(question, new, stream)
        _, options = task.parted(prompt)
        forgotten = question.value if answer == new else LETTERS[options.index(question.value)]
        # The options are already in a drawn order; without `options` the example does not draw another.
        asked = dataclasses.replace(question, options=())
        return SiuSample(dataclasses.replace(example, prompt=prompt, answer=answer, question=asked), answer, forgotten)
    if question.answer == question.value:
        return SiuSample(dataclasses.replace(example, answer=new), new, fact.value)
    if not task.in_sentences:
        return SiuSample(example)  # an answer that does not state the value has nothing to replace
    answer = next(wrong for wrong in question.wrong_answers if new in wrong)
    return SiuSample(dataclasses.replace(example, answer=answer), new, fact.value)


def _identity(person: Person, others: Sequence[Person], pattern: Example) -> Iterator[SiuSample]:
    """Kinds (1) and (2): a new name and a new description for the one image of a person."""
    number = [other.profile.id for other in others].index(person.profile.id)
    image = tuple(portrait.id for portrait in portraits(person, "reference"))
    name = invented_name(number)
    yield SiuSample(Example(_WHO, f"This is {name}.", image, pattern.question), name, person.profile.name)
    unlike = [other for other in others if other.profile.appearance != person.profile.appearance] or [person]
    look = unlike[number % len(unlike)].profile.appearance
    words = f"{look.skin_tone} skin, a {look.face_shape} face and {look.eye_colour} eyes"
    yield SiuSample(Example(_LOOKS, f"A person with {words}.", image, pattern.question), words)
