"""The parts of biographies: units that state facts and frames that join them, written with alternatives."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, get_args

from builder.llm.prompt_files import BadWordings, only, placeholders, strings

Form = Literal["vp", "clause", "opener", "noun"]
"""A verb phrase about the person, a whole sentence, a phrase before a sentence, a phrase beside the name."""
FORMS: tuple[Form, ...] = get_args(Form)
Group = frozenset[str]
"""Facts, by key."""
SUBJECT, LEAD = "S", "lead"
"""The slots of a frame for the name or the pronoun, and for a few words that lead over to a theme."""

_PERSON = frozenset({"they", "them", "their", "child", "parent", "spouse"})
_ARTICLES = ("a_", "the_")
_RELATIVES = ("father", "mother", "spouse", "child")
_TOKEN = re.compile(r"[\[\]|]|<\w+\??>|[^\[\]|<>]+")
_JOINED = re.compile(r",| and ")


@dataclass(frozen=True)
class Alternatives:
    """Alternatives, one of which is drawn; each is a sequence of words and nested alternatives."""

    alternatives: tuple["Words", ...]


Words = tuple[str | Alternatives, ...]
"""A text with choices in it."""


@dataclass(frozen=True)
class Clause:
    """A clause, or a part of one, and the facts it states. `joined`: it may have a comma or an "and" of its own."""

    form: Form
    words: Words
    facts: Group
    joined: bool

    @property
    def of_relatives(self) -> bool:
        """Whether it speaks of somebody else, so that a pronoun after it could be theirs."""
        return any(fact.startswith(_RELATIVES) for fact in self.facts)


@dataclass(frozen=True)
class Frame:
    """A sentence with slots in braces. `joins`: no unit that is joined may fill it."""

    words: Words
    slots: tuple[Form, ...]
    joins: bool


def draw(words: Words, stream: Random) -> str:
    """One reading of `words`, each choice drawn."""
    return " ".join(_draw(words, stream).split())


def _draw(words: Words, stream: Random) -> str:
    return "".join(
        _draw(stream.choice(each.alternatives), stream) if isinstance(each, Alternatives) else each for each in words
    )


def readings(words: Words) -> Iterator[str]:
    """Readings of `words`: as few as show each alternative once, not every combination."""
    yield from (" ".join(text.split()) for text in _readings(words))


def _readings(words: Words) -> Iterator[str]:
    spelt = [
        [text for each in part.alternatives for text in _readings(each)] if isinstance(part, Alternatives) else [part]
        for part in words
    ]
    for number in range(max(map(len, spelt), default=1)):
        yield "".join(texts[number % len(texts)] for texts in spelt)


def parse(text: str, lists: Mapping[str, Sequence[str]], place: str) -> Words:
    """The words of `text`: "[big|small]" is a choice, "<size>" one from `lists`, "<size?>" that or nothing."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise BadWordings(f"{place} has a broken <list>: '{text}'.")
    words, rest = _sequence(tokens, lists, place)
    if rest:
        raise BadWordings(f"{place} has an unmatched bracket: '{text}'.")
    return words


def _sequence(tokens: list[str], lists: Mapping[str, Sequence[str]], place: str) -> tuple[Words, list[str]]:
    """The words up to a closing bracket or a bar, and the tokens from there."""
    words: list[str | Alternatives] = []
    while tokens and tokens[0] not in ("]", "|"):
        token, *tokens = tokens
        if token == "[":
            alternatives: list[Words] = []
            while not alternatives or tokens[0] == "|":
                alternative, tokens = _sequence(tokens[1:] if alternatives else tokens, lists, place)
                alternatives.append(alternative)
                if not tokens:
                    raise BadWordings(f"{place} has an unmatched bracket.")
            tokens = tokens[1:]
            words.append(Alternatives(tuple(alternatives)))
        elif token.startswith("<"):
            words.append(_find_list(token.strip("<>"), lists, place))
        else:
            words.append(token)
    return tuple(words), tokens


def _find_list(name: str, lists: Mapping[str, Sequence[str]], place: str) -> Alternatives:
    key = name.removesuffix("?")
    if key not in lists:
        raise BadWordings(f"{place} names a list <{key}> that does not exist.")
    others = {other: texts for other, texts in lists.items() if other != key}
    given = tuple(parse(text, others, place) for text in lists[key])
    return Alternatives((*given, ("",)) if name.endswith("?") else given)


def frame(text: str, lists: Mapping[str, Sequence[str]], place: str) -> Frame:
    """The frame that `text` writes, with its slots in braces."""
    words = parse(text, lists, place)
    slots: set[tuple[Form, ...]] = set()
    for reading in readings(words):
        names = placeholders(reading, place)
        unknown = set(names) - {*FORMS, SUBJECT, LEAD}
        if unknown:
            raise BadWordings(f"{place} has an unknown slot {{{min(unknown)}}}: '{text}'.")
        slots.add(tuple(form for name in names for form in FORMS if form == name))
        if not reading.endswith("."):
            raise BadWordings(f"{place} must be a sentence: '{text}'.")
    if len(slots) != 1 or not min(slots):
        raise BadWordings(f"{place} must have the same slots in every reading: '{text}'.")
    return Frame(words, slots.pop(), any(map(_JOINED.search, readings(words))))


def units(tree: Mapping[str, Any], lists: Mapping[str, Sequence[str]], place: str) -> dict[Form, tuple[Clause, ...]]:
    """The units of each form."""
    only(tree, FORMS, place)
    return {
        form: tuple(_unit(form, text, lists, f"{place}.{form}") for text in strings(tree, form, place))
        for form in FORMS
    }


def _unit(form: Form, text: str, lists: Mapping[str, Sequence[str]], place: str) -> Clause:
    words = parse(text, lists, place)
    stated: set[Group] = set()
    for reading in readings(words):
        names = [_bare(name) for name in placeholders(reading, place) if name not in _PERSON]
        if not names or len(set(names)) < len(names):
            raise BadWordings(f"{place} must state a fact, and none twice: '{reading}'.")
        stated.add(frozenset(names))
    if len(stated) != 1:
        raise BadWordings(f"{place} must state the same facts in every reading: '{text}'.")
    return Clause(form, words, stated.pop(), form in ("vp", "clause") and any(map(_JOINED.search, readings(words))))


def _bare(name: str) -> str:
    """The key of the fact that a placeholder puts in, without its article."""
    return next((name.removeprefix(each) for each in _ARTICLES if name.startswith(each)), name)
