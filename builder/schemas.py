"""The data contract: loads schemas/*.json and checks records against them."""

import functools
import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from builder import bundled
from builder.errors import BenchError


class InvalidRecord(BenchError):
    """A record that breaks its schema or a law that ties its fields together."""


def text(name: str) -> str:
    """The schema called `name` ("profile", "question", …) as it stands on disk."""
    return (bundled.folder("schemas") / f"{name}.json").read_text(encoding="utf-8")


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    schema = json.loads(text(name))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(name: str, record: Mapping[str, Any]) -> None:
    """Raise InvalidRecord, saying which record breaks schema `name` and where; return when it is valid."""
    validator = _validator(name)
    fault = next(validator.iter_errors(record), None)
    if fault is None:
        return
    fault = best_match(validator.iter_errors(record)) or fault
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.absolute_path)
    label = record.get("id", "without an id")
    raise InvalidRecord(
        f"{name} {label}: {place.lstrip('.') or 'the record'} breaks schemas/{name}.json: {fault.message}"
    )
