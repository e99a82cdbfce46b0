"""The public figures of a release: their rows, and the file that says where each comes from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

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


def write(folder: Path, figures: PublicFigures, contents: Contents) -> None:
    """Write the rows of a release's public figures, and where they come from."""
    people = list(figures.make())
    rows = [layout.public_figure_row(each.profile, each.portraits, each.questions, each.sources) for each in people]
    with RowFiles(
        [folder / name for name in contents.files(PUBLIC_FIGURES, test=False)], layout.PUBLIC_FIGURE
    ) as files:
        files.add(pa.Table.from_pylist(rows, schema=layout.PUBLIC_FIGURE))
    write_text(folder / ATTRIBUTION, attribution(people, figures.notices))


def attribution(people: Iterable[Person], notices: Iterable[str]) -> str:
    """The text that names the sources of all of them, then the licences that ask to be quoted in full."""
    lines = "".join(
        f"- {person.profile.name} ({person.profile.id}): {source.title}, by {source.author}, <{source.source_url}>, "
        f"{source.licence} (<{source.licence_url}>)\n"
        for person in people
        for source in person.sources
    )
    return "\n".join([_HEAD, lines, *(f"```\n{notice.strip()}\n```\n" for notice in notices)])
