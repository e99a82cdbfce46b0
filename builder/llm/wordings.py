"""The offline writer's questions: loads prompts/offline/questions/ and refuses faulty wordings.

The format is described in prompts/offline/README.md.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from builder.base.matching import words
from builder.base.records import BLANK
from builder.llm import phrasing
from builder.llm.phrasing import Frames
from builder.llm.prompt_files import BadWordings, literals, only, placeholders, read, strings, table
from builder.tasks import Form, Pool, Task

Key = tuple[str, Pool, Form]

POOLS: tuple[Pool, ...] = get_args(Pool)
FORMS: tuple[Form, ...] = get_args(Form)
LEAST: dict[Pool, int] = {"train": 13, "paraphrase": 6}
"""How many wordings each form of a fact must have: the most that a recipe can train on and one to evaluate with."""
PRONOUNS = frozenset({"they", "them", "their", "They", "Their"})
"""Placeholders that any template may hold."""

_SUBJECTS = frozenset({"subject", "Subject", "possessive", "Possessive"})
_VALUES = frozenset({"value", "a_value", "the_value"})
_SUBJECTS_FILE = "subjects.toml"
_FRAMES_FILE = "frames.toml"


@dataclass(frozen=True)
class SentenceTemplate:
    """A sentence with placeholders. `words` are those beside them, folded, the reply's among them.

    `reply` is the sentence that answers an open question: the same one whoever is asked about. Were it drawn, a model
    would have to learn by heart which of several sentences each person was given, and measures that compare sentences
    would count that as knowledge.
    """

    text: str
    words: frozenset[str]
    reply: str = ""


@dataclass(frozen=True)
class Phrases:
    """Phrases for the person in an image_text item, which must not contain the name."""

    question: tuple[str, ...]
    answer: tuple[str, ...]
    possessive: tuple[str, ...]


@dataclass(frozen=True)
class Wordings:
    """The sentences for questions and their answers, by fact, pool and form."""

    templates: Mapping[Key, tuple[SentenceTemplate, ...]]
    phrases: Mapping[Pool, Phrases]

    @property
    def facts(self) -> frozenset[str]:
        """The keys of the facts that can be worded."""
        return frozenset(fact for fact, *_ in self.templates)

    def of(self, fact: str, pool: Pool, task: Task) -> tuple[SentenceTemplate, ...]:
        """What a task asks for a fact with: wordings of its own, or the fact's in the task's form."""
        return _own(fact, pool, task) or self.templates[fact, pool, task.form]


@functools.cache
def _own(fact: str, pool: Pool, task: Task) -> tuple[SentenceTemplate, ...]:
    pairs = task.wordings(fact, pool)
    if not pairs:
        return ()
    named = "text" in task.modalities
    return _templates(pairs, task.form, 1, f"task {task.name}: {fact}.{pool}", named=named)


def load(folder: Path) -> Wordings:
    """The wordings in `folder`. Raises BadWordings, naming the file and the key."""
    phrases = _phrases(folder / _SUBJECTS_FILE)
    frames = _frames(folder / _FRAMES_FILE)
    templates: dict[Key, tuple[SentenceTemplate, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in (_SUBJECTS_FILE, _FRAMES_FILE):
            continue
        for fact, tree in _facts(path):
            if (fact, "train", "blank") in templates:
                raise BadWordings(f"{path.name}: {fact} is worded in another place already.")
            templates |= _fact(fact, tree, frames, path.name)
    if not templates:
        raise BadWordings(f"{folder} holds no wordings of any fact.")
    return Wordings(templates, phrases)


def _frames(path: Path) -> dict[Pool, Frames]:
    tree = read(path)
    only(tree, POOLS, path.name)
    return {pool: phrasing.frames(table(tree, pool, path.name), f"{path.name}: {pool}") for pool in POOLS}


def _facts(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The facts of a file; a table that names relatives words a fact for each of them."""
    for key, tree in read(path).items():
        if not isinstance(tree, dict):
            raise BadWordings(f"{path.name}: {key} must be a table.")
        if "relatives" not in tree:
            yield key, tree
            continue
        common = {name: part for name, part in tree.items() if name != "relatives"}
        for fact, relative in table(tree, "relatives", f"{path.name}: {key}").items():
            yield fact, _replace(common, "{relative}", str(relative))


