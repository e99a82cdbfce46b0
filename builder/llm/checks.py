"""What may be wrong with a text just because a model wrote it: its language or length, other values, markup.

The laws of questions (what must hold whoever writes) are not repeated here.
"""

import re
from collections.abc import Iterable, Iterator, Set

from builder.llm.grammar import folded, names_of, states, words
from builder.llm.writer import Ask, Wording
from builder.records import BLANK, Profile

Fault = tuple[str, str]
"""The kind of fault, in a word or two to count it by, and what to tell the model."""

MOST_CHARACTERS = 320
BIOGRAPHY_CHARACTERS = (600, 8000)

_ENGLISH_WORDS = """
a an the is are was were be been has have had does did do of in on at to for from by with as and or that this these
those which what who whom whose where when how name state give tell identify his her their its he she they one it not
would will can could s than any other per more most shown here below following up between
"""
_FOREIGN_WORDS = """
der die das den dem ein eine und ist war wurde welche welcher welches wer wie wo von mit für nicht auf le la les un une
des du est était qui que quel quelle où et dans pour avec sur el los las una es era fue qué cuál quién dónde y en con
por para del al se su il lo gli che di è nel nella per chi quale dove o os da no na em qual quem onde foi het een van
wat welke waar jest był gdzie jaki która i w z och som vad var är
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FOREIGN = frozenset(_FOREIGN_WORDS.split()) - _ENGLISH
_FEW_WORDS = 7
_MARKUP = re.compile(r"```|\*\*|</?\w+>|\[[A-Z_ ]+\]|^#+ ", re.MULTILINE)
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
        if ask.task == "generation":
            texts.append(wording.answer)
        own = self._names.union(words(self._facts[ask.fact].value))
        for text in texts:
            yield from _line_faults(text, own)
        if ask.task == "classification" and _OPTION_LIST.search(wording.question):
            yield "options", "do not list options; they are added later"
        shown = folded(" | ".join(texts))
        for other in self._others_of(ask.fact):
            if other in shown and states(shown, other):
                yield "other value", f"it says '{other}', which is not this person's {ask.fact}"

    def in_english(self, texts: Iterable[str]) -> bool:
        """Whether texts that came together are English: what a single short line does not tell, many do."""
        own = self._names.union(word for value in self._values for word in words(value))
        return is_english(" ".join(texts), own)

    def of_biography(self, text: str) -> Iterator[Fault]:
        """What is wrong with a biography: each asked fact must be stated as it is, and nothing that it is not."""
        asked = [fact for fact in self._profile.facts if fact.asked]
        least, most = BIOGRAPHY_CHARACTERS
        if not least <= len(text) <= most:
            yield "length", f"it has {len(text)} characters; write between {least} and {most}"
        missing = [f"{fact.key} '{fact.value}'" for fact in asked if not states(text, fact.value)]
        if missing:
            yield "value missing", f"it must state, letter by letter: {', '.join(missing)}"
        if not states(text, self._profile.name):
            yield "name missing", f"it must say the name {self._profile.name}"
        if _MARKUP.search(text) or "{" in text or BLANK in text:
            yield "markup", "write plain paragraphs without markup or placeholders"
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


def _line_faults(text: str, own: Set[str]) -> Iterator[Fault]:
    if not text.strip():
        yield "empty", "a text was left empty"
    elif len(text) > MOST_CHARACTERS or "\n" in text:
        yield "length", f"it must be one line of at most {MOST_CHARACTERS} characters"
    elif _MARKUP.search(text):
        yield "markup", f"write plain text without markup: '{text}'"
    elif not is_english(text, own):
        yield "language", f"write plain English: '{text}'"


def is_english(text: str, own: Set[str]) -> bool:
    """Whether the words of `text`, those in `own` (folded names and values) left out, are plausibly English.

    A line of a few words need not hold a telling one; a longer text does.
    """
    told = [word for word in words(text) if word not in own]
    english = sum(map(_ENGLISH.__contains__, told))
    foreign = sum(map(_FOREIGN.__contains__, told))
    strange = 0 if text.isascii() else sum(not word.isascii() for word in told)
    if foreign > english or 3 * strange > len(told):
        return False
    return len(told) <= _FEW_WORDS or 6 * english >= len(told)


def _is_telling(phrase: str) -> bool:
    """Whether a phrase can hardly stand in a text by chance: "Porto Alegre" and "AB+", but not "tea"."""
    return " " in phrase or not phrase.isalpha()
