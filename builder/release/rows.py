"""Checks the rows of a release: their columns, the records in them, the laws of a person's questions."""

import functools
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from builder.base.recipe import Recipe
from builder.base.records import Portrait, Profile, Question, Scene, Source, from_json, to_json
from builder.base.schemas import Schema
from builder.format import layout
from builder.format.reading import Release
from builder.format.splits import UNTRAINED
from builder.release.texts import odd_texts

Laws = Callable[[Profile, Sequence[Question], Recipe], Iterable[tuple[str, str, str]]]
"""The id of each of a profile's questions that breaks a law, the law, and how; the questions' own code is no part of a
release."""

Found = tuple[str, int | None, str]
"""File, row in it (or None: the file), what is wrong."""

RECORDS = ("profile", "portrait", "question")
"""The schemas of the records in a row."""

Row = dict[str, Any]
Contract = Mapping[str, Schema]
_BATCH = 16


@dataclass
class PersonIds:
    """The ids found in each Parquet file, in order."""

    of_file: dict[str, list[str]] = field(default_factory=dict)

    def of(self, files: Sequence[str]) -> list[str]:
        """The ids in some files, in order."""
        return [identity for name in files for identity in self.of_file.get(name, ())]


@dataclass(frozen=True)
class Terms:
    """What rows are checked against: the recipe, the schemas in the release, the laws of questions.

    An imported set has no recipe, and the laws of our questions do not bind it.
    """

    recipe: Recipe | None
    schemas: tuple[tuple[str, str], ...]
    laws: Laws

    @classmethod
    def of(cls, release: Release, laws: Laws) -> "Terms":
        """The terms of a release. Raises BenchError, OSError or ValueError when its files give none."""
        texts = tuple((name, (release.path / "schemas" / f"{name}.json").read_text("utf-8")) for name in RECORDS)
        _contract(texts)
        return cls(None if release.is_imported else release.recipe, texts, laws)

    @property
    def referenced(self) -> bool:
        """Whether public figures have sources on the network."""
        return self.recipe is not None and bool(self.recipe.public_figures.references)


@dataclass(frozen=True)
class Checked:
    """The records of one row of a file."""

    file: str
    profile: Profile
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Slice:
    """One row group of a segment's file and its counterpart in the test set ("" for the people held out): one job."""

    release: Path
    file: str
    test: str
    group: int
    first_row: int
    terms: Terms

    @property
    def segment(self) -> str:
        """The segment that its people stand in."""
        return self.file.split("/")[1]


@dataclass(frozen=True)
class SliceResult:
    """What was found in a slice, and the ids in each of its files."""

    slice: Slice
    ids: dict[str, list[str]]
    found: list[Found]


def slices(release: Path, segments: Iterable[str], terms: Terms) -> tuple[list[Slice], list[Found]]:
    """The slices of some segments, and the files that cannot be cut because they cannot be read."""
    cut: list[Slice] = []
    found: list[Found] = []
    for segment in segments:
        for path in sorted((release / "people" / segment).glob("*.parquet")):
            file = f"people/{segment}/{path.name}"
            test = f"test/{segment}/{path.name}" if segment not in UNTRAINED and (release / "test").is_dir() else ""
            try:
                groups = max(_group_rows(release, name) for name in (file, test) if name)
            except (pa.ArrowException, OSError) as error:
                found.append((file, None, f"it or its counterpart in test/ cannot be read: {_line(error)}"))
                continue
            starts = accumulate(groups, initial=0)
            cut += [
                Slice(release, file, test, *place, terms) for place in zip(range(len(groups)), starts, strict=False)
            ]
    return cut, found


def check_slice(job: Slice) -> SliceResult:
    """Check the people of a slice, a few in memory at a time; a job of a worker process."""
    contract, terms = _contract(job.terms.schemas), job.terms
    ids: dict[str, list[str]] = {}
    found: list[Found] = []
    pairs = zip_longest(
        _read_rows(job.release, job.file, job.group, layout.columns(job.segment, referenced=terms.referenced)),
        _read_rows(job.release, job.test, job.group, layout.TEST),
    )
    for number, (person, held_out) in enumerate(pairs, start=job.first_row):
        checked = []
        for name, row in ((job.file, person), (job.test, held_out)):
            if isinstance(row, str):
                found.append((name, None, row))
            elif row is not None:
                ids.setdefault(name, []).append(row["ID"])
                records, faults = _records(name, row, contract, referenced=terms.referenced)
                found += [(name, number, fault) for fault in faults]
                checked += [records] if records else []
        if len({each.profile.id for each in checked}) == 1:
            found += _laws(checked, terms, number)
    return SliceResult(job, ids, found)