def _replace(tree: Any, old: str, new: str) -> Any:
    """`tree` with `old` replaced in each of its strings."""
    if isinstance(tree, str):
        return tree.replace(old, new)
    if isinstance(tree, list):
        return [_replace(each, old, new) for each in tree]
    if isinstance(tree, dict):
        return {key: _replace(each, old, new) for key, each in tree.items()}
    return tree


def _fact(
    fact: str, tree: dict[str, Any], frames: Mapping[Pool, Frames], file: str
) -> dict[Key, tuple[SentenceTemplate, ...]]:
    place = f"{file}: {fact}"
    only(tree, ("kind", "held_out", *POOLS), place)
    kind = strings(tree, "kind", place)
    if len(kind) != 2:
        raise BadWordings(f"{place}.kind must be two words: what an answer is, in singular and in plural.")
    found: dict[Key, tuple[SentenceTemplate, ...]] = {}
    for pool, least in _pools(tree, place).items():
        part = f"{place}.{pool}"
        made = phrasing.sentences(table(tree, pool, place), (kind[0], kind[1]), frames[pool], part)
        found |= {(fact, pool, form): _templates(getattr(made, form), form, least, f"{part}.{form}") for form in FORMS}
    return found


def _pools(tree: dict[str, Any], place: str) -> Mapping[Pool, int]:
    """The pools of a fact and how many wordings each needs; with `held_out = false` nobody is trained on it."""
    held_out = tree.get("held_out", True)
    if not isinstance(held_out, bool):
        raise BadWordings(f"{place}.held_out must be true or false.")
    return LEAST if held_out else {"train": 1}


def _phrases(path: Path) -> dict[Pool, Phrases]:
    tree = read(path)
    only(tree, POOLS, path.name)
    keys = ("question", "answer", "possessive")
    found: dict[Pool, Phrases] = {}
    for pool in POOLS:
        part = table(tree, pool, path.name)
        only(part, keys, f"{path.name}: {pool}")
        found[pool] = Phrases(**{key: strings(part, key, f"{path.name}: {pool}") for key in keys})
    return found


def _templates(
    pairs: Sequence[tuple[str, str]], form: Form, least: int, place: str, *, named: bool = True
) -> tuple[SentenceTemplate, ...]:
    """The templates, checked. Only where all have a picture beside them may they say nothing of whom they ask about."""
    texts = [text for text, _ in pairs]
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        raise BadWordings(f"{place} has the same wording twice: '{twice}'.")
    if len(texts) < least:
        raise BadWordings(f"{place} has {len(texts)} wordings and needs {least}.")
    for text, reply in pairs:
        _check(text, form, place, named=named)
        if reply:
            _check_answer(reply, place)
    return tuple(_template(text, reply) for text, reply in pairs)


def _check(text: str, form: Form, place: str, *, named: bool) -> None:
    names = _known(text, place)
    if _VALUES & set(names):
        raise BadWordings(f"{place} must not state the value: '{text}'.")
    if named and not _SUBJECTS & set(names):
        raise BadWordings(f"{place} does not say whom it asks about with {{subject}} or {{possessive}}: '{text}'.")
    if text.count(BLANK) != (form == "blank"):
        number = "one blank" if form == "blank" else "no blank"
        raise BadWordings(f"{place} must hold {number} {BLANK}: '{text}'.")
    if f" a {BLANK}" in text or f" an {BLANK}" in text:
        raise BadWordings(f"{place} has an article before the blank, which not every value agrees with: '{text}'.")


def _check_answer(text: str, place: str) -> None:
    if sum(name in _VALUES for name in _known(text, place)) != 1 or BLANK in text:
        raise BadWordings(f"{place} must state the value once in its answer: '{text}'.")


def _known(text: str, place: str) -> list[str]:
    """The placeholders of `text`. Refuses one that nothing fills."""
    names = placeholders(text, place)
    unknown = set(names) - _SUBJECTS - PRONOUNS - _VALUES
    if unknown:
        raise BadWordings(f"{place} has an unknown placeholder {{{min(unknown)}}}: '{text}'.")
    return names


def _template(text: str, reply: str = "") -> SentenceTemplate:
    return SentenceTemplate(text, frozenset(words(literals(f"{text} {reply}"))), reply)
