"""A Wikidata and a Wikimedia Commons of ours, on this machine, that speak as much of their API as we ask."""

import copy
import gzip
import hashlib
import io
import json
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from builder.figures import sending
from builder.figures.fetching import COMMONS, WIKIDATA
from builder.figures.roster import PublicFigure, roster

Reply = tuple[int, dict[str, str], bytes]
STATE, WORK = "Q2", "Q3"
PLACES = ("Somewhere", "Nether Wallop", "Oldtown", "Greenfield")
PEOPLE = 4
CONTACT = "me@example.org"


def qid(place: int) -> str:
    """The item of the figure at a place of the roster."""
    return f"Q{100 + place}"


def born_in(place: int) -> str:
    """The item of the place where the figure was born."""
    return f"Q{10 + place}"


def title(place: int) -> str:
    """The file of the figure's picture."""
    return f"File:Portrait {place}.jpg"


def value(content: Any, rank: str = "normal") -> dict[str, Any]:
    """A statement that something has a value."""
    return {"rank": rank, "mainsnak": {"snaktype": "value", "datavalue": {"value": content}}}


def year(number: int, precision: int = 11) -> dict[str, Any]:
    """A date of a year."""
    return {"time": f"+{number:04d}-03-01T00:00:00Z", "precision": precision}


def item(number: str, label: str, **claims: Any) -> dict[str, Any]:
    """An item with an English label."""
    return {
        "id": number,
        "lastrevid": 1000 + int(number[1:]),
        "labels": {"en": {"language": "en", "value": label}},
        "aliases": [],
        "claims": claims or [],
    }


def person(place: int, figure: PublicFigure) -> dict[str, Any]:
    """The item of somebody of the roster."""
    return item(
        qid(place),
        figure.name,
        P31=[value({"id": "Q5"})],
        P569=[value(year(figure.born)), value(year(1), "deprecated")],
        P570=[value(year(figure.died, 9))],
        P19=[value({"id": born_in(place)})],
        P27=[value({"id": STATE})],
        P106=[value({"id": WORK})],
        P18=[value(f"portrait_{place}.jpg")],
    )


def picture(place: int) -> bytes:
    """The file of the figure's picture: a JPEG, higher than wide."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 90), (40 * place, 90, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


def sha1(data: bytes) -> str:
    """The sha1 of a file."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def file(name: str, data: bytes = b"", licence: str = "cc-by-sa-4.0", artist: str = "Ann Other") -> dict[str, Any]:
    """A file's page; a `Wikimedia` adds the address."""
    metadata = {"License": {"value": licence}, "Artist": {"value": artist}, "Restrictions": {"value": ""}}
    said = {"sha1": sha1(data), "mime": "image/jpeg", "size": len(data), "width": 60, "height": 90}
    return {"title": name, "imageinfo": [{**said, "extmetadata": metadata}]}