@functools.lru_cache(maxsize=2)
def _contract(texts: tuple[tuple[str, str], ...]) -> Contract:
    return {name: Schema(name, text) for name, text in texts}


def _group_rows(release: Path, name: str) -> list[int]:
    """The rows of each row group of a file."""
    footer = pq.read_metadata(release / name)
    return [footer.row_group(number).num_rows for number in range(footer.num_row_groups)]


def _read_rows(release: Path, name: str, group: int, schema: pa.Schema) -> Iterator[Row | str]:
    """The rows of one row group; a sentence when it cannot be read or has other columns."""
    if not name:
        return
    try:
        with pq.ParquetFile(release / name) as file:
            if not file.schema_arrow.equals(schema):
                yield "its columns are not those of this release's format"
            elif group < file.num_row_groups:
                for batch in file.iter_batches(batch_size=_BATCH, row_groups=[group]):
                    yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        yield f"it cannot be read: {_line(error)}"


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _records(file: str, row: Row, contract: Contract, *, referenced: bool) -> tuple[Checked | None, list[str]]:
    """The records in a row (None if unreadable), and everything wrong with them."""
    faults = [fault for question in row["questions"] if (fault := contract["question"].fault(question))]
    if faults:
        return None, faults
    try:
        profile_data = {**row, "id": row["ID"], "biography": json.loads(row["biography"])["Description"]}
        profile = from_json(Profile, profile_data)
        questions = tuple(from_json(Question, question) for question in row["questions"])
        shown = row["images"] if "images" in row else [each for each in (row["image"], *row["train_images"]) if each]
        pairs = list(zip(row["portraits"], shown, strict=True))
        portraits = [_portrait(each, image, profile.id) for each, image in pairs]
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        return None, [f"its records cannot be read: {type(error).__name__}: {error}"]
    data: list[tuple[str, Row]] = [("profile", to_json(profile))]
    data += [("portrait", to_json(each)) for each in portraits]
    faults = [fault for name, record in data if (fault := contract[name].fault(record))]
    faults += odd_texts(profile, ()) if profile.facts else ()
    if not faults:
        faults = _columns_that_differ(row, profile, portraits, questions, referenced=referenced)
    return Checked(file, profile, questions), faults


def _portrait(row: Row, image: Row, owner: str) -> Portrait:
    """A portrait with what its image itself says. Raises ValueError when that is another format than its name's."""
    with Image.open(io.BytesIO(image["bytes"])) as opened:
        (width, height), kind = opened.size, (opened.format or "").lower()
    ending = image["path"].rpartition(".")[2]
    if kind != ending:
        raise ValueError(f"{image['path']} is a {kind} image")
    if not row["id"].startswith(f"{owner}-{row['view']}-"):
        raise ValueError(f"portrait {row['id']} is not a {row['view']} view of {owner}")
    index = int(row["id"].rpartition("-")[2])
    scene = from_json(Scene, row["scene"])
    digest = hashlib.sha256(image["bytes"]).hexdigest()
    return Portrait(row["id"], owner, row["view"], index, scene, width, height, ending, digest, image["bytes"])


def _columns_that_differ(
    row: Row, profile: Profile, portraits: Sequence[Portrait], questions: Sequence[Question], *, referenced: bool
) -> list[str]:
    """The columns that are not what the row's own records make: MLLMU-Bench's view must say the same as ours."""
    try:
        if profile.is_public_figure:
            sources = tuple(from_json(Source, each) for each in row["sources"])
            laid_out = layout.public_figure_row(profile, portraits, questions, sources, referenced=referenced)
        else:
            laid_out = (layout.test_row if "images" in row else layout.person_row)(profile, portraits, questions)
    except (LookupError, StopIteration, ValueError) as error:
        return [f"its records do not make a row: {type(error).__name__}: {error}"]
    return [f"column {name} disagrees with the row's records" for name in row if row[name] != laid_out[name]]


def _laws(checked: Sequence[Checked], terms: Terms, number: int) -> Iterator[Found]:
    """The first law that a person's questions break, in the file of the question that breaks it."""
    first = checked[0]
    for other in checked[1:]:
        if other.profile != first.profile:
            yield other.file, number, f"the person is not the one in {first.file}"
    if terms.recipe is None:
        return
    questions = [question for each in checked for question in each.questions]
    try:
        broken = next(iter(terms.laws(first.profile, questions, terms.recipe)), None)
    except (LookupError, ValueError, TypeError) as error:
        yield first.file, number, f"its questions cannot be checked: {type(error).__name__}: {error}"
        return
    if broken:
        identity, law, fault = broken
        file = next(each.file for each in checked if identity in {question.id for question in each.questions})
        yield file, number, f"question {identity} breaks the law {law}: {fault}."
