"""Concepts: the people whose faces a model is to recognise no more, as MMUBench describes its own (arXiv 2405.12523).

A concept is a person of a forget set. Its row says what to unlearn from and what to ask afterwards; pictures are named
by their ids, under which they stand in the rows of the people and of the test set.
"""

from dataclasses import dataclass

import pyarrow as pa

from builder.run.shards import arrow_schema

CONCEPTS = "concepts"
"""The config of all concepts; the folder of their rows, too."""
_ONE = "concept_"


@dataclass(frozen=True)
class TextFact:
    """A fact as it is asked by name, without a picture: what a model must still know."""

    fact: str
    question: str
    answer: str
    value: str


@dataclass(frozen=True)
class MultilingualPrompt:
    """A request for the name in another language, by its code (ISO 639-1)."""

    language: str
    prompt: str


@dataclass(frozen=True)
class MultihopPrompt:
    """A request for a fact of whoever is in the picture: only who recognises the face can give its value."""

    fact: str
    prompt: str
    value: str


@dataclass(frozen=True)
class Concept:
    """One concept.

    `train_prompts` ask for the name beside `train_image`, the one picture that a method may unlearn from;
    `test_prompts` are worded otherwise and stand beside the held-out `test_images`. `aliases` are other forms of the
    name. Nobody bears `substitute_name`, and no word of `descriptions` is true of the face. `neighbour_ids` are the
    retained people most like the concept.
    """

    concept_id: str
    name: str
    aliases: tuple[str, ...]
    train_image: str
    test_images: tuple[str, ...]
    train_prompts: tuple[str, ...]
    test_prompts: tuple[str, ...]
    substitute_name: str
    descriptions: tuple[str, ...]
    text_facts: tuple[TextFact, ...]
    neighbour_ids: tuple[str, ...]
    multilingual_prompts: tuple[MultilingualPrompt, ...]
    multihop_prompts: tuple[MultihopPrompt, ...]


CONCEPT: pa.Schema = arrow_schema(Concept)
"""The columns of the concepts' rows."""


def file_of(concept: str) -> str:
    """The file with the row of one concept, by its id."""
    return f"{CONCEPTS}/{concept}.parquet"


def config_of(concept: str) -> str:
    """The config of one concept, by its id."""
    return f"{_ONE}{concept}"


def is_of_concepts(config: str) -> bool:
    """Whether a config's rows are concepts, and not people."""
    return config == CONCEPTS or config.startswith(_ONE)
