"""The data files beside this module: places, phones, work, lives, names and words, as plain tables."""

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("data")


@functools.cache
def table(name: str) -> dict[str, Any]:
    """The data file `name` ("places", "phones", "work", "lives", "names" or "words"), parsed.

    Callers must not change it.
    """
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def texts(tree: Any) -> Iterator[str]:
    """Every string inside `tree`, keys aside."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for branch in tree.values():
            yield from texts(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from texts(branch)
