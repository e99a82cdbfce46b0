"""Settings that users write: typed sections, `--set key=value`, and error sentences for faulty ones."""

import difflib
import tomllib
import typing
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.base.errors import CallError

Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A section of settings with types, ranges and defaults: immutable, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_change(change: str) -> tuple[str, Any]:
    """The key and the value of "key=value"; the value is TOML, or a bare word. Raises CallError."""
    key, equals, raw = change.partition("=")
    if not equals or not key.strip():
        raise CallError(f"--set takes key=value, for example seed=7; got '{change}'.")
    try:
        return key.strip(), tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), raw.strip()


def put(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key in a tree of settings. Raises CallError where a part of the key is a value and no section."""
    *parents, last = key.split(".")
    for parent in parents:
        tree = tree.setdefault(parent, {})
        if not isinstance(tree, dict):
            raise CallError(f"'{key}' names no knob: '{parent}' is a value, not a section.")
    tree[last] = value


def flat(section: Section) -> dict[str, Any]:
    """Every setting of a section and of the sections in it, by its dotted key, as plain JSON values."""
    values: dict[str, Any] = {}
    for key in type(section).model_fields:
        value = getattr(section, key)
        if isinstance(value, Section):
            values |= {f"{key}.{inner}": each for inner, each in flat(value).items()}
        else:
            values[key] = section.model_dump(mode="json", include={key})[key]
    return values


def keys_of(model: type[Section]) -> list[str]:
    """The dotted keys of all settings and sections of a model."""
    keys = []
    for key, field in model.model_fields.items():
        for kind in (field.annotation, *typing.get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Section):
                keys += [f"{key}.{inner}" for inner in keys_of(kind)]
        keys.append(key)
    return keys


def first_fault(error: ValidationError, known: Iterable[str], listed: str) -> str:
    """The first thing that is wrong, as a sentence; `known` and `listed` as in `unknown`."""
    fault = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return unknown(key, known, listed)
    message = str(fault["msg"]).removeprefix("Value error, ")
    if not key:
        return f"{message}."
    if fault["type"] == "value_error":  # it names what is wrong itself; the input might hold a secret
        return f"[{key}] {message}."
    return f"{key} = {fault['input']!r}: {message[0].lower()}{message[1:]}."


def unknown(key: str, known: Iterable[str], listed: str) -> str:
    """The sentence about a key that there is none of: the nearest of the `known` ones, and what lists them all."""
    return f"unknown key '{key}'{hint(key, known)}; {listed} lists every key."


def hint(word: str, known: Iterable[str]) -> str:
    """What was nearly meant, to be put behind the word that is not `known`; empty where nothing is like it."""
    known = list(known)
    matches = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if not matches:  # a key written without its section, or in the wrong one
        tail = word.rpartition(".")[2]
        matches = [key for key in known if key.rpartition(".")[2] == tail]
    return f" (did you mean '{matches[0]}'?)" if matches else ""
