"""Looks up names of people and organisations in Wikidata. Answers are kept, so nothing is asked twice.

It is asked by SPARQL (https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual), some names at a time, one
request after the other, and waits as long as the server says.
"""

import json
import os
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from builder.base.errors import BenchError
from builder.base.matching import without_accents
from builder.base.version import __version__
from builder.figures.sending import send

Kind = Literal["person", "organisation"]

MEMORY = "wikidata.jsonl"
"""The file of answers: one object per line, with the kind, the name and the items that have it."""

ADDRESS = "BUILD_BENCH_WIKIDATA"
"""The environment variable that names another server of the same protocol."""

_PUBLIC = "https://query.wikidata.org/sparql"
_AGENT = f"build-bench/{__version__} (checks that invented names are nobody's; one query at a time)"
_CLASSES: dict[Kind, str] = {"person": "wdt:P31 wd:Q5", "organisation": "wdt:P31/wdt:P279* wd:Q43229"}
_LANGUAGES = ("en", "mul")
_TOGETHER = 40
"""Names in one request."""
_PAUSE = 1.0
"""Seconds between two requests."""


@dataclass(frozen=True)
class Wikidata:
    """A server that is asked, and the file that remembers."""

    memory: Path
    url: str = ""

    def found(self, kind: Kind, names: Iterable[str]) -> dict[str, str]:
        """Those of `names` that somebody or something real has, each with an item that has it.

        Raises BenchError when the server cannot be asked; what it has answered until then is kept.
        """
        wanted = list(dict.fromkeys(names))
        known = {name: items for one, name, items in self._read_memory() if one == kind}
        new = [name for name in wanted if name not in known]
        for start in range(0, len(new), _TOGETHER):
            some = new[start : start + _TOGETHER]
            if start:
                time.sleep(_PAUSE)
            answers = self._ask(kind, some)
            self._remember(kind, answers)
            known |= answers
        return {name: known[name][0] for name in wanted if known[name]}

    def _ask(self, kind: Kind, names: Iterable[str]) -> dict[str, list[str]]:
        spelled = {spelling: name for name in names for spelling in (without_accents(name), name)}
        values = " ".join(f"{json.dumps(one, ensure_ascii=False)}@{tongue}" for one in spelled for tongue in _LANGUAGES)
        query = (
            f"SELECT DISTINCT ?name ?item WHERE {{ VALUES ?name {{ {values} }} "
            f"?item rdfs:label|skos:altLabel ?name ; {_CLASSES[kind]} . }}"
        )
        answers: dict[str, list[str]] = {name: [] for name in spelled.values()}
        for name, item in _bindings(self._send(query), self._address):
            if name in spelled:
                answers[spelled[name]].append(item)
        return {name: sorted(set(items)) for name, items in answers.items()}

    @property
    def _address(self) -> str:
        return self.url or os.environ.get(ADDRESS, "") or _PUBLIC

    def _send(self, query: str) -> bytes:
        body = urllib.parse.urlencode({"query": query, "format": "json"}).encode()
        headers = {"User-Agent": _AGENT, "Accept": "application/sparql-results+json"}
        try:
            request = urllib.request.Request(self._address, body, headers)
        except ValueError as error:
            raise BenchError(f"{ADDRESS} is not an address: {error}.") from error
        return send(
            request,
            lambda answer, _: answer,
            kept=f"what it has answered is kept in {self.memory}",
            otherwise="continue where there is a network, or leave out --wikidata",
        )

    def _read_memory(self) -> Iterator[tuple[str, str, list[str]]]:
        """The stored answers. A line that a kill cut short is skipped, and its names are looked up again."""
        try:
            lines = self.memory.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return
        for line in lines:
            try:
                one = json.loads(line)
                yield str(one["kind"]), str(one["name"]), [str(item) for item in one["items"]]
            except (ValueError, LookupError, TypeError):
                continue

    def _remember(self, kind: Kind, answers: dict[str, list[str]]) -> None:
        lines = (json.dumps({"kind": kind, "name": name, "items": items}) + "\n" for name, items in answers.items())
        try:
            torn = self.memory.exists() and self.memory.read_bytes()[-1:] not in (b"", b"\n")
            with self.memory.open("ab") as file:
                file.write(("\n" * torn + "".join(lines)).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise BenchError(f"{self.memory} cannot be written: {error.strerror or error}.") from error


def _bindings(body: bytes, address: str) -> list[tuple[str, str]]:
    """The pairs of name and item in an answer. Raises BenchError if it is malformed."""
    try:
        rows: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
        return [(str(row["name"]["value"]), str(row["item"]["value"])) for row in rows]
    except (ValueError, LookupError, TypeError):
        start = body[:80].decode(errors="replace")
        raise BenchError(f"{address} does not answer like a SPARQL server: {start!r}.") from None
