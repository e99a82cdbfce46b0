"""Reads a chat model's reply: the text from the response's body, the JSON from the text; and checks it."""

import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from builder.base import schemas
from builder.base.plain_text import printed
from builder.base.schemas import InvalidRecord
from builder.llm.response_cache import Answer

_THOUGHTS = ("think", "thinking", "thought", "reasoning", "reflection")
_THOUGHT = re.compile(rf"<({'|'.join(_THOUGHTS)})>.*?</\1>", re.DOTALL | re.IGNORECASE)
_END_OF_THOUGHT = re.compile(rf".*</(?:{'|'.join(_THOUGHTS)})>", re.DOTALL | re.IGNORECASE)
"""Some servers put the first tag into the prompt, and the reply begins in the middle of a thought."""
_OPEN_THOUGHT = re.compile(rf"<(?:{'|'.join(_THOUGHTS)})>.*\Z", re.DOTALL | re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}(?:\.0+)?")
_MOST_STARTS = 2000
"""A text with more braces than this is noise; each try ends at the first character that is not JSON."""
_SHOWN = 300
CUT_OFF = "cut off"
"""The kind of a reply that was longer than the model may write."""


class BadReply(Exception):
    """A reply that cannot be used. `kind` is a short name for counting; the message goes back to the model."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(printed(message[:_SHOWN]))
        self.kind = kind


def read(answer: Answer, schema: str) -> dict[str, Any]:
    """The object in `answer` that follows schemas/`schema`.json. Raises BadReply."""
    if answer.refused:
        raise BadReply("rejected", f"the server rejected the request: {answer.body}")
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise BadReply("no JSON", "the response was not a chat completion") from None
    fault = BadReply("no JSON", "there was no JSON object in the reply")
    for text in _texts(body):
        for found in objects(text):
            meant = _as_meant(found, _schema(schema))
            try:
                schemas.check(schema, meant)
            except InvalidRecord as error:
                fault = BadReply("wrong shape", str(error)) if fault.kind == "no JSON" else fault
                continue
            return dict(meant)
    raise fault


def broken_off(body: Any) -> str:
    """Why a successful response holds no answer and may be requested again; empty if it holds one."""
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        said = body.get("error") if isinstance(body, dict) else None
        return f"the response held no reply{f': {json.dumps(said)}' if said else ''}"
    if choices[0].get("finish_reason") == "error":
        return f"the server broke off its reply: {json.dumps(choices[0].get('error') or choices[0])}"
    return ""


def _texts(body: Any) -> Iterator[str]:
    """The texts that may hold the reply: the content first, and what some servers call reasoning when it is empty."""
    why = broken_off(body)
    if why:
        raise BadReply("empty", why)
    choice = body["choices"][0]
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    if message.get("refusal"):
        raise BadReply("refused", f"the model refused: {message['refusal']}")
    if choice.get("finish_reason") == "length":
        raise BadReply(CUT_OFF, "the reply was cut off; be briefer")
    if choice.get("finish_reason") == "content_filter":
        raise BadReply("refused", "a content filter stopped the reply")
    fields = (message.get("content"), message.get("reasoning_content"), message.get("reasoning"))
    found = [text for field in fields if (text := _join(field).strip())]
    if not found:
        raise BadReply("empty", "the reply was empty")
    yield from found


def _join(content: Any) -> str:
    """A content's text: a string, or the parts of a list that are text."""
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, dict) else part for part in content)
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def objects(text: str) -> Iterator[Any]:
    """The JSON objects and lists in `text` outside thoughts, the last one first."""
    text = _OPEN_THOUGHT.sub("", _END_OF_THOUGHT.sub("", _THOUGHT.sub("", text)))
    decoder = json.JSONDecoder()
    found: list[Any] = []
    end = 0
    for tried, start in enumerate(match.start() for match in re.finditer(r"[{\[]", text)):
        if tried == _MOST_STARTS:
            break
        if start < end:
            continue
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        found.append(value)
    yield from reversed(found)


@functools.cache
def _schema(name: str) -> dict[str, Any]:
    return dict(json.loads(schemas.text(name)))


def _as_meant(value: Any, schema: dict[str, Any]) -> Any:
    """`value` in the form of `schema`, where its meaning is clear.

    A list where an object with one list is asked is that list. A number may be written as a string; null where a text
    is asked is an empty one; keys that the schema does not know are left out.
    """
    kind = schema.get("type")
    if kind == "object":
        return _object_as_meant(value, schema.get("properties", {}))
    if kind == "array" and isinstance(value, list):
        return [_as_meant(item, schema["items"]) for item in value]
    if kind == "integer":
        return _whole(value)
    return "" if kind == "string" and value is None else value


def _object_as_meant(value: Any, properties: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        lists = [name for name, each in properties.items() if each.get("type") == "array"]
        if len(lists) != 1 or len(properties) != 1:
            return _object_as_meant(value[0], properties) if len(value) == 1 and isinstance(value[0], dict) else value
        value = {lists[0]: value}
    if not isinstance(value, dict):
        return value
    return {name: _as_meant(value[name], each) for name, each in properties.items() if name in value}


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        return int(float(value))
    return value
