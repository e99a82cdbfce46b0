"""What is kept of the roster's people after Wikidata and Wikimedia Commons were asked, and the folder that holds it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builder.base.errors import BenchError, CallError
from builder.base.plain_text import in_markdown
from builder.base.records import from_json, to_json
from builder.run.files import read_json, write_text

REFERENCES = "references.json"
ATTRIBUTION = "ATTRIBUTION.md"
ANSWERS = "answers"
"""The folder, inside, of what the sites answered."""
FACTS_LICENCE = "CC0 1.0"
FACTS_LICENCE_URL = "https://creativecommons.org/publicdomain/zero/1.0/"
"""The licence of Wikidata's facts."""


@dataclass(frozen=True)
class CommonsPicture:
    """A picture on Wikimedia Commons that may be passed on under `licence`.

    `sha1` is that of the original file, `url` where the file itself is.
    """

    title: str
    source_url: str
    author: str
    licence: str
    licence_url: str
    sha1: str
    url: str


@dataclass(frozen=True)
class Reference:
    """Somebody of the roster, as one revision of the Wikidata item says.

    `citizenships` and `occupations` are kept to compare with the roster. `birthplace` is empty when there are several
    or none. `no_picture` says why there is no picture, or why the one that is there cannot be used.
    """

    name: str
    qid: str
    revision_id: int
    source_url: str
    birthplace: str
    citizenships: tuple[str, ...]
    occupations: tuple[str, ...]
    retrieved: str
    picture: CommonsPicture | None
    no_picture: str

    @property
    def usable_picture(self) -> CommonsPicture | None:
        """The picture, unless something speaks against it."""
        return None if self.no_picture else self.picture


@dataclass(frozen=True)
class Refusal:
    """Somebody of the roster whom no item fits, and the reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class References:
    """The content of a folder: who was found and who was not, both in the roster's order."""

    found: tuple[Reference, ...]
    refused: tuple[Refusal, ...]


def write(folder: Path, references: References) -> None:
    """Write the references and their attribution to a folder."""
    write_text(folder / REFERENCES, json.dumps(to_json(references), ensure_ascii=False, indent=2) + "\n")
    write_text(folder / ATTRIBUTION, attribution(references.found))


def read(folder: Path) -> References:
    """The references in a folder. Raises CallError when there are none, BenchError when they are damaged."""
    path = folder / REFERENCES
    data = read_json(path)
    if data is None and not path.exists():
        raise CallError(f"There is no {path}; 'build-bench figures fetch' makes it.")
    try:
        return from_json(References, data)
    except ValueError as error:
        raise BenchError(f"{path} is damaged ({error}); delete it, and fetch again.") from None


def attribution(found: Iterable[Reference]) -> str:
    """Who made what, and under which licence it may be passed on: Markdown that renders nothing of others."""
    lines = [
        "# Where facts and pictures come from",
        "",
        f"Facts are from Wikidata, {FACTS_LICENCE} (<{FACTS_LICENCE_URL}>). Pictures are on Wikimedia Commons,",
        "each under the licence beside it; whoever passes a picture on names its author and licence.",
        "",
    ]
    for each in found:
        lines.append(f"- {in_markdown(each.name)}: <{each.source_url}>, revision {each.revision_id}, {each.retrieved}")
        if each.picture:
            author = in_markdown(each.picture.author) or "unknown author"
            lines.append(
                f"  - Picture: <{each.picture.source_url}>, by {author}, {each.picture.licence} "
                f"(<{each.picture.licence_url}>)"
            )
    return "\n".join([*lines, ""])
