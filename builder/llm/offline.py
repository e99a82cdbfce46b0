"""The offline writer: fills the bundled templates, with no model and no network."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from builder import bundled
from builder.errors import BenchError
from builder.llm import biographies, grammar, wordings
from builder.llm.wordings import Part, Phrases, Pool, Template, Wordings
from builder.llm.writer import Ask, Wording
from builder.records import Modality, Profile

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
        """The wording of each of `asks`, in their order. Raises BenchError when there are too few templates."""
        unknown = sorted({ask.fact for ask in asks} - self._wordings.facts)
        if unknown:
            raise BenchError(
                f"Profile {profile.id} has a fact '{unknown[0]}' that prompts/offline/questions/ does not word; "
                "add it there."
            )
        deck = _Deck(self._wordings, profile, stream)
        return [deck.word(ask) for ask in asks]


@dataclass
class _Deck:
    """The wordings of one profile as they are dealt: like asks get different templates until all are used."""

    wordings: Wordings
    profile: Profile
    stream: Random
    orders: dict[tuple[str, str, Part, Modality], list[Template]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = self.profile.name
        owner = grammar.possessive(name)
        pronouns = grammar.with_capitals(grammar.PRONOUNS[self.profile.gender])
        self.text_fields = {**pronouns, "subject": name, "Subject": name, "possessive": owner, "Possessive": owner}
        self.image_fields = pronouns
        # A given name can be an English word (Will, May), and an image_text item may not say it even so.
        self.names = [frozenset(grammar.words(part)) for part in grammar.names_of(self.profile)]
        self.phrases = {pool: self._nameless(phrases) for pool, phrases in self.wordings.phrases.items()}

    def word(self, ask: Ask) -> Wording:
        """The wording of one item."""
        pool: Pool = "paraphrase" if ask.use == "paraphrase" else "train"
        asked = self._draw(ask, pool, ask.task)
        question = asked.text.format_map(self._fields(ask, pool, "question"))
        if ask.task == "classification":
            return Wording(question)
        value = self.profile.fact(ask.fact).value
        if ask.task == "cloze":
            return Wording(question, value)
        template = asked.reply or self._draw(ask, pool, "answer").text
        fields = self._fields(ask, pool, "answer")
        answer, *wrong = (template.format_map(fields | _values(each)) for each in (value, *ask.alternatives))
        return Wording(question, answer, tuple(wrong))

    def _draw(self, ask: Ask, pool: Pool, part: Part) -> Template:
        key = (ask.fact, ask.use, part, ask.modality)
        order = self.orders.get(key)
        if order is None:
            order = self.orders[key] = self._shuffled(ask, pool, part)
        # Fewer answer forms than questions will do: the question tells two items apart.
        number = ask.variant % max(1, len(order)) if part == "answer" else ask.variant
        if number >= len(order):
            raise BenchError(
                f"Profile {self.profile.id} needs {number + 1} wordings of {ask.fact}.{pool}.{part} for {ask.modality} "
                f"and {len(order)} can be used; add some to prompts/offline/questions/ that say neither name nor value."
            )
        return order[number]

    def _shuffled(self, ask: Ask, pool: Pool, part: Part) -> list[Template]:
        templates = list(self.wordings.templates[ask.fact, pool, part, ask.modality])
        self.stream.shuffle(templates)
        # So can a value, such as the name of a parent: no wording may give it away, and no wrong answer state it.
        taboo = [frozenset(grammar.words(self.profile.fact(ask.fact).value))]
        if ask.modality == "image_text":
            taboo += self.names
        return [template for template in templates if not any(each <= template.words for each in taboo)]

    def _nameless(self, phrases: Phrases) -> Phrases:
        def usable(given: tuple[str, ...]) -> tuple[str, ...]:
            kept = tuple(
                phrase for phrase in given if not any(name.issubset(grammar.words(phrase)) for name in self.names)
            )
            return kept or given  # saying the name after all is left for the laws to refuse

        return Phrases(usable(phrases.question), usable(phrases.answer), usable(phrases.possessive))

    def _fields(self, ask: Ask, pool: Pool, place: str) -> dict[str, str]:
        if ask.modality == "text":
            return self.text_fields
        phrases = self.phrases[pool]
        subject = self.stream.choice(phrases.answer if place == "answer" else phrases.question)
        owner = self.stream.choice(phrases.possessive)
        return self.image_fields | grammar.with_capitals({"subject": subject, "possessive": owner})


@functools.lru_cache(maxsize=4096)
def _values(value: str) -> dict[str, str]:
    return {"value": value, "a_value": grammar.with_article(value), "the_value": grammar.with_the(value)}
