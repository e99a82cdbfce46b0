"""Reads what a chat model sent: out of the response's body, the text; out of the text, the JSON; and checks it."""

import json
from collections.abc import Iterator
from typing import Any

from builder import schemas
from builder.llm.answers import Answer
from builder.schemas import InvalidRecord


class BadReply(Exception):
    """A reply that cannot be used. `kind` is a word or two to count it by; the message goes back to the model."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def usage(body: dict[str, Any]) -> tuple[int, int]:
    """The tokens of the prompt and of the completion that a chat completion was charged for; 0 where it is silent."""
    counts = body.get("usage")
    if not isinstance(counts, dict):
        return 0, 0
    found = (counts.get("prompt_tokens"), counts.get("completion_tokens"))
    return tuple(count if isinstance(count, int) else 0 for count in found)  # type: ignore[return-value]  # two


def read(answer: Answer, schema: str) -> dict[str, Any]:
    """The object in `answer` that keeps schemas/`schema`.json. Raises BadReply."""
    if answer.refused:
        raise BadReply("rejected", f"the server would not take the request: {answer.body[:200]}")
    try:
        found = first_object(_text(json.loads(answer.body)))
    except ValueError:
        raise BadReply("no JSON", "the response was no chat completion") from None
    if found is None:
        raise BadReply("no JSON", "there was no JSON object in the reply")
    try:
        schemas.check(schema, found)
    except InvalidRecord as error:
        raise BadReply("wrong shape", str(error)) from None
    return found


def _text(body: Any) -> str:
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise BadReply("empty", "the response held no reply")
    message = choices[0].get("message")
    message = message if isinstance(message, dict) else {}
    if message.get("refusal"):
        raise BadReply("refused", f"the model refused: {str(message['refusal'])[:200]}")
    if choices[0].get("finish_reason") == "length":
        raise BadReply("cut off", "the reply was cut off; be briefer")
    if choices[0].get("finish_reason") == "content_filter":
        raise BadReply("refused", "a content filter stopped the reply")
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise BadReply("empty", "the reply was empty")
    return content


def first_object(text: str) -> dict[str, Any] | None:
    """The first JSON object that stands in `text`, bare, in a code fence or between other words."""
    decoder = json.JSONDecoder()
    for start in _braces(text):
        try:
            found, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return None


_MOST_BRACES = 20
"""Beyond this many tries a text is noise; each try reads up to the whole of it."""


def _braces(text: str) -> Iterator[int]:
    start = -1
    for _ in range(_MOST_BRACES):
        start = text.find("{", start + 1)
        if start < 0:
            return
        yield start
