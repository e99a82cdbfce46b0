"""What a release will hold, known before a row is written: segments, files and configs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from builder.base.recipe import Recipe
from builder.format import splits
from builder.format.concepts import file_of
from builder.format.splits import Config, Holding
from builder.release.parquet import file_names


@dataclass(frozen=True)
class Contents:
    """The people of each segment, and the configs that list the segments' files."""

    segments: dict[str, list[str]]
    configs: list[Config]

    def files(self, segment: str, *, test: bool) -> list[str]:
        """The files of a segment's rows, relative to the release: those of the test set, or the others."""
        folder = f"{'test' if test else 'people'}/{segment}"
        return [f"{folder}/{name}" for name in file_names(len(self.segments[segment]))]

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
    return Contents(segments, splits.configs(recipe, segments))
