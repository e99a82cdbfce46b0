"""What a release holds: segments, configs and files. All but the files is known before a row is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

from builder.base.recipe import Recipe
from builder.format import splits
from builder.format.concepts import file_of
from builder.format.splits import Config, Holding
from builder.release.parquet import file_names


@dataclass(frozen=True)
class Contents:
    """The people of each segment, the configs that list the segments' files, and how many files each folder has."""

    segments: dict[str, list[str]]
    configs: list[Config]
    counts: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def folder(segment: str, *, test: bool) -> str:
        """The folder of a segment's rows in the release: those of the test set, or the others."""
        return f"{'test' if test else 'people'}/{segment}"

    def counted(self, release: Path) -> "Contents":
        """The same with the files that are written."""
        folders = [self.folder(segment, test=test) for segment in self.segments for test in (False, True)]
        return replace(self, counts={name: len(list((release / name).glob("*.parquet"))) for name in folders})

    def files(self, segment: str, *, test: bool) -> list[str]:
        """The files of a segment's rows, relative to the release: those of the test set, or the others."""
        folder = self.folder(segment, test=test)
        return [f"{folder}/{name}" for name in file_names(self.counts[folder])]

    def config_files(self, config: Config) -> list[str]:
        """The files that a config lists."""
        if config.concepts:
            return [file_of(identity) for identity in config.concepts]
        return [name for segment in config.segments for name in self.files(segment, test=config.test)]

    def config_rows(self, config: Config) -> int:
        """The rows of a config: its people, or its concepts."""
        return len(config.concepts) or sum(len(self.segments[segment]) for segment in config.segments)


def plan(recipe: Recipe, held: Mapping[str, frozenset[Holding]], public_figures: Sequence[str] = ()) -> Contents:
    """The contents of a release of the people who were made, from what each of them holds, and of public figures."""
    segments = splits.segments(held, recipe)
    if public_figures:
        segments[splits.PUBLIC_FIGURES] = list(public_figures)
    return Contents(segments, splits.configs(recipe, segments))


def of_release(folder: Path, recipe: Recipe, names: Iterable[str]) -> Contents:
    """The contents of the release in a folder that has the segments `names`."""
    files = {name: sorted((folder / "people" / name).glob("*.parquet")) for name in names}
    segments = {
        name: [identity for path in paths for identity in pq.read_table(path, columns=["ID"])["ID"].to_pylist()]
        for name, paths in files.items()
    }
    return Contents(segments, splits.configs(recipe, segments)).counted(folder)
