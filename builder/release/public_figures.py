"""The public figures of a release: their rows, and the file that says where each comes from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base.plain_text import in_markdown
from builder.base.recipe import Recipe
from builder.format import layout
from builder.format.reading import Person
from builder.format.splits import PUBLIC_FIGURES
from builder.release.contents import Contents
from builder.release.parquet import RowFiles
from builder.run.files import write_text

ATTRIBUTION = "ATTRIBUTION.md"

_HEAD = """# Where the public figures come from

The people of the config `public_figures` are real. Their facts are other people's work. They come under
these terms, which must go along with every copy. The column `sources` says the same of each row.
"""


@dataclass(frozen=True)
class PublicFigures:
    """The public figures that a release is to have.

    `basis` is all that their rows depend on besides the recipe, `notices` the licences that must come along in full;
    `make` makes the people, in the order of `ids`.
    """

    ids: tuple[str, ...]
    basis: Mapping[str, Any]
    notices: tuple[str, ...]
    make: Callable[[], Iterable[Person]]


def write(folder: Path, figures: PublicFigures, recipe: Recipe) -> None:
    """Write the rows of a release's public figures, and where they come from."""
    people = list(figures.make())
    referenced = bool(recipe.public_figures.references)
    rows = [
        layout.public_figure_row(each.profile, each.portraits, each.questions, each.sources, referenced=referenced)
        for each in people
    ]
    schema = layout.public_figure(referenced)
    with RowFiles(folder / Contents.folder(PUBLIC_FIGURES, test=False), schema) as files:
        files.add(pa.Table.from_pylist(rows, schema=schema))
    write_text(folder / ATTRIBUTION, attribution(people, figures.notices))


def pictured(folder: Path, contents: Contents) -> int:
    """How many public figures of the release in `folder` have a picture."""
    if PUBLIC_FIGURES not in contents.segments:
        return 0
    files = [folder / name for name in contents.files(PUBLIC_FIGURES, test=False)]
    return sum(bool(shown) for path in files for shown in pq.read_table(path, columns=["portraits"])[0].to_pylist())


def attribution(people: Sequence[Person], notices: Iterable[str]) -> str:
    """The text that names the sources of all of them, then the licences that ask to be quoted in full."""
    scaled = "Pictures are scaled down from the files named here.\n" if any(each.portraits for each in people) else ""
    lines = "".join(
        f"- {person.profile.name} ({person.profile.id}): {in_markdown(source.title)}, by {in_markdown(source.author)}, "
        f"<{source.source_url}>, {source.licence} (<{source.licence_url}>)\n"
        for person in people
        for source in person.sources
    )
    return "\n".join([_HEAD + scaled, lines, *(f"```\n{notice.strip()}\n```\n" for notice in notices)])
