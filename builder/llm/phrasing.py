"""Expands the grammar of a fact: frames, noun phrases and kinds of answer become the sentences that templates hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builder.base.english import capitalised
from builder.base.records import BLANK
from builder.llm.prompt_files import BadWordings, only, strings

_SAID = ("ask", "open", "choice", "say", "blank")
_POOL = ("nouns", "phrases", "frames", "says")


@dataclass(frozen=True)
class Frames:
    """The shared parts of questions in one pool.

    `phrases` make noun phrases of a noun, `which` and `which_of` stand for {which} in an open and in a choice
    question, `says` are the frames that take up a phrase or a noun.
    """

    phrases: tuple[str, ...]
    which: tuple[str, ...]
    which_of: tuple[str, ...]
    says: tuple[Mapping[str, Any], ...]


@dataclass
class Sentences:
    """All sentences of one fact and pool: open questions with the sentence that answers each, choices and blanks."""

    open: list[tuple[str, str]] = field(default_factory=list)
    choice: list[tuple[str, str]] = field(default_factory=list)
    blank: list[tuple[str, str]] = field(default_factory=list)


def frames(tree: Mapping[str, Any], place: str) -> Frames:
    """The frames in `tree`."""
    only(tree, ("phrases", "which", "which_of", "says"), place)
    forms = strings(tree, "phrases", place) if tree.get("phrases") else ()
    which, which_of = strings(tree, "which", place), strings(tree, "which_of", place)
    return Frames(forms, which, which_of, _tables(tree, "says", place))


def sentences(tree: Mapping[str, Any], kind: tuple[str, str], general: Frames, place: str) -> Sentences:
    """Every sentence that the grammar in `tree` makes. `kind` is what an answer is, in singular and plural."""
    only(tree, _POOL, place)
    nouns = strings(tree, "nouns", place) if "nouns" in tree else ()
    phrases = [_filled(form, noun=noun) for noun in nouns for form in general.phrases]
    phrases += strings(tree, "phrases", place) if "phrases" in tree else ()
    taken = _tables(tree, "frames", place) if "frames" in tree else general.says
    made = Sentences()
    for said in (*_put_in_frames(taken, nouns, phrases, place), *_tables(tree, "says", place)):
        _add(made, said, kind, general, place)
    return made


def _put_in_frames(
    taken: Sequence[Mapping[str, Any]], nouns: Sequence[str], phrases: Sequence[str], place: str
) -> Iterator[Mapping[str, Any]]:
    """Each frame with each phrase or noun, whichever it takes up."""
    for frame in taken:
        slot = "phrase" if "{phrase}" in str(frame).lower() else "noun"
        for words in phrases if slot == "phrase" else nouns:
            yield {
                key: _filled_all(texts, f"{place}.{key}", slot, words) if texts is not False else False
                for key, texts in frame.items()
            }


def _add(made: Sentences, said: Mapping[str, Any], kind: tuple[str, str], general: Frames, place: str) -> None:
    answer = said.get("say")
    if not isinstance(answer, str):
        answer = _texts(answer, f"{place}.say")[0]
    asks = _texts(said.get("ask", ()), f"{place}.ask")
    opens = [*_texts(said.get("open", ()), f"{place}.open"), *_make_questions(asks, general.which, kind)]
    made.open += [(question, answer) for question in opens]
    choices = _make_questions(_texts(said.get("choice", ()), f"{place}.choice"), ("",), kind)
    made.choice += [(question, "") for question in (*choices, *_make_questions(asks, general.which_of, kind))]
    made.blank += [(sentence, "") for sentence in _blanks(said, answer, place)]


def _make_questions(asks: Sequence[str], which: Sequence[str], kind: tuple[str, str]) -> list[str]:
    words = [_filled(each, kind=kind[0], kinds=kind[1]) for each in which]
    return [_filled(ask, which=each) for ask in asks for each in words]


def _blanks(said: Mapping[str, Any], answer: str, place: str) -> list[str]:
    """The sentences with a blank: the given ones, or the answer itself if it names the person and the bare value."""
    given = said.get("blank")
    if given is False:
        return []
    if given is not None:
        return _texts(given, f"{place}.blank")
    told = any(whom in answer.lower() for whom in ("{subject}", "{possessive}"))
    return [answer.replace("{value}", BLANK)] if told and "{value}" in answer else []


def _filled(text: str, **words: str) -> str:
    for key, phrase in words.items():
        text = text.replace(f"{{{key}}}", phrase).replace(f"{{{capitalised(key)}}}", _start_sentence(phrase))
    return text


def _start_sentence(phrase: str) -> str:
    """A phrase as it begins a sentence: its first letter, or its first placeholder's, raised."""
    return f"{{{capitalised(phrase[1:])}" if phrase.startswith("{") else capitalised(phrase)


def _filled_all(texts: Any, place: str, slot: str, words: str) -> list[str]:
    return [_filled(text, **{slot: words}) for text in _texts(texts, place)]


def _texts(found: Any, place: str) -> list[str]:
    """A sentence, or a list of them, as a list."""
    texts = [found] if isinstance(found, str) else list(found) if isinstance(found, list | tuple) else [found]
    for text in texts:
        if not isinstance(text, str):
            raise BadWordings(f"{place} holds {text!r}, which is not a sentence.")
    return texts


def _tables(tree: Mapping[str, Any], key: str, place: str) -> tuple[Mapping[str, Any], ...]:
    """The list of propositions under `key`, each a table of sentences."""
    found = tree.get(key, [])
    if not isinstance(found, list):
        raise BadWordings(f"{place}.{key} must be a list of tables.")
    for said in found:
        if not isinstance(said, dict):
            raise BadWordings(f"{place}.{key} holds {said!r}, which is not a table.")
        only(said, _SAID, f"{place}.{key}")
        if "say" not in said:
            raise BadWordings(f"{place}.{key} has an entry without 'say', the sentence that answers: {said!r}.")
    return tuple(found)
