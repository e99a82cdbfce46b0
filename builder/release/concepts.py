"""Makes the concepts of a release from its people: what to unlearn each from, and what to ask afterwards.

Everything follows from the facts, the looks and the questions that the release holds, so `verify` makes them again and
compares.
"""

import dataclasses
import functools
import hashlib
import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base import bundled, looks, randomness, schemas
from builder.base.invented_names import invented_name
from builder.base.matching import folded, names_of, words
from builder.base.records import Appearance, Profile, Question, Use, to_json
from builder.format.concepts import CONCEPT, Concept, MultihopPrompt, MultilingualPrompt, TextFact, file_of
from builder.format.reading import Person, Release
from builder.format.splits import RETAIN, holdings
from builder.release.parquet import RowFiles
from builder.tasks.generation import GENERATION
from builder.tasks.recognition import RECOGNITION

SCHEMA = "concept"
_DESCRIPTIONS = 3
_LOOKS: Mapping[str, Sequence[str]] = {
    "skin_tone": looks.SKIN_TONES,
    "face_shape": looks.FACE_SHAPES,
    "hair_colour": looks.HAIR_COLOURS,
    "eye_colour": looks.EYE_COLOURS,
}
"""What descriptions are about, and the words to choose another from."""


def prompts_file() -> Path:
    """The file with the prompts of concepts."""
    return bundled.folder("prompts") / "offline" / "concepts.toml"


def basis() -> dict[str, str]:
    """What concepts depend on besides the release's people."""
    return {"prompts": hashlib.sha256(prompts_file().read_bytes()).hexdigest()}


def write(folder: Path, made: Iterable[Concept]) -> None:
    """Write each concept's row to a file of its own."""
    for concept in made:
        row = to_json(concept)
        schemas.check(SCHEMA, row)
        path = folder / file_of(concept.concept_id)
        with RowFiles(path.parent, CONCEPT, names=functools.partial(_only, path.name)) as files:
            files.add(pa.Table.from_pylist([row], schema=CONCEPT))


def _only(name: str, _: int) -> list[str]:
    return [name]


def make(release: Release) -> list[Concept]:
    """The concepts of a release, by id: everybody in its forget sets."""
    recipe = release.recipe
    forgotten = [name for name in release.segments if name.startswith("forget_")]
    everybody = [profile for profile, _ in release.texts()]
    retained = [person.profile for person in release.people(RETAIN)]
    people = sorted(release.people(*forgotten), key=lambda person: person.profile.id)
    return [
        _concept(person, name, _neighbours(person.profile, retained, recipe.concepts.neighbours), recipe.seed)
        for person, name in zip(people, _names_of_nobody(everybody), strict=False)
    ]


def faults(release: Release) -> Iterator[tuple[str, str]]:
    """What differs between the concepts' rows and what the release's people make: the file and the fault."""
    for concept in make(release):
        name, wanted = file_of(concept.concept_id), to_json(concept)
        try:
            table = pq.read_table(release.path / name)
        except (pa.ArrowException, OSError) as error:
            yield name, f"it cannot be read: {str(error).partition(chr(10))[0]}"
            continue
        if not table.schema.equals(CONCEPT):
            yield name, "its columns are not those of this release's format"
            continue
        rows = table.to_pylist()
        if len(rows) != 1:
            yield name, f"it has {len(rows)} rows instead of one"
            continue
        if fault := schemas.Schema(SCHEMA, schemas.text(SCHEMA)).fault(rows[0]):
            yield name, fault
        yield from (
            (name, f"column {key} is not what the release's people make")
            for key, value in wanted.items()
            if rows[0][key] != value
        )


def _names_of_nobody(people: Iterable[Profile]) -> Iterator[str]:
    """Invented names of which nobody bears any word."""
    borne = {word for profile in people for name in names_of(profile) for word in words(folded(name))}
    invented = map(invented_name, itertools.count())
    return (name for name in invented if borne.isdisjoint(words(folded(name))))


def _concept(person: Person, substitute: str, neighbours: tuple[str, ...], seed: int) -> Concept:
    profile = person.profile
    return Concept(
        concept_id=profile.id,
        name=profile.name,
        aliases=_aliases(profile),
        train_image=next(each.id for each in person.portraits if each.view == "reference"),
        test_images=tuple(each.id for each in person.portraits if each.view == "test"),
        train_prompts=_asked(person.questions, "train"),
        test_prompts=_asked(person.questions, "paraphrase"),
        substitute_name=substitute,
        descriptions=_descriptions(profile, seed),
        text_facts=_text_facts(person.questions),
        neighbour_ids=neighbours,
        multilingual_prompts=tuple(
            MultilingualPrompt(language, prompt)
            for language, found in _prompts()["multilingual"].items()
            for prompt in found
        ),
        multihop_prompts=tuple(
            MultihopPrompt(fact.key, prompt, fact.value)
            for fact in profile.facts
            for prompt in _prompts()["multihop"].get(fact.key, ())
        ),
    )


@functools.cache
def _prompts() -> dict[str, Any]:
    return tomllib.loads(prompts_file().read_text(encoding="utf-8"))


def _aliases(profile: Profile) -> tuple[str, ...]:
    given, family = profile.given_name, profile.family_name
    return tuple(dict.fromkeys((family, f"{given[0]}. {family}", f"{family}, {given}")))


def _asked(questions: Sequence[Question], use: Use) -> tuple[str, ...]:
    return tuple(each.question for each in questions if each.task == RECOGNITION.name and each.use == use)


def _text_facts(questions: Sequence[Question]) -> tuple[TextFact, ...]:
    """The first open training question by name about each fact."""
    found: dict[str, TextFact] = {}
    for each in questions:
        if (each.use, each.modality, each.task) == ("train", "text", GENERATION.name):
            found.setdefault(each.fact, TextFact(each.fact, each.question, each.answer, each.value))
    return tuple(found.values())


def _descriptions(profile: Profile, seed: int) -> tuple[str, ...]:
    """Descriptions in which nothing is true of the face, and no name is said."""
    stream = randomness.stream(seed, profile.id, "concept", "descriptions")
    drawn = {
        key: stream.sample([word for word in known if word != getattr(profile.appearance, key)], _DESCRIPTIONS)
        for key, known in _LOOKS.items()
    }
    return tuple(
        f"A person with {skin} skin, a {face} face, {hair} hair and {eyes} eyes."
        for skin, face, hair, eyes in zip(*(drawn[key] for key in _LOOKS), strict=True)
    )


def _neighbours(profile: Profile, retained: Sequence[Profile], count: int) -> tuple[str, ...]:
    """The retained people with most looks and facts in common with `profile`; of equals, the lower number first."""
    ranked = sorted(retained, key=lambda other: (-_common(profile, other), other.id))
    return tuple(other.id for other in ranked[:count])


def _common(one: Profile, other: Profile) -> int:
    """How many words of their looks and how many facts two people share."""
    fields = [field.name for field in dataclasses.fields(Appearance)]
    alike = [getattr(one.appearance, name) == getattr(other.appearance, name) for name in fields]
    alike += [getattr(one, name) == getattr(other, name) for name in ("gender", "age_group", "locale")]
    return alike.count(True) + len(holdings(one.facts) & holdings(other.facts))
