"""Reads a release back as records: all that audits, previews, checks and baselines know of it."""

import dataclasses
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base import recipe as recipes
from builder.base.errors import BenchError, CallError
from builder.base.recipe import Recipe
from builder.base.records import Appearance, Fact, Portrait, Profile, Question, Scene, Source, from_json
from builder.format.concepts import CONCEPTS, Concept, is_of_concepts
from builder.format.lacking import Need, why_not
from builder.format.splits import PUBLIC_FIGURES

MANIFEST = "manifest.json"
FORMAT = 3
"""The number of the layout that releases are written in and read in. Before 3 people did not come in fours, and a
manifest did not state it."""
_BATCH = 16
"""People held in memory at once."""
_COLUMNS = (
    "ID",
    "quartet",
    "biography",
    "name",
    "given_name",
    "family_name",
    "locale",
    "gender",
    "age_group",
    "appearance",
    "facts",
    "portraits",
    "questions",
    "image",
    "images",
    "train_images",
    "sources",
)
"""What a person is read from; the other columns say the same once more, for readers of MLLMU-Bench's layout."""


@dataclass(frozen=True)
class Person:
    """One person of a release, with all portraits and questions: of the test set too, unless held out.

    `segment` is the disjoint part of the people that the person belongs to ("forget_5", …, "retain", "holdout").
    A portrait's `scene` and `view` are as they were made; its size and sha256 are empty, as a row does not hold them.
    `sources` says of a public figure where the facts come from.
    """

    profile: Profile
    portraits: tuple[Portrait, ...]
    questions: tuple[Question, ...]
    segment: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Part:
    """Some people of a release that are read together: one row group of one file of a segment."""

    segment: str
    file: str
    group: int


@dataclass(frozen=True)
class Release:
    """A release in a folder."""

    path: Path
    manifest: dict[str, Any]

    @property
    def format(self) -> int:
        """The number of its layout."""
        return int(self.manifest.get("format", FORMAT - 1))

    @property
    def recipe(self) -> Recipe:
        """The recipe it was made with. Raises BenchError when it has none, or when it is of another format."""
        self._check_format()
        if self.is_imported:
            raise BenchError(f"{self.path} is an imported set and has no recipe.")
        return recipes.load(str(self.path / "recipe.toml"))

    @property
    def is_imported(self) -> bool:
        """Whether somebody else made the data (builder/imports)."""
        return "imported" in self.manifest

    @property
    def name(self) -> str:
        """What it is called: its recipe's name, or that of the set it was imported from."""
        return str(self.manifest["imported"]["name"] if self.is_imported else self.manifest["recipe"])

    @property
    def licence(self) -> str:
        """The licence of its data."""
        return str(self.manifest["imported"]["licence"]) if self.is_imported else self.recipe.release.license

    @property
    def drawn(self) -> bool:
        """Whether the offline painter drew its portraits."""
        return not self.is_imported and self.recipe.portraits.painter == "offline"

    def why_not(self, needs: Iterable[Need]) -> str:
        """Why what needs these parts of a release is not applicable to this one; empty where it is."""
        return why_not(self.manifest, needs)

    @property
    def segments(self) -> dict[str, int]:
        """The number of people in each disjoint segment."""
        return dict(self.manifest["people"])

    @property
    def fictitious(self) -> int:
        """How many of its people do not exist: all but the public figures."""
        return sum(count for name, count in self.segments.items() if name != PUBLIC_FIGURES)

    @property
    def configs(self) -> list[str]:
        """The configs whose rows are people."""
        return [name for name in self.manifest["configs"] if not is_of_concepts(name)]

    def concepts(self) -> list[Concept]:
        """The concepts, by id; none in most releases. Raises BenchError when they cannot be read."""
        files = self.manifest["configs"].get(CONCEPTS, {"files": ()})["files"]
        try:
            return [from_json(Concept, row) for name in files for row in _read(self.path / name).to_pylist()]
        except ValueError as error:
            raise BenchError(f"{self.path / CONCEPTS} is damaged: {error}") from error

    def segments_of(self, config: str) -> list[str]:
        """The segments that a config is made of. Raises CallError for a config that does not exist."""
        if config not in self.configs:
            known = ", ".join(self.configs)
            raise CallError(f"{self.path} has no config '{config}'; it has {known}.")
        files = self.manifest["configs"][config]["files"]
        return list(dict.fromkeys(name.split("/")[1] for name in files))

    def is_pictured(self, config: str) -> bool:
        """Whether people of a config have pictures; public figures and people of an imported set may have none."""
        if config != PUBLIC_FIGURES and not self.is_imported:
            return True
        files = [self.path / name for name in self.manifest["configs"][config]["files"]]
        shown = (pq.read_table(path, columns=["portraits"])["portraits"].to_pylist() for path in files)
        return any(portraits for of_file in shown for portraits in of_file)

    def people(self, *segments: str) -> Iterator[Person]:
        """The people of the named segments, of all when none is named, a few in memory at a time."""
        self._check_format()
        for segment in segments or self.segments:
            test = self._rows("test", segment)
            for row in self._rows("people", segment):
                yield _person(row, next(test, None), segment)

    def texts(self) -> Iterator[tuple[Profile, list[Question]]]:
        """Everybody's profile and questions, of the test set too; no image is read."""
        columns = [name for name in _COLUMNS if not name.endswith(("image", "images")) and name != "portraits"]
        for part in self.parts():
            for kind in ("people", "test"):
                if (self.path / kind / part.segment / part.file).is_file():
                    for row in _rows(self._table(kind, part, columns)):
                        yield _profile(row), row["questions"]

    def parts(self) -> list[Part]:
        """The release cut into small parts that together hold everybody once, for workers to read."""
        self._check_format()
        found = []
        for segment in self.segments:
            for path in sorted((self.path / "people" / segment).glob("*.parquet")):
                try:
                    groups = pq.read_metadata(path).num_row_groups
                except (pa.ArrowException, OSError) as error:
                    raise BenchError(f"{path} is damaged: {error}") from error
                found += [Part(segment, path.name, group) for group in range(groups)]
        return found

    def people_of(self, part: Part) -> Iterator[Person]:
        """The people of one part."""
        test = {row["ID"]: row for row in self._group("test", part)}
        for row in self._group("people", part):
            yield _person(row, test.pop(row["ID"], None), part.segment)

    def named(self, ids: Collection[str]) -> Iterator[Person]:
        """The people with these ids; parts that hold none of them are not read."""
        for part in self.parts():
            if any(row["ID"] in ids for row in self._table("people", part, ["ID"]).to_pylist()):
                yield from (person for person in self.people_of(part) if person.profile.id in ids)

    def _check_format(self) -> None:
        """Raise BenchError unless this is a release as this version of build-bench lays them out."""
        if self.format != FORMAT:
            maker = self.manifest.get("made_with", {}).get("build-bench", "another version")
            raise BenchError(
                f"{self.path} is laid out in format {self.format} (build-bench {maker}) and this version reads format "
                f"{FORMAT}: use that version for it, or make it again; 'build-bench diff' compares the two."
            )

    def beside(self, name: str) -> Path:
        """Where something derived from this release is kept: in its run or import; else next to it."""
        run = self.path.parent
        if self.path.name == "release" and (self.is_imported or (run / "recipe.toml").is_file()):
            return run / name
        whole = self.path.resolve()
        return whole.with_name(f"{whole.name}-{name}")

    def _group(self, kind: str, part: Part) -> Iterator[dict[str, Any]]:
        """The rows of a part; none where the segment has no rows of this kind, as holdout has no test rows."""
        if (self.path / kind / part.segment / part.file).is_file():
            yield from _rows(self._table(kind, part, _COLUMNS))

    def _table(self, kind: str, part: Part, columns: Sequence[str]) -> pa.Table:
        path = self.path / kind / part.segment / part.file
        try:
            with pq.ParquetFile(path) as file:
                return file.read_row_group(part.group, list(columns), use_threads=False)  # workers read, one part each
        except (pa.ArrowException, OSError) as error:
            raise BenchError(f"{path} is damaged: {error}") from error

    def _rows(self, kind: str, segment: str) -> Iterator[dict[str, Any]]:
        for path in sorted((self.path / kind / segment).glob("*.parquet")):
            try:
                with pq.ParquetFile(path) as file:
                    for batch in file.iter_batches(batch_size=_BATCH, columns=list(_COLUMNS)):
                        yield from _rows(batch)
            except (pa.ArrowException, OSError) as error:
                raise BenchError(f"{path} is damaged: {error}") from error


