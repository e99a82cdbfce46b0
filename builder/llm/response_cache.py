"""The response cache: every raw answer of a model, on disk before it is read, in responses/00000.sqlite of a run.

A run that finds its answers here sends nothing. The file holds no key, no header and no address.

SQLite's write-ahead log is for the processes of one machine. So each slice of a run (builder/run/slices.py) has a cache
of its own and only reads the run's, to which nobody writes meanwhile; the run takes the slices' in when they are over.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import BenchError
from builder.run import slices

_VERSION = 1
_TABLES = f"""
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, kind TEXT, turn INTEGER, model TEXT, refused INTEGER, body TEXT,
    input_tokens INTEGER, output_tokens INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS given_up (key TEXT PRIMARY KEY, reason TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
    profile TEXT, kind TEXT, pieces INTEGER, repaired INTEGER, fell_back INTEGER, faults TEXT,
    PRIMARY KEY (profile, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (label TEXT PRIMARY KEY, file TEXT, batch TEXT, keys TEXT) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""
_SECONDS_TO_WAIT = 30.0
_COPIED = {"answers": "IGNORE", "facts": "IGNORE", "batches": "IGNORE", "outcomes": "REPLACE"}
"""What a run takes over from a slice, by table, and what happens to a row that both have."""
_VARIABLES = 500
"""How many keys one query asks for."""


@dataclass(frozen=True)
class Answer:
    """A stored answer: the response's body as it came, and the tokens it was charged for.

    `refused` says that the server rejected the request; `body` then says why.
    """

    key: str
    kind: str
    turn: int
    model: str
    refused: bool
    body: str
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class WordingOutcome:
    """What happened to the texts that a model worded for one profile: how many were repaired or fell back.

    `faults` counts the kinds of fault that were found.
    """

    profile: str
    kind: str
    pieces: int
    repaired: int
    fell_back: int
    faults: Counter[str]


@dataclass(frozen=True)
class SubmittedBatch:
    """A batch handed to the server: our label for it, its input file, its id (empty until known), the keys it holds."""

    label: str
    file: str
    batch: str
    keys: tuple[str, ...]


class ResponseCache:
    """The stored answers of a run or a slice. Any process of the machine may read; the driving one writes."""

    def __init__(self, folder: Path, *, immutable: bool = False) -> None:
        """Name the place, the run's folder or a slice's own; the file is made by the first write.

        `immutable` says that nobody writes the file, so that it is read without locks.
        """
        self.path = folder / "responses" / "00000.sqlite"
        self._address = f"{self.path.absolute().as_uri()}{'?immutable=1' if immutable else ''}"
        run = slices.run_of(folder)
        self._runs = ResponseCache(run, immutable=True) if run else None

    def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The answers there are for `keys`."""
        query = "SELECT * FROM answers WHERE key IN ({})"
        rows = self._select(query, keys)
        found = {row[0]: Answer(row[0], row[1], row[2], row[3], bool(row[4]), *row[5:]) for row in rows}
        missing = [key for key in keys if key not in found] if self._runs else []
        return found | (self._runs.find(missing) if self._runs and missing else {})

    def refused(self) -> list[str]:
        """Why the server rejected requests, once for each rejected one."""
        return [row[0] for row in self._select("SELECT body FROM answers WHERE refused ORDER BY key", [])]

    def forget_refused(self) -> None:
        """Let the requests be sent again that the server would not take."""
        with self._writing() as connection:
            connection.execute("DELETE FROM answers WHERE refused")

    def given_up(self, keys: Sequence[str]) -> dict[str, str]:
        """Why some of `keys` got no answer in the current run."""
        return dict(self._select("SELECT key, reason FROM given_up WHERE key IN ({})", keys))

    def keep(self, answers: Iterable[Answer]) -> None:
        """Write answers; once this returns they survive the process."""
        rows = [tuple(vars(answer).values()) for answer in answers]
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def give_up(self, key: str, reason: str) -> None:
        """Note that a request got no answer, until `forget_given_up`."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO given_up VALUES (?, ?)", (key, reason))

    def forget_given_up(self) -> None:
        """Allow everything to be tried again."""
        if self.path.is_file():
            with self._writing() as connection:
                connection.execute("DELETE FROM given_up")

    def fact(self, name: str) -> Any:
        """What `remember` kept under `name`, or None."""
        row = next(self._select("SELECT value FROM facts WHERE name IN ({})", [name]), None)
        if row is None and self._runs:
            return self._runs.fact(name)
        return json.loads(row[0]) if row else None

    def remember(self, name: str, value: Any) -> None:
        """Keep something found out about the server."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def note(self, outcome: WordingOutcome) -> None:
        """Store what happened to a profile's texts; a new note replaces the old one."""
        row = (*list(vars(outcome).values())[:-1], json.dumps(outcome.faults))
        if outcome not in self.outcomes(outcome.profile):
            with self._writing() as connection:
                connection.execute("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?)", row)

    def outcomes(self, profile: str = "") -> list[WordingOutcome]:
        """The outcomes of one profile, or of all."""
        where = "WHERE profile IN ({})" if profile else ""
        rows = self._select(f"SELECT * FROM outcomes {where} ORDER BY profile, kind", [profile] if profile else [])
        return [WordingOutcome(row[0], row[1], row[2], row[3], row[4], Counter(json.loads(row[5]))) for row in rows]

    def batches(self) -> list[SubmittedBatch]:
        """The batches that are not fetched yet."""
        rows = self._select("SELECT * FROM batches", [])
        return [SubmittedBatch(row[0], row[1], row[2], tuple(json.loads(row[3]))) for row in rows]

    def keep_batch(self, batch: SubmittedBatch) -> None:
        """Write down a batch, or what is known of it by now."""
        row = (batch.label, batch.file, batch.batch, json.dumps(batch.keys))
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)", row)

    def drop_batch(self, label: str) -> None:
        """Forget a batch whose answers are all stored."""
        with self._writing() as connection:
            connection.execute("DELETE FROM batches WHERE label = ?", (label,))

    def take_in(self, folders: Iterable[Path], *, shared: bool) -> None:
        """Copy the answers of slices that kept their own in `folders`, while nobody uses the file.

        `shared` says that slices on any machine will read the file from now on, and nobody writes it.
        """
        for path in (ResponseCache(folder).path for folder in folders):
            if path.is_file():
                self._copy(path)
        if self.path.is_file():
            with self._connected() as connection:
                connection.execute(f"PRAGMA journal_mode={'DELETE' if shared else 'WAL'}")

    def _copy(self, path: Path) -> None:
        """Copy another cache, which may be an unfinished one."""
        with self._writing() as connection:
            try:
                connection.execute("ATTACH ? AS other", [str(path)])
                if connection.execute("PRAGMA other.user_version").fetchone() == (_VERSION,):
                    for table, on_conflict in _COPIED.items():
                        connection.execute(f"INSERT OR {on_conflict} INTO {table} SELECT * FROM other.{table}")
            except sqlite3.DatabaseError as error:
                raise _unusable(path, error) from error
        with self._connected() as connection:  # a power cut must not cost what is about to be removed
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file open, so that writes need not fold the journal back into it."""
        with self._writing():
            pass
        with self._connected() as connection:
            connection.execute("SELECT count(*) FROM facts").fetchone()
            yield

    def _select(self, query: str, keys: Sequence[str]) -> Iterator[Any]:
        if not self.path.is_file():
            return
        with self._connected() as connection:
            if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                return  # another process is just making it
            if "{}" not in query:
                yield from connection.execute(query).fetchall()
            for start in range(0, len(keys), _VARIABLES):
                some = keys[start : start + _VARIABLES]
                yield from connection.execute(query.format(",".join("?" * len(some))), some).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(_TABLES)
            with connection:
                yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._address, timeout=_SECONDS_TO_WAIT, uri=True)) as connection:
                # In the journal, a commit outlives the process at once, and a power cut a moment later: a file that is
                # synced at every answer would hold up the requests.
                connection.execute("PRAGMA synchronous=NORMAL")
                yield connection
        except sqlite3.DatabaseError as error:
            raise _unusable(self.path, error) from error


def _unusable(path: Path, error: sqlite3.DatabaseError) -> BenchError:
    return BenchError(
        f"{path} cannot be used: {error}. It holds the model's answers; delete it to ask everything again."
    )
