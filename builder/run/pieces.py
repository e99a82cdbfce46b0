"""Pieces of work that take minutes each, made side by side, each in a process of its own.

Unlike a pool of workers, a process ends with its piece: its memory is free at once, and Ctrl-C ends what is at work
without waiting for it.
"""

import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from builder.base import progress
from builder.base.errors import BenchError
from builder.run.workers import settle_in


@dataclass(frozen=True)
class Piece:
    """A piece of work: `work` does it and can be pickled. It begins when the pieces named in `after` are done."""

    name: str
    work: Callable[[], object]
    after: frozenset[str] = frozenset()


@dataclass
class _AtWork:
    piece: Piece
    process: BaseProcess
    shown: progress.Relayed = field(default_factory=progress.Relayed)


def make_side_by_side(pieces: Sequence[Piece], most: int) -> None:
    """Do every piece, up to `most` at the same time; one at a time they are done in this process, in their order.

    Raises what the first failing piece raised (BenchError for a process that died). The pieces that are at work then
    are finished, the others are not begun. Whatever else ends this ends them too.
    """
    if most == 1 or len(pieces) == 1:
        for piece in pieces:
            piece.work()
        return
    to_come = list(pieces)
    at_work: dict[Connection[Any, Any], _AtWork] = {}
    failed: Exception | None = None
    try:
        while at_work or (to_come and not failed):
            waits = {each.name for each in to_come} | {each.piece.name for each in at_work.values()}
            ready = [each for each in to_come if not each.after & waits]
            for piece in ready[: 0 if failed else most - len(at_work)]:
                to_come.remove(piece)
                connection, begun = _begin(piece)
                at_work[connection] = begun
            heard = wait(list(at_work))
            for connection in [each for each in at_work if each in heard]:
                ended = _hear(connection, at_work[connection])
                if ended is not None:
                    failed = failed or ended.error
                    del at_work[connection]
    finally:
        for each in at_work.values():
            each.process.terminate()
            each.shown.close()
    if failed:
        raise failed


@dataclass(frozen=True)
class _Ended:
    error: Exception | None = None


def _begin(piece: Piece) -> "tuple[Connection[Any, Any], _AtWork]":
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(piece.work, theirs), name=piece.name)
    process.start()
    theirs.close()  # so that ours ends when the process dies
    return ours, _AtWork(piece, process)


def _hear(connection: "Connection[Any, Any]", one: _AtWork) -> _Ended | None:
    """Show a piece's next message. Its end, once it has ended."""
    try:
        message = connection.recv()
    except EOFError:
        one.process.join()
        message = _Ended(
            BenchError(
                f"The process of {one.piece.name} died, perhaps because memory ran out. What was finished is kept; "
                "run the same command again with fewer --workers."
            )
        )
    if not isinstance(message, _Ended):
        one.shown.show(message)
        return None
    one.process.join()
    one.shown.close()
    return message


def _work(work: Callable[[], object], connection: "Connection[Any, Any]") -> None:
    settle_in()
    progress.relay(connection.send)
    try:
        work()
    except Exception as error:
        if not isinstance(error, BenchError):
            error.add_note(traceback.format_exc())  # where it happened is not sent along
        connection.send(_Ended(error))
    else:
        connection.send(_Ended())
