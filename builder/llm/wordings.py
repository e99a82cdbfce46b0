"""The offline writer's questions: loads prompts/offline/questions/ and refuses what could word one badly.

The format is described in prompts/offline/README.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from builder.llm.grammar import words
from builder.llm.prompt_files import BadWordings, literals, only, placeholders, read, strings, table
from builder.records import BLANK, Modality

Pool = Literal["train", "paraphrase"]
"""Training and evaluation questions are drawn from `train`, held-out ones from `paraphrase`."""
Part = Literal["classification", "generation", "cloze", "answer"]
"""What is worded: the question of a task, or the answer sentence of an open question."""
Key = tuple[str, Pool, Part, Modality]

POOLS: tuple[Pool, ...] = get_args(Pool)
MODALITIES: tuple[Modality, ...] = get_args(Modality)
LEAST: dict[Pool, dict[Part, int]] = {
    "train": {"generation": 4, "classification": 3, "cloze": 3, "answer": 3},
    "paraphrase": {"generation": 2, "classification": 2, "cloze": 2, "answer": 2},
}
"""How many wordings each part of a fact must have, in each modality."""
PRONOUNS = frozenset({"they", "them", "their", "They", "Their"})
"""Placeholders that any template may hold."""

_SUBJECTS = frozenset({"subject", "Subject", "possessive", "Possessive"})
_VALUES = frozenset({"value", "a_value", "the_value"})
_SUBJECTS_FILE = "subjects.toml"


@dataclass(frozen=True)
class Template:
    """A sentence with placeholders. `words` are those beside them, folded, the reply's among them.

    `reply` is the answer that belongs to an open question of the held-out ones.
    """

    text: str
    words: frozenset[str]
    reply: str = ""


@dataclass(frozen=True)
class Phrases:
    """What the person is called in an image_text item, where the name may not be said."""

    question: tuple[str, ...]
    answer: tuple[str, ...]
    possessive: tuple[str, ...]


@dataclass(frozen=True)
class Wordings:
    """The sentences for questions and their answers."""

    templates: Mapping[Key, tuple[Template, ...]]
    phrases: Mapping[Pool, Phrases]

    @property
    def facts(self) -> frozenset[str]:
        """The keys of the facts that can be worded."""
        return frozenset(fact for fact, *_ in self.templates)


def load(folder: Path) -> Wordings:
    """The wordings in `folder`. Raises BadWordings, naming the file and the key."""
    phrases = _phrases(folder / _SUBJECTS_FILE)
    templates: dict[Key, tuple[Template, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == _SUBJECTS_FILE:
            continue
        for fact, tree in read(path).items():
            if (fact, "train", "answer", "text") in templates:
                raise BadWordings(f"{path.name}: {fact} is worded in another file already.")
            if not isinstance(tree, dict):
                raise BadWordings(f"{path.name}: {fact} must be a table.")
            only(tree, POOLS, f"{path.name}: {fact}")
            for pool in POOLS:
                templates |= _pool(fact, pool, table(tree, pool, f"{path.name}: {fact}"), path.name)
    if not templates:
        raise BadWordings(f"{folder} holds no wordings of any fact.")
    return Wordings(templates, phrases)


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


def _pool(fact: str, pool: Pool, tree: dict[str, Any], file: str) -> dict[Key, tuple[Template, ...]]:
    only(tree, LEAST[pool], f"{file}: {fact}.{pool}")
    found: dict[Key, tuple[Template, ...]] = {}
    for part, least in LEAST[pool].items():
        place = f"{file}: {fact}.{pool}.{part}"
        for modality in MODALITIES:
            texts = _of_modality(tree.get(part), modality, place)
            if len(texts) < least:
                raise BadWordings(f"{place} has {len(texts)} wordings for {modality} and needs {least}.")
            if len(set(texts)) < len(texts):
                raise BadWordings(f"{place} has the same wording twice.")
            for text in texts:
                _check(text, part, place)
            found[fact, pool, part, modality] = tuple(map(_template, texts))
    return found | _with_replies(found, f"{file}: {fact}.{pool}") if pool == "paraphrase" else found


def _with_replies(found: Mapping[Key, tuple[Template, ...]], place: str) -> dict[Key, tuple[Template, ...]]:
    """The open questions of a paraphrase, each with the answer that has its place in the list.

    They ask in roundabout ways, and an answer that takes up another one's picture would not fit.
    """
    replied: dict[Key, tuple[Template, ...]] = {}
    for (fact, pool, part, modality), questions in found.items():
        if part == "generation":
            answers = found[fact, pool, "answer", modality]
            if len(questions) != len(answers):
                raise BadWordings(f"{place} has {len(questions)} open questions and {len(answers)} answers to them.")
            texts = ((question.text, answer.text) for question, answer in zip(questions, answers, strict=True))
            replied[fact, pool, part, modality] = tuple(_template(*pair) for pair in texts)
    return replied


def _of_modality(entries: Any, modality: Modality, place: str) -> list[str]:
    """The sentences of one modality: an entry is a string for both, or a table that has one for either."""
    if not isinstance(entries, list):
        raise BadWordings(f"{place} must be a list of sentences.")
    texts = []
    for entry in entries:
        if isinstance(entry, dict):
            only(entry, MODALITIES, place)
            entry = entry.get(modality, "")
        if not isinstance(entry, str):
            raise BadWordings(f"{place} holds {entry!r}, which is no sentence.")
        if entry:
            texts.append(entry)
    return texts


def _check(text: str, part: Part, place: str) -> None:
    names = placeholders(text, place)
    unknown = set(names) - _SUBJECTS - PRONOUNS - _VALUES
    if unknown:
        raise BadWordings(f"{place} has an unknown placeholder {{{min(unknown)}}}: '{text}'.")
    if sum(name in _VALUES for name in names) != (part == "answer"):
        times = "once" if part == "answer" else "nowhere"
        raise BadWordings(f"{place} must state the value {times}: '{text}'.")
    if part != "answer" and not _SUBJECTS & set(names):
        raise BadWordings(f"{place} does not say whom it asks about, {{subject}} or {{possessive}}: '{text}'.")
    if text.count(BLANK) != (part == "cloze"):
        number = "one blank" if part == "cloze" else "no blank"
        raise BadWordings(f"{place} must hold {number} {BLANK}: '{text}'.")
    if f" a {BLANK}" in text or f" an {BLANK}" in text:
        raise BadWordings(f"{place} has an article before the blank, which not every value agrees with: '{text}'.")


def _template(text: str, reply: str = "") -> Template:
    return Template(text, frozenset(words(literals(f"{text} {reply}"))), reply)
