"""The data contract: loads schemas/*.json and checks records against them.

Two libraries that implement the same standard: the compiled one says whether a record is valid, a hundred times
faster; the other, whose errors know their place, says what is wrong with the few that are not.
"""

import functools
import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from builder.base import bundled
from builder.base.errors import BenchError


class InvalidRecord(BenchError):
    """A record that breaks its schema or a law that ties its fields together."""


@functools.cache
def text(name: str) -> str:
    """The schema called `name` ("profile", "question", …) as it stands on disk."""
    return (bundled.folder("schemas") / f"{name}.json").read_text(encoding="utf-8")


@functools.cache
def _judge(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(text(name)))


@functools.cache
def _explainer(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(text(name)))


def check(name: str, record: Mapping[str, Any]) -> None:
    """Raise InvalidRecord, saying which record breaks schema `name` and where; return when it is valid."""
    if _judge(name).is_valid(record):
        return
    label = record.get("id", "without an id")
    fault = best_match(_explainer(name).iter_errors(record))
    if fault is None:
        raise InvalidRecord(f"{name} {label} breaks schemas/{name}.json.")
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.absolute_path)
    raise InvalidRecord(
        f"{name} {label}: {place.lstrip('.') or 'the record'} breaks schemas/{name}.json: {fault.message}"
    )
