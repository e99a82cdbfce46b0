"""Files of a run: written so that a reader never sees half of one, and read where they may be missing."""

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from builder.base.errors import BenchError

TEMPORARY = ".tmp"
"""How the name of an unfinished file or folder ends."""
_FULL = ("no space left on device", "disk is full", "disk quota exceeded")


_LEFT_BEHIND = re.compile(
    r"(?:.*/)?(?:\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini|\.directory|\.nfs[0-9a-f]+|\.gitattributes|\.gitkeep)"
    r"|\.git(?:/.*)?"
    r"|\.cache/(?:huggingface/)?(?:(?:.*/)?[^/]*\.(?:metadata|lock|incomplete)|\.gitignore|CACHEDIR\.TAG)"
)
"""Files of file managers and file systems, of git, and of a download from the Hub."""
_LOADED = (".parquet", ".arrow", ".json", ".jsonl", ".csv", ".tsv", ".txt", ".py", ".zip")


def left_by_tools(name: str) -> bool:
    """Whether a file, by its path in one of our folders, is debris of other tools that nothing loads."""
    return bool(_LEFT_BEHIND.fullmatch(name)) and (name.startswith(".git/") or not name.lower().endswith(_LOADED))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; on leaving without an error it becomes `path`, whole.

    Processes that write the same path, perhaps on different machines, do not write the same temporary file.
    Raises BenchError when the disk is full or the place cannot be written; the temporary file is removed then.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) or full_disk(error):
            raise _explain(error, path) from error
        raise


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Give a new, empty folder to fill; on leaving without an error it takes the place of `path`."""
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    outgoing = path.with_name(f".{path.name}.old{TEMPORARY}")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if path.exists():
            path.rename(outgoing)
        temporary.rename(path)
        sync(path.parent)
    except Exception as error:
        if isinstance(error, OSError) or full_disk(error):
            raise _explain(error, path) from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(outgoing, ignore_errors=True)


def is_temporary(name: str) -> bool:
    """Whether a file or folder of this name is unfinished."""
    return name.startswith(".") and name.endswith(TEMPORARY)


def sweep(folder: Path) -> None:
    """Remove what a killed process left unfinished anywhere in `folder`."""
    for path in list(folder.rglob(f".*{TEMPORARY}")):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """The JSON value in a file; None when there is no such file, or when it holds no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sync(path: Path) -> None:
    """Make a file, or a folder's list of files, safe against a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def full_disk(error: BaseException) -> bool:
    """Whether an error says that the disk is full: safetensors and SQLite have errors of their own for it."""
    said = str(error).lower()
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(words in said for words in _FULL)


def _explain(error: BaseException, path: Path) -> BenchError:
    if full_disk(error):
        return BenchError(
            f"The disk is full: {path} could not be written. What was finished is kept; "
            "free some space and run the same command again."
        )
    return BenchError(f"{path} could not be written: {getattr(error, 'strerror', None) or error}.")