@dataclass
class Wikimedia:
    """Both sites: what they hold, what they answer first (`odd`, one by one), and what they were asked.

    `uploads` are the files by their titles, `odd_files` the first answers to whoever wants one.
    """

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    odd: list[Reply] = field(default_factory=list)
    odd_files: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    before: Callable[[], None] = lambda: None
    url: str = ""

    def metadata(self, place: int) -> dict[str, Any]:
        """What Commons says of the figure's picture, to change it."""
        found: dict[str, Any] = self.files[title(place)]["imageinfo"][0]["extmetadata"]
        return found

    def claims(self, place: int) -> dict[str, Any]:
        """What Wikidata says of the figure, to change it."""
        found: dict[str, Any] = self.items[qid(place)]["claims"]
        return found

    def reply(self, path: str, agent: str) -> Reply:
        self.before()
        self.asked.append(path)
        self.agents.add(agent)
        if path.startswith("/upload/"):
            return self.odd_files.pop(0) if self.odd_files else self._upload(urllib.parse.unquote(path[8:]))
        if self.odd:
            return self.odd.pop(0)
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
        assert asked["maxlag"] == "5"
        answers = {"wbsearchentities": self._search, "wbgetentities": self._get, "query": self._query}
        return 200, {}, json.dumps(answers[asked["action"]](asked)).encode()

    def _upload(self, name: str) -> Reply:
        return (200, {}, self.uploads[name]) if name in self.uploads else (404, {}, b"")

    def _page(self, name: str) -> dict[str, Any]:
        page = copy.deepcopy(self.files.get(name, {"title": name, "missing": True}))
        for info in page.get("imageinfo", ()):
            info.setdefault("url", f"{self.url}/upload/{urllib.parse.quote(name)}")
        return page

    def _search(self, asked: dict[str, str]) -> dict[str, Any]:
        found = [each for each in self.items.values() if asked["search"] == each["labels"]["en"]["value"]]
        return {"search": [{"id": each["id"]} for each in found]}

    def _get(self, asked: dict[str, str]) -> dict[str, Any]:
        wanted = asked["ids"].split("|")
        assert len(wanted) <= 50
        return {"entities": {number: self._entity(number) for number in wanted}}

    def _entity(self, number: str) -> dict[str, Any]:
        if number in self.merged:
            found = copy.deepcopy(self.items[self.merged[number]])
            return {**found, "redirects": {"from": number, "to": found["id"]}}
        return self.items.get(number, {"id": number, "missing": ""})

    def _query(self, asked: dict[str, str]) -> dict[str, Any]:
        """The pages, the second half of them in another answer, as the site does when there is much."""
        wanted = asked["titles"].split("|")
        assert len(wanted) <= 50
        targets = [self.moved.get(each, each) for each in wanted]
        moved = [{"from": each, "to": self.moved[each]} for each in wanted if each in self.moved]
        pages = [self._page(each) for each in targets]
        half = len(pages) // 2
        if half and "iistart" not in asked:
            bare = [{"title": page["title"]} for page in pages[half:]]
            more = {"continue": "||", "iistart": "next"}
            return {"query": {"redirects": moved, "pages": pages[:half] + bare}, "continue": more}
        return {"query": {"redirects": moved, "pages": pages[half:]}}


@contextmanager
def asked_instead() -> Iterator[Wikimedia]:
    """Both sites, which the commands of this process and of those that it starts ask in place of the public ones."""
    with serving() as kept, pytest.MonkeyPatch.context() as patch:
        patch.setenv(WIKIDATA, f"{kept.url}/wikidata/api.php")
        patch.setenv(COMMONS, f"{kept.url}/commons/api.php")
        patch.setattr(sending, "FIRST_WAIT", 0.0)
        yield kept


def killed_at(number: int, server: Wikimedia, folder: Path, *more: str) -> int:
    """Run `figures fetch` in a process of its own and kill it at its request of this number; return how it ended."""
    command = [sys.executable, "-m", "builder", "figures", "fetch", "--out", str(folder), "--contact", CONTACT]
    with subprocess.Popen([*command, "--count", str(PEOPLE), *more], stdout=subprocess.DEVNULL) as process:
        server.before = lambda: process.kill() if len(server.asked) == number - 1 else None
        ended = process.wait(timeout=60)
    server.before = lambda: None
    return ended


@contextmanager
def serving() -> Iterator[Wikimedia]:
    """Both sites with the first of the roster, listening on this machine."""
    kept = Wikimedia()
    for number, label in ((STATE, "Some State"), (WORK, "some work")):
        kept.items[number] = item(number, label)
    for place, figure in enumerate(roster()[:PEOPLE]):
        kept.items[born_in(place)] = item(born_in(place), PLACES[place])
        kept.items[qid(place)] = person(place, figure)
        kept.uploads[title(place)] = picture(place)
        kept.files[title(place)] = file(title(place), picture(place))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = kept.reply(self.path, self.headers["User-Agent"])
            self.send_response(status)
            for key, content in headers.items():
                self.send_header(key, content)
            if status == 200 and self.headers["Accept-Encoding"] == "gzip" and "/api.php" in self.path:
                self.send_header("Content-Encoding", "gzip")
                body = gzip.compress(body)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    kept.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield kept
    finally:
        http.shutdown()
        http.server_close()
