"""The offline writer's biographies: blocks of sentences, a variant of each drawn, in paragraphs of varying order."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from builder.errors import BenchError
from builder.llm import grammar
from builder.llm.prompt_files import BadWordings, only, placeholders, read, strings, table
from builder.llm.wordings import PRONOUNS
from builder.records import Profile

_PERSON = frozenset({"name", "given", "child"})
_LEAST_VARIANTS = 3
_MOST_ALIKE = 2
"""How many sentences in a row may begin with the same word."""


@dataclass(frozen=True)
class Block:
    """A few sentences of a biography: the facts they state, and the variants, each a tuple of sentences."""

    facts: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Outline:
    """The blocks of a biography and the paragraphs that they stand in."""

    paragraphs: tuple[tuple[str, ...], ...]
    blocks: Mapping[str, Block]

    @property
    def facts(self) -> frozenset[str]:
        """The keys of the facts that a biography states."""
        return frozenset(fact for block in self.blocks.values() for fact in block.facts)

    def write(self, profile: Profile, stream: Random) -> str:
        """A biography of `profile`. Raises BenchError when the facts of the profile are not those of the outline."""
        fields = _fields(profile)
        self._check_facts(profile)
        first, *others = self.paragraphs
        stream.shuffle(others)
        text: list[str] = []
        openings: list[str] = []
        for number, names in enumerate((first, *others)):
            by_name = number > 0 and stream.random() < 0.5
            sentences: list[str] = []
            for name in names:
                here = _by_name(fields) if by_name and not sentences else fields
                drawn = _drawn(self.blocks[name], here, fields, openings, stream)
                openings += _openings(drawn)
                sentences += drawn
            text.append(" ".join(sentences))
        return "\n\n".join(text)

    def _check_facts(self, profile: Profile) -> None:
        missing = self.facts - {fact.key for fact in profile.facts}
        if missing:
            raise BenchError(f"Profile {profile.id} has no fact '{min(missing)}', which its biography is to state.")
        unstated = {fact.key for fact in profile.facts if fact.asked} - self.facts
        if unstated:
            raise BenchError(
                f"Profile {profile.id} has a fact '{min(unstated)}' that no biography states; add it to a block of "
                "prompts/offline/biography.toml."
            )


def load(path: Path) -> Outline:
    """The outline in `path`. Raises BadWordings, naming the key, when it could not state its facts."""
    tree = read(path)
    only(tree, ("paragraphs", "blocks"), path.name)
    blocks = {
        name: _block(block, f"{path.name}: blocks.{name}") for name, block in table(tree, "blocks", path.name).items()
    }
    paragraphs = tuple(tuple(names) for names in tree.get("paragraphs", ()))
    if sorted(name for names in paragraphs for name in names) != sorted(blocks):
        raise BadWordings(f"{path.name}: paragraphs must name every block once.")
    stated = [fact for block in blocks.values() for fact in block.facts]
    if len(set(stated)) < len(stated):
        raise BadWordings(f"{path.name}: two blocks state the same fact.")
    return Outline(paragraphs, blocks)


def _block(tree: Any, place: str) -> Block:
    if not isinstance(tree, dict):
        raise BadWordings(f"{place} must be a table.")
    only(tree, ("facts", "variants"), place)
    facts = strings(tree, "facts", place)
    variants = tuple(tuple(variant) for variant in tree.get("variants", ()))
    if len(variants) < _LEAST_VARIANTS:
        raise BadWordings(f"{place}.variants has {len(variants)} variants and needs {_LEAST_VARIANTS}.")
    for index, variant in enumerate(variants):
        _check(variant, facts, f"{place}.variants[{index}]")
    return Block(facts, variants)


def _check(variant: tuple[str, ...], facts: tuple[str, ...], place: str) -> None:
    names = [name for sentence in variant for name in placeholders(sentence, place)]
    fact_of = {f"{article}{fact}": fact for fact in facts for article in ("", "a_", "the_")}
    unknown = set(names) - set(fact_of) - PRONOUNS - _PERSON
    if unknown:
        raise BadWordings(f"{place} has an unknown placeholder {{{min(unknown)}}}.")
    if sorted(fact_of[name] for name in names if name in fact_of) != sorted(facts):
        raise BadWordings(f"{place} must state each of {', '.join(facts)} once.")


def _fields(profile: Profile) -> dict[str, str]:
    """What the placeholders stand for: pronouns, names, and each fact bare and with its articles."""
    fields = grammar.with_capitals(grammar.PRONOUNS[profile.gender])
    for fact in profile.facts:
        fields[fact.key] = fact.value
        fields[f"a_{fact.key}"] = grammar.with_article(fact.value)
        fields[f"the_{fact.key}"] = grammar.with_the(fact.value)
    return {**fields, "name": profile.name, "given": profile.given_name}


def _by_name(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a block that begins with the name where it would begin with a pronoun."""
    given = fields["given"]
    return {**fields, "They": given, "Their": grammar.possessive(given)}


def _drawn(
    block: Block, first: Mapping[str, str], fields: Mapping[str, str], before: list[str], stream: Random
) -> list[str]:
    """A variant of `block` that does not go on with a word that opened too many sentences in a row already.

    `first` holds the fields of its first sentence, `fields` those of the others.
    """
    sentences: list[str] = []
    for variant in stream.sample(block.variants, len(block.variants)):
        opening, *others = variant
        sentences = [opening.format_map(first), *(sentence.format_map(fields) for sentence in others)]
        if not _monotonous([*before[-_MOST_ALIKE:], *_openings(sentences)]):
            break
    return sentences


def _openings(sentences: list[str]) -> list[str]:
    return [sentence.split(maxsplit=1)[0].removesuffix("'s") for sentence in sentences]


def _monotonous(openings: list[str]) -> bool:
    rows = (openings[start : start + _MOST_ALIKE + 1] for start in range(len(openings) - _MOST_ALIKE))
    return any(len(set(row)) == 1 for row in rows)
