"""Wikidata, asked on a server of our own that speaks as much SPARQL as we do."""

import json
import re
import shutil
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from builder import profiles
from builder.base import recipe as recipes
from builder.base.errors import BenchError
from builder.figures import sending, wikidata
from builder.figures.wikidata import ADDRESS, Wikidata
from builder.format.reading import open_release
from tests.conftest import Run

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """Knows people and organisations; answers `odd` first, one by one, and keeps what it was asked."""

    people: set[str] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)
    odd: list[Reply] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, query: str, agent: str) -> Reply:
        values = [json.loads(f'"{value}"') for value in re.findall(r'"((?:[^"\\]|\\.)*)"@en', query)]
        self.asked.append(values)
        self.agents.add(agent)
        if self.odd:
            return self.odd.pop(0)
        known = self.people if "wd:Q5 " in query else self.organisations
        rows = [
            {"name": {"type": "literal", "value": value}, "item": {"type": "uri", "value": f"http://kb/{number}"}}
            for number, value in enumerate(values)
            if value in known
        ]
        return 200, {}, json.dumps({"results": {"bindings": rows}}).encode()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    kept = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = urllib.parse.parse_qs(body)["query"][0]
            status, headers, answer = kept.answer(query, self.headers["User-Agent"])
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    kept.url = f"http://127.0.0.1:{http.server_port}/sparql"
    monkeypatch.setenv(ADDRESS, kept.url)
    monkeypatch.setattr(wikidata, "_PAUSE", 0.0)
    monkeypatch.setattr(sending, "FIRST_WAIT", 0.0)
    yield kept
    http.shutdown()
    http.server_close()


def test_who_is_found_comes_with_an_item_and_nothing_is_asked_twice(server: Server, tmp_path: Path) -> None:
    server.people = {"Ada Lovelace", 'Jim "Q" Smith'}
    asked = Wikidata(tmp_path / "memory.jsonl")
    names = ["Ada Lovelace", "Nobody Whatsoever", 'Jim "Q" Smith', "Ada Lovelace"]
    first = asked.found("person", names)
    assert list(first) == ["Ada Lovelace", 'Jim "Q" Smith']
    assert all(item.startswith("http://kb/") for item in first.values())
    assert Wikidata(tmp_path / "memory.jsonl").found("person", names) == first
    assert len(server.asked) == 1
    assert not asked.found("organisation", names)
    assert len(server.asked) == 2
    assert all(agent.startswith("build-bench/") for agent in server.agents)


def test_names_are_found_without_their_accents_too(server: Server, tmp_path: Path) -> None:
    server.people = {"Lukasz Zoltek", "Bùi Sơn"}
    found = Wikidata(tmp_path / "memory.jsonl").found("person", ["Łukasz Żółtek", "Bùi Sơn", "Ødd Åse"])
    assert set(found) == {"Łukasz Żółtek", "Bùi Sơn"}


def test_many_names_are_asked_some_at_a_time(server: Server, tmp_path: Path) -> None:
    names = [f"Somebody {chr(65 + number // 26)}{chr(97 + number % 26)}" for number in range(95)]
    Wikidata(tmp_path / "memory.jsonl").found("person", names)
    assert [len(values) for values in server.asked] == [40, 40, 15]
    assert [name for values in server.asked for name in values] == names


def test_a_busy_server_is_waited_for(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    server.people = {"Ada Lovelace"}
    server.odd = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), (429, {"Retry-After": "900"}, b"")]
    assert Wikidata(tmp_path / "memory.jsonl").found("person", ["Ada Lovelace"])
    assert waits[0] == 7
    assert waits[2] == 300
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        ([(503, {}, b"")] * 9, "is busy .503 .*, 5 times.; run the same command again later"),
        ([(403, {}, b"")], "rejects queries: 403"),
        ([(200, {}, b"<html>hello")], "does not answer like a SPARQL server: '<html>hello'"),
        ([(200, {}, b'{"results": {"bindings": [{}]}}')], "does not answer like a SPARQL server"),
    ],
)
def test_a_server_that_does_not_answer_is_one_clear_sentence(
    server: Server, tmp_path: Path, replies: list[Reply], message: str
) -> None:
    server.odd = list(replies)
    with pytest.raises(BenchError, match=message):
        Wikidata(tmp_path / "memory.jsonl").found("person", ["Ada Lovelace"])


def test_what_was_answered_before_a_fault_is_kept(server: Server, tmp_path: Path) -> None:
    memory = tmp_path / "memory.jsonl"
    names = [f"Somebody X{number}" for number in range(50)]
    server.people = {"Somebody X3"}
    Wikidata(memory).found("person", names[:40])
    server.odd = [(403, {}, b"")]
    with pytest.raises(BenchError):
        Wikidata(memory).found("person", names)
    memory.write_bytes(memory.read_bytes() + b'{"kind": "person", "na')  # cut short by a kill
    assert list(Wikidata(memory).found("person", names)) == ["Somebody X3"]
    assert server.asked[-1] == names[40:]
    assert list(Wikidata(memory).found("person", names)) == ["Somebody X3"]
    assert len(server.asked) == 3


def test_without_a_network_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"http://127\.0\.0\.1:9/ cannot be reached .*leave out --wikidata"):
        Wikidata(tmp_path / "memory.jsonl", "http://127.0.0.1:9/").found("person", ["Ada Lovelace"])


def test_generate_names_those_anew_who_are_found(server: Server, run: Run, tiny: Path, tmp_path: Path) -> None:
    recipe = recipes.load(str(tiny))
    before = profiles.all_names(recipe)
    once = profiles.all_names(recipes.with_barred_names(recipe, [before[6]]))
    renamed = [number for number in range(28) if before[number] != once[number]]
    assert 6 in renamed
    assert {number // 4 for number in renamed} == {1}
    server.people = {before[6], once[5]}  # who takes the place is real, too
    out = tmp_path / "out"
    result = run("generate", tiny, "--out", out, "--workers", "1", "--wikidata")
    assert result.exit_code == 0, result.output
    kept = recipes.load(str(out / "recipe.toml"))
    assert kept.profiles.barred_names == (before[6], once[5])
    people = [
        person.profile.name
        for part in open_release(out / "release").parts()
        for person in open_release(out / "release").people_of(part)
    ]
    assert sorted(people) == sorted(profiles.all_names(kept))
    assert not {*people} & server.people
    assert "People and organisations found in Wikidata" in (out / "audit.json").read_text()

    asked = len(server.asked)
    again = run("generate", tiny, "--out", out, "--workers", "1", "--wikidata")
    assert again.exit_code == 0
    assert "Nothing to do" in again.output
    assert len(server.asked) == asked
    same = run("generate", out / "recipe.toml", "--out", out, "--workers", "1")
    assert "Nothing to do" in same.output


def test_the_audit_lists_who_and_what_is_found(server: Server, run: Run, made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "run")
    release = open_release(tmp_path / "run" / "release")
    person = next(person for part in release.parts() for person in release.people_of(part))
    employer = next(fact.value for fact in person.profile.facts if fact.key == "employer")
    server.people, server.organisations = {person.profile.name}, {employer}
    result = run("audit", tmp_path / "run", "--wikidata", "--workers", "1")
    assert result.exit_code == 1
    assert f"{person.profile.id}: '{person.profile.name}' is a real person's name: http://kb/" in result.output
    assert f"'{employer}' is a real organisation" in result.output
    asked = len(server.asked)
    run("audit", tmp_path / "run", "--wikidata", "--workers", "1")
    assert len(server.asked) == asked
