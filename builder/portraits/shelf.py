"""Keeps the pictures of an unfinished shard, so that a crash costs one batch instead of the shard."""

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from builder.base.records import to_json
from builder.portraits.painter import Finished, Order
from builder.run.stage import digest

_SETUP = "create table if not exists finished (key text primary key, image blob not null, fault text not null)"
_PATIENCE = 60.0
"""Seconds that one process waits for another one to let go of the file."""


class Shelf:
    """Pictures by order, in one SQLite file that several processes may read. Each batch is stored atomically.

    `setting` is a digest of everything besides its order that a picture depends on; pictures of another setting are not
    found.
    """

    def __init__(self, path: Path, setting: str) -> None:
        """Open the shelf at `path`; create it if it is missing, and recreate it if it cannot be read."""
        self.setting = setting
        self._turn = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = _opened(path)
        except sqlite3.OperationalError:
            raise  # locked or on a full disk: not damaged
        except sqlite3.DatabaseError:
            path.unlink()
            self._database = _opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def finished(self, orders: Sequence[Order]) -> list[Finished | None]:
        """The result of each of `orders`; None for one that is not finished yet."""
        query = "select image, fault from finished where key = ?"
        with self._turn:
            rows = [self._database.execute(query, (self._key(order),)).fetchone() for order in orders]
        return [None if row is None else Finished(*row) for row in rows]

    def put(self, finished: Mapping[Order, Finished]) -> None:
        """Store a batch atomically."""
        rows = [(self._key(order), each.image, each.fault) for order, each in finished.items()]
        with self._turn, self._database:
            self._database.executemany("insert or replace into finished values (?, ?, ?)", rows)

    def _key(self, order: Order) -> str:
        """A digest of the whole order and of the setting."""
        reference = hashlib.sha256(order.reference).hexdigest()
        return digest([self.setting, reference, to_json(order)])


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    try:
        with database:
            database.execute(_SETUP)
            database.execute("select count(*) from finished").fetchone()
    except sqlite3.DatabaseError:
        with contextlib.suppress(sqlite3.Error):
            database.close()
        raise
    return database
