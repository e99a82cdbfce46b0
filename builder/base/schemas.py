"""The data contract: loads schemas/*.json and checks records against them.

Two libraries that implement the same standard: the compiled one says whether a record is valid, a hundred times
faster; the other, whose errors know their place, says what is wrong with the few that are not.
"""

import contextlib
import functools
import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match

from builder.base import bundled
from builder.base.errors import BenchError


class InvalidRecord(BenchError):
    """A record that breaks its schema or a law that ties its fields together."""


class Schema:
    """A schema, ready to check many records with."""

    def __init__(self, name: str, text: str) -> None:
        """Read the schema called `name` from its JSON. Raises BenchError when that is no JSON Schema."""
        try:
            schema = json.loads(text)
            Draft202012Validator.check_schema(schema)
        except (ValueError, SchemaError) as error:
            reason = str(error).partition("\n")[0]
            raise BenchError(f"schemas/{name}.json is no JSON Schema: {reason}") from error
        self.name = name
        self._explaining = Draft202012Validator(schema)
        self._compiled = None
        with contextlib.suppress(ValueError):  # a regular expression that only the other library can read
            self._compiled = jsonschema_rs.Draft202012Validator(schema)

    def fault(self, record: Mapping[str, Any]) -> str:
        """What breaks the schema in a record, which it names; empty when the record is valid."""
        if self._compiled and self._compiled.is_valid(record):
            return ""
        error = best_match(self._explaining.iter_errors(record))
        if error is None:
            return ""
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        label = record.get("id", "without an id")
        return (
            f"{self.name} {label}: {place.lstrip('.') or 'the record'} breaks schemas/{self.name}.json: {error.message}"
        )


@functools.cache
def text(name: str) -> str:
    """The schema called `name` ("profile", "question", …) as it stands on disk."""
    return (bundled.folder("schemas") / f"{name}.json").read_text(encoding="utf-8")


@functools.cache
def _bundled(name: str) -> Schema:
    return Schema(name, text(name))


def check(name: str, record: Mapping[str, Any]) -> None:
    """Raise InvalidRecord, saying which record breaks schema `name` and where; return when it is valid."""
    fault = _bundled(name).fault(record)
    if fault:
        raise InvalidRecord(fault)
