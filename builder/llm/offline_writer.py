"""The offline writer: fills the bundled templates, with no model and no network."""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from builder import tasks
from builder.base import bundled, english
from builder.base.errors import BenchError
from builder.base.matching import names_of, words
from builder.base.records import Modality, Profile
from builder.llm import biographies, wordings
from builder.llm.wordings import Phrases, SentenceTemplate, Wordings
from builder.llm.writer import Ask, Wording, WriterSpec
from builder.tasks import Pool

Place = tuple[str, Pool, str, Modality]
"""Identifies a deck of interchangeable wordings."""

_load_wordings = functools.cache(wordings.load)
_load_outline = functools.cache(biographies.load)


class OfflineWriter:
    """Words biographies and questions from templates, drawn by the stream so that people differ.

    Evaluation wordings come from the training templates, paraphrases from templates of their own that share no
    long run of words with them.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Load the templates in `folder`, by default the bundled ones. Raises BadWordings on a faulty file."""
        folder = folder or bundled.folder("prompts") / "offline"
        self._wordings = _load_wordings(folder / "questions")
        self._outline = _load_outline(folder / "biography.toml")

    def biography(self, profile: Profile, stream: Random) -> str:
        """A text in paragraphs that states the name, the country and every asked fact of `profile`."""
        return self._outline.write(profile, stream)

    def word(self, profile: Profile, asks: Sequence[Ask], stream: Random) -> list[Wording]:
        """The wording of each of `asks`, in order. Raises BenchError when there are too few templates."""
        bundled_ones = (ask for ask in asks if not tasks.of(ask).wordings(ask.fact, _pool(ask)))
        unknown = sorted({ask.fact for ask in bundled_ones} - self._wordings.facts)
        if unknown:
            raise BenchError(
                f"Profile {profile.id} has a fact '{unknown[0]}' that prompts/offline/questions/ does not word; "
                "add it there."
            )
        deck = _WordingDeck(self._wordings, profile, stream, Counter(map(_place, asks)))
        return [deck.word(ask) for ask in asks]


@dataclass
class _WordingDeck:
    """The wordings of one profile as they are dealt, so that no two items of a pool are worded alike.

    Training takes cards from the top and evaluation from the bottom of the same deck: evaluation uses wordings that
    other people are trained on, but not this person.
    """

    wordings: Wordings
    profile: Profile
    stream: Random
    dealt: Mapping[Place, int]
    """How many cards are taken of each deck."""
    orders: dict[Place, list[SentenceTemplate]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = self.profile.name
        owner = english.possessive(name)
        pronouns = english.with_capitals(english.PRONOUNS[self.profile.gender])
        self.text_fields = {**pronouns, "subject": name, "Subject": name, "possessive": owner, "Possessive": owner}
        self.image_fields = pronouns
        # A given name can be an English word (Will, May), and an image_text item may not say it even so.
        self.names = [frozenset(words(part)) for part in names_of(self.profile)]
        self.phrases = {pool: self._nameless(phrases) for pool, phrases in self.wordings.phrases.items()}

    def word(self, ask: Ask) -> Wording:
        """The wording of one item."""
        pool = _pool(ask)
        asked = self._draw(ask)
        called = self._choose_phrase(ask, pool, asked)
        question = asked.text.format_map(self._fields(ask, pool, "question", called))
        if ask.form == "choice":
            return Wording(question)
        value = self.profile.fact(ask.fact).value
        if ask.form == "blank":
            return Wording(question, value)
        fields = self._fields(ask, pool, "answer", called)
        answer, *wrong = (asked.reply.format_map(fields | _values(each)) for each in (value, *ask.alternatives))
        return Wording(question, answer, tuple(wrong))

    def _draw(self, ask: Ask) -> SentenceTemplate:
        place = _place(ask)
        order = self.orders.get(place)
        if order is None:
            order = self.orders[place] = self._shuffle(ask)
        if self.dealt[place] > len(order):
            raise BenchError(
                f"Profile {self.profile.id} needs {self.dealt[place]} wordings of {ask.fact}.{_pool(ask)}.{ask.task} "
                f"for {ask.modality} and {len(order)} can be used; add some to prompts/offline/questions/ that say "
                "neither name nor value."
            )
        return order[-1 - ask.variant if ask.use == "eval" else ask.variant]

    def _shuffle(self, ask: Ask) -> list[SentenceTemplate]:
        templates = self._usable(ask)
        self.stream.shuffle(templates)
        if ask.form != "open":
            return templates
        # Questions that share a reply are dealt as far apart as can be.
        dealt: Counter[str] = Counter()
        ranks = []
        for template in templates:
            ranks.append(dealt[template.reply])
            dealt[template.reply] += 1
        return [templates[place] for place in sorted(range(len(templates)), key=lambda place: ranks[place])]

    def _usable(self, ask: Ask) -> list[SentenceTemplate]:
        # A name can be an English word too (a parent's is a value): no wording may give a value away, and no wrong
        # answer state it.
        taboo = [frozenset(words(self.profile.fact(ask.fact).value))]
        if ask.modality == "image_text":
            taboo += self.names
        anywhere = frozenset[str]().union(*taboo)  # nearly no template has any of them, which is seen at once
        return [
            template
            for template in self.wordings.of(ask.fact, _pool(ask), tasks.of(ask))
            if anywhere.isdisjoint(template.words) or not any(each <= template.words for each in taboo)
        ]

    def _nameless(self, phrases: Phrases) -> Phrases:
        def usable(given: tuple[str, ...]) -> tuple[str, ...]:
            kept = tuple(phrase for phrase in given if not any(name.issubset(words(phrase)) for name in self.names))
            return kept or given  # saying the name after all is left for the laws to refuse

        return Phrases(usable(phrases.question), usable(phrases.answer), usable(phrases.possessive))

    def _choose_phrase(self, ask: Ask, pool: Pool, asked: SentenceTemplate) -> int:
        """Which of the phrases for the person an image_text item uses: drawn, and the first where it says none."""
        if ask.modality == "text" or "subject}" not in asked.text.lower():
            return 0
        return self.stream.randrange(len(self.phrases[pool].question))

    def _fields(self, ask: Ask, pool: Pool, place: str, called: int) -> dict[str, str]:
        if ask.modality == "text":
            return self.text_fields
        phrases = self.phrases[pool]
        subjects = phrases.answer if place == "answer" else phrases.question
        subject, owner = (each[called % len(each)] for each in (subjects, phrases.possessive))
        return self.image_fields | english.with_capitals({"subject": subject, "possessive": owner})


def _pool(ask: Ask) -> Pool:
    return "paraphrase" if ask.use == "paraphrase" else "train"


def _place(ask: Ask) -> Place:
    return ask.fact, _pool(ask), ask.task, ask.modality


@functools.lru_cache(maxsize=4096)
def _values(value: str) -> dict[str, str]:
    return {"value": value, "a_value": english.with_article(value), "the_value": english.with_the(value)}


OFFLINE = WriterSpec(
    what="uses the bundled grammar, with no model and no network", open=lambda run, recipe, laws: OfflineWriter()
)
