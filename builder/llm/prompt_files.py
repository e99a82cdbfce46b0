"""Reads the TOML files under prompts/ and says, by file and key, what is wrong with one."""

import string
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from builder.base.errors import BenchError


class BadWordings(BenchError):
    """A file of wordings that cannot be used."""


def read(path: Path) -> dict[str, Any]:
    """The tree of keys in `path`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadWordings(f"{path.name} is not valid TOML: {error}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadWordings(f"{path.name} cannot be read: {error}.") from None


def table(tree: Mapping[str, Any], key: str, place: str) -> dict[str, Any]:
    """The table under `key`; `place` names `tree` in the error when there is none."""
    found = tree.get(key)
    if not isinstance(found, dict):
        raise BadWordings(f"{place} has no table [{key}].")
    return found


def strings(tree: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """The list of strings under `key`, which may not be empty."""
    found = tree.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(entry, str) for entry in found):
        raise BadWordings(f"{place}.{key} must be a list of strings.")
    return tuple(found)


def only(tree: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse a key that is not among `known`: a misspelt one would be passed over in silence."""
    known = tuple(known)
    unknown = sorted(set(tree) - set(known))
    if unknown:
        raise BadWordings(f"{place} has an unknown key '{unknown[0]}'; known: {', '.join(known)}.")


def placeholders(text: str, place: str) -> list[str]:
    """The names in braces in `text`, in order and with repetitions."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BadWordings(f"{place} has a broken placeholder ({error}): '{text}'.") from None
    if any(spec or conversion for _, _, spec, conversion in parsed):
        raise BadWordings(f"{place} formats a placeholder, which is not supported: '{text}'.")
    return [name for _, name, _, _ in parsed if name is not None]


def literals(text: str) -> str:
    """`text` without its placeholders."""
    return " ".join(literal for literal, *_ in string.Formatter().parse(text))
