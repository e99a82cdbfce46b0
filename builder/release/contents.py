"""What a release will hold, known before a row is written: segments, files and configs."""

from collections.abc import Collection
from dataclasses import dataclass

from builder.recipe import Recipe
from builder.release import splits
from builder.release.parquet import file_names
from builder.release.splits import Config


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
        return [name for segment in config.segments for name in self.files(segment, test=config.test)]

    def config_rows(self, config: Config) -> int:
        """The rows of a config: its people."""
        return sum(len(self.segments[segment]) for segment in config.segments)


def plan(recipe: Recipe, failed: Collection[str]) -> Contents:
    """The contents of a release of all people but the failed ones."""
    ids = [identity for number in range(recipe.total) if (identity := f"{number:05d}") not in failed]
    return Contents(splits.segments(ids, recipe), splits.configs(recipe))