def open_release(path: Path) -> Release:
    """The release in `path`, or in the run that `path` is. Raises CallError when there is none."""
    for folder in (path, path / "release"):
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise BenchError(f"{folder / MANIFEST} cannot be read: {error}.") from error
        return Release(folder, manifest)
    raise CallError(f"{path} is not a release: it has no {MANIFEST}. 'build-bench generate' makes one.")


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise BenchError(f"{path} is damaged: {error}") from error


def _rows(table: pa.Table | pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Rows as dicts, their questions as records."""
    asked = _questions(table.column("questions"))
    others = table.select([name for name in table.column_names if name != "questions"])
    for row, questions in zip(others.to_pylist(), asked, strict=True):
        yield {**row, "questions": questions}


def _questions(column: pa.ListArray | pa.ChunkedArray) -> Iterator[list[Question]]:
    """The questions of each row, built field by field: several times faster than row by row, and there are hundreds."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    fields = (_values(column.values.field(field.name)) for field in dataclasses.fields(Question))
    questions = list(map(Question, *fields))
    for start, stop in itertools.pairwise(column.offsets.to_pylist()):
        yield questions[start:stop]


def _values(array: pa.Array) -> list[Any]:
    values: list[Any] = array.to_pylist()
    return list(map(tuple, values)) if pa.types.is_list(array.type) else values


def _person(row: dict[str, Any], test: dict[str, Any] | None, segment: str) -> Person:
    portraits = _portraits(row, [image for image in (row["image"], *row["train_images"]) if image])
    questions = list(row["questions"])
    if test:
        portraits += _portraits(test, test["images"])
        questions += test["questions"]
    sources = tuple(Source(**each) for each in row.get("sources", ()))
    return Person(_profile(row), tuple(portraits), tuple(questions), segment, sources)


def _profile(row: dict[str, Any]) -> Profile:
    return Profile(
        id=row["ID"],
        **{name: row[name] for name in ("name", "given_name", "family_name", "gender", "age_group", "locale")},
        quartet=row["quartet"],
        facts=tuple(map(_fact, row["facts"])),
        appearance=Appearance(**{**row["appearance"], "marks": tuple(row["appearance"]["marks"])}),
        biography=json.loads(row["biography"])["Description"],
    )


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(**{**row, "alternatives": tuple(row["alternatives"]), "implied_by": tuple(row["implied_by"])})


def _portraits(row: dict[str, Any], images: list[dict[str, Any]]) -> list[Portrait]:
    return [
        Portrait(
            id=each["id"],
            profile_id=row["ID"],
            view=each["view"],
            index=int(each["id"].rpartition("-")[2]),
            scene=Scene(**each["scene"]),
            width=0,
            height=0,
            format=image["path"].rpartition(".")[2],
            sha256="",
            image=image["bytes"],
        )
        for each, image in zip(row["portraits"], images, strict=True)
    ]
