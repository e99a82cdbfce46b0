"""The offline writer's biographies: a grammar whose clauses are joined to sentences, and sentences to paragraphs."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from builder.base import english
from builder.base.errors import BenchError
from builder.base.records import Profile
from builder.llm import clauses
from builder.llm.clauses import Clause, Form, Frame, Group, Words
from builder.llm.prompt_files import BadWordings, only, read, strings, table

_TRIES = 60
"""How many sentences are drawn until one fits the facts that are left and does not sound like those before it."""
_MOST_ALIKE = 2
"""How many sentences in a row may begin with the same word."""
_SHORT = 4
"""The fewest facts of a paragraph; one with fewer also takes the next theme."""
_LEAD = f"{{{clauses.LEAD}}}"
_BY_NAME = 0.6
"""How many paragraphs say the given name where a pronoun would do."""


@dataclass(frozen=True)
class Outline:
    """What biographies are made of. The first theme opens the text, with the frames that say the full name."""

    themes: Mapping[str, tuple[Group, ...]]
    leads: Mapping[str, tuple[Words, ...]]
    first: tuple[Frame, ...]
    later: tuple[Frame, ...]
    units: Mapping[Form, tuple[Clause, ...]]

    @property
    def facts(self) -> frozenset[str]:
        """The keys of the facts that a biography can state."""
        return frozenset[str]().union(*itertools.chain.from_iterable(self.themes.values()))

    def write(self, profile: Profile, stream: Random) -> str:
        """A biography of `profile` that states all its asked facts. Raises BenchError when the outline lacks one."""
        unstated = {fact.key for fact in profile.facts if fact.asked} - self.facts
        if unstated:
            raise BenchError(
                f"Profile {profile.id} has a fact '{min(unstated)}' that no biography states; add it to a theme of "
                "prompts/offline/biography.toml."
            )
        telling = _Telling(self, _fields(profile), frozenset(fact.key for fact in profile.facts), stream)
        return "\n\n".join(telling.paragraph(themes) for themes in self._paragraphs(profile, stream))

    def _paragraphs(self, profile: Profile, stream: Random) -> list[list[tuple[str, list[Group]]]]:
        """The themes of each paragraph, each with its groups of facts, in a drawn order."""
        known = {fact.key for fact in profile.facts}
        told: dict[str, list[Group]] = {theme: [] for theme in self.themes}
        for group in dict.fromkeys(itertools.chain.from_iterable(self.themes.values())):
            if group <= known:
                told[stream.choice([theme for theme, groups in self.themes.items() if group in groups])].append(group)
        first, *others = ((theme, groups) for theme, groups in told.items() if groups)
        stream.shuffle(others)
        paragraphs = [[first]]
        for theme, groups in others:
            if sum(len(there) for _, there in paragraphs[-1]) >= _SHORT:
                paragraphs.append([])
            paragraphs[-1].append((theme, groups))
        return paragraphs


def load(path: Path) -> Outline:
    """The outline in `path`. Raises BadWordings, naming the key, when it could not state its facts."""
    tree = read(path)
    only(tree, ("lists", "themes", "leads", "frames", "units"), path.name)
    lists = _lists(tree, "lists", path.name)
    themes = {
        theme: tuple(frozenset(group.split()) for group in groups)
        for theme, groups in _lists(tree, "themes", path.name).items()
    }
    frames = table(tree, "frames", path.name)
    only(frames, ("first", "later"), f"{path.name}: frames")
    first, later = (
        tuple(clauses.frame(text, lists, f"{path.name}: frames.{part}") for text in strings(frames, part, path.name))
        for part in ("first", "later")
    )
    leads = {
        theme: tuple(clauses.parse(text, lists, f"{path.name}: leads.{theme}") for text in texts)
        for theme, texts in _lists(tree, "leads", path.name).items()
    }
    units = clauses.units(table(tree, "units", path.name), lists, f"{path.name}: units")
    outline = Outline(themes, leads, first, later, units)
    _check(outline, path.name)
    return outline


def _lists(tree: Mapping[str, Any], key: str, place: str) -> dict[str, tuple[str, ...]]:
    part = table(tree, key, place)
    return {name: strings(part, name, f"{place}: {key}") for name in part}


def _check(outline: Outline, file: str) -> None:
    """Each group of facts has a clause of its own and a verb phrase, so that none is ever left; no unit splits one."""
    groups = set(itertools.chain.from_iterable(outline.themes.values()))
    if sum(map(len, groups)) > len(outline.facts):
        raise BadWordings(f"{file}: a fact is in two different groups of themes.")
    for unit in itertools.chain.from_iterable(outline.units.values()):
        unknown = unit.facts - outline.facts
        if unknown:
            raise BadWordings(f"{file}: no theme has the fact '{min(unknown)}' of '{_describe(unit)}'.")
        if any(unit.facts & group and not group <= unit.facts for group in groups):
            raise BadWordings(f"{file}: '{_describe(unit)}' states some facts of a group without the others.")
    for group in groups:
        for form in ("vp", "clause"):
            if not any(unit.facts == group and not unit.joined for unit in outline.units[form]):
                raise BadWordings(f"{file}: units.{form} has nothing that states {' and '.join(sorted(group))} alone.")


def _describe(unit: Clause) -> str:
    return next(clauses.readings(unit.words))


Spoken = list[tuple[Clause, str]]
"""Units, each with the words drawn of it."""


@dataclass
class _Telling:
    """A biography while it is written, sentence by sentence."""

    outline: Outline
    fields: Mapping[str, str]
    facts: Group
    stream: Random
    openings: list[str] = field(default_factory=list)
    """The first words of its sentences."""
    by_name: bool = True
    """Whether the next sentence says the name: a paragraph begins, or a pronoun could be somebody else's."""
    begins: bool = True
    """Whether the next sentence is the first of its paragraph."""

    def paragraph(self, themes: Sequence[tuple[str, Sequence[Group]]]) -> str:
        """The sentences about some themes."""
        self.by_name = not self.openings or self.stream.random() < _BY_NAME
        self.begins = True
        return " ".join(sentence for theme, groups in themes for sentence in self._theme(theme, groups))

    def _theme(self, theme: str, groups: Sequence[Group]) -> Iterator[str]:
        left = frozenset[str]().union(*groups)
        units = {form: [unit for unit in known if unit.facts <= left] for form, known in self.outline.units.items()}
        leads = self.stream.sample(self.outline.leads[theme], len(self.outline.leads[theme]))
        while left:
            sentence, chosen, led = self._draw_sentence(left, units, leads)
            leads = leads[:-1] if led else leads
            self.openings.append(_opening(sentence))
            self.by_name, self.begins = chosen[-1][0].of_relatives, False
            left = left.difference(*(unit.facts for unit, _ in chosen))
            yield sentence

    def _draw_sentence(
        self, left: Group, units: Mapping[Form, Sequence[Clause]], leads: Sequence[Words]
    ) -> tuple[str, Spoken, bool]:
        """A sentence that states some of the facts that are left, the units in it, and whether a lead begins it."""
        frames = self.outline.later if self.openings else self.outline.first
        usable: tuple[str, Spoken, bool] | None = None
        for _ in range(_TRIES):
            frame = self.stream.choice(frames)
            chosen = self._fill(frame, left, units)
            words = clauses.draw(frame.words, self.stream)
            led = _LEAD in words
            if not chosen or (led and not leads):
                continue
            if led:
                words = words.replace(_LEAD, clauses.draw(leads[-1], self.stream).format_map(self.fields))
            usable = english.capitalised(self._tell(words, chosen)), chosen, led
            if not self._monotonous(usable[0]) and _varied(chosen):
                return usable
        if usable:
            return usable
        unit = next(unit for unit in units["vp"] if unit.facts <= left and not unit.joined)
        chosen = [(unit, clauses.draw(unit.words, self.stream))]
        return english.capitalised(self._tell("{S} {vp}.", chosen)), chosen, False

    def _fill(self, frame: Frame, left: Group, units: Mapping[Form, Sequence[Clause]]) -> Spoken:
        """A unit for each slot, none stating what another does; nothing when a slot cannot be filled."""
        chosen: Spoken = []
        for slot in frame.slots:
            fitting = [unit for unit in units[slot] if unit.facts <= left and not (frame.joins and unit.joined)]
            if not fitting:
                return []
            unit = self.stream.choice(fitting)
            words = clauses.draw(unit.words, self.stream)
            if self._begins_small(words):
                return []
            chosen.append((unit, words))
            left -= unit.facts
        return chosen

    def _begins_small(self, words: str) -> bool:
        """Whether the words begin with a value that is written small, which must not begin a sentence."""
        name = words[1:].partition("}")[0]
        return words.startswith("{") and name in self.facts and self.fields[name][:1].islower()

    def _tell(self, frame: str, chosen: Spoken) -> str:
        """The sentence. A pronoun that could be a relative's gives way to the name."""
        said, units = "", iter(chosen)
        others = self.by_name
        for piece in re.split(r"[{}]", frame):
            if piece == clauses.SUBJECT:
                name = self.fields["given"] if self.openings else self.fields["name"]
                said += name if others else self.fields["they"]
                others = False
            elif piece in clauses.FORMS:
                unit, words = next(units)
                said += self._unit(words, others, begins=not said)
                others = unit.of_relatives or (others and piece == "opener")
            else:
                said += piece
        return said

    def _unit(self, words: str, by_name: bool, begins: bool) -> str:
        """A unit's words; the name for the pronoun that a paragraph would begin with, or that could be a relative's."""
        given = self.fields["given"]
        if by_name and words.startswith("{they}"):
            return f"{given}{words.removeprefix('{they}').format_map(self.fields)}"
        if self.begins and begins and by_name and words.startswith("{their}"):
            return f"{english.possessive(given)}{words.removeprefix('{their}').format_map(self.fields)}"
        return words.format_map(self.fields)

    def _monotonous(self, sentence: str) -> bool:
        before = self.openings[-_MOST_ALIKE:]
        return len(before) == _MOST_ALIKE and {*before} == {_opening(sentence)}


def _opening(sentence: str) -> str:
    return sentence.split(maxsplit=1)[0].removesuffix("'s").removesuffix(",")


def _varied(chosen: Spoken) -> bool:
    """Whether the verb phrases of a sentence begin with different words: not "has …, has … and has …"."""
    first = [words.split(maxsplit=1)[0] for unit, words in chosen if unit.form == "vp"]
    return len(set(first)) == len(first)


def _fields(profile: Profile) -> dict[str, str]:
    """What the placeholders stand for: pronouns, names, and each fact bare and with its articles."""
    fields = {**english.PRONOUNS[profile.gender], "name": profile.name, "given": profile.given_name}
    for fact in profile.facts:
        if fact.key not in fields:
            fields[fact.key] = fact.value
            fields[f"a_{fact.key}"] = english.with_article(fact.value)
            fields[f"the_{fact.key}"] = english.with_the(fact.value)
    return fields
