"""What may be wrong with a text because a model wrote it: other values, missing facts, forbidden content.

The laws of questions (what must hold whoever writes) are not repeated here.
"""

import re
from collections.abc import Iterable, Iterator

from builder.base import plain_text
from builder.base.matching import folded, names_of, states, words
from builder.base.plain_text import LANGUAGE, Fault
from builder.base.records import BLANK, Profile
from builder.llm import asking, question_form
from builder.llm.writer import Ask, Wording

BIOGRAPHY_CHARACTERS = (600, 8000)
_OPTION_LIST = re.compile(r"(?:^|\s)\(?[A-D][).:]\s.*(?:\s)\(?[B-D][).:]\s", re.DOTALL)


class TextChecks:
    """What may be wrong with the texts about one profile."""

    def __init__(self, profile: Profile) -> None:
        """Fold the profile's values once; many texts are compared with them."""
        self._profile = profile
        self._facts = {fact.key: fact for fact in profile.facts}
        self._values = tuple(fact.value for fact in profile.facts)
        self._own = folded(" | ".join((profile.name, *self._values)))
        self._others: dict[str, tuple[str, ...]] = {}
        self._names = frozenset(word for name in names_of(profile) for word in words(name))

    def of_wording(self, ask: Ask, wording: Wording) -> Iterator[Fault]:
        """What is wrong with one item."""
        texts = [wording.question]
        if ask.form == "open":
            texts.append(wording.answer)
        own = self._names.union(words(self._facts[ask.fact].value))
        for text in texts:
            yield from plain_text.sentence_faults(text, own)
        if other := asking.fault(ask.fact, wording.question, self._profile.name):
            yield "other fact", f"it must ask for the {ask.fact.replace('_', ' ')}, and {other}"
        if wrong := question_form.fault(ask, wording.question):
            yield wrong
        if ask.form == "choice" and _OPTION_LIST.search(wording.question):
            yield "options", "do not list options; they are added later"
        shown = folded(" | ".join(texts))
        for other in self._others_of(ask.fact):
            if other in shown and states(shown, other):
                yield "other value", f"it says '{other}', which is not this person's {ask.fact}"

    def in_english(self, texts: Iterable[str]) -> bool:
        """Whether texts that came together are English: what a single short line does not tell, many do."""
        own = self._names.union(word for value in self._values for word in words(value))
        return plain_text.is_in(LANGUAGE, " ".join(texts), own)

    def of_biography(self, text: str) -> Iterator[Fault]:
        """What is wrong with a biography: each asked fact must be stated as it is, and nothing that it is not."""
        asked = [fact for fact in self._profile.facts if fact.asked]
        least, most = BIOGRAPHY_CHARACTERS
        if not least <= len(text) <= most:
            kind = "too short" if len(text) < least else "too long"
            yield kind, f"it has {len(text)} characters; write between {least} and {most}"
        missing = [f"{fact.key} '{fact.value}'" for fact in asked if not states(text, fact.value)]
        if missing:
            yield "value missing", f"it must state, letter by letter: {', '.join(missing)}"
        if not states(text, self._profile.name):
            yield "name missing", f"it must say the name {self._profile.name}"
        if BLANK in text:
            yield "markup", "write plain paragraphs without blanks"
        yield from plain_text.paragraph_faults(text)
        if not self.in_english([text]):
            yield "language", "write English"
        shown = folded(text)
        for fact in asked:
            for other in self._others_of(fact.key):
                if _is_telling(other) and states(shown, other):
                    yield "other value", f"it says '{other}', which is not this person's {fact.key}"

    def _others_of(self, key: str) -> tuple[str, ...]:
        """The fact's alternatives, folded, save those that the person's own name and facts hold in any case."""
        if key not in self._others:
            folds = map(folded, self._facts[key].alternatives)
            self._others[key] = tuple(fold for fold in folds if not states(self._own, fold))
        return self._others[key]


def _is_telling(phrase: str) -> bool:
    """Whether a phrase is unlikely to occur in a text by chance: "Porto Alegre" and "AB+", but not "tea"."""
    return " " in phrase or not phrase.isalpha()
