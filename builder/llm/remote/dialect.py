"""How a server wants to be spoken to, found out by speaking: the reply's structure, and names of parameters.

Servers differ in what they take of the OpenAI API. The first request is put in the richest way; each refusal that
names a reason takes one thing back, until the server takes it. What was found out is remembered with the answers.
"""

import functools
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from builder import schemas
from builder.llm.requests import Request
from builder.recipe import ChatPart

MODES = ("json_schema", "json_object", "text")
_NOT_FOR_THE_WIRE = ("$schema", "$id", "title")
_STRUCTURE_WORDS = ("response_format", "json_schema", "json_object", "structured", "schema", "guided", "grammar")


@dataclass(frozen=True)
class Dialect:
    """One way to put a request."""

    mode: str = MODES[0]
    limit_name: str = "max_tokens"
    temperature: bool = True

    @classmethod
    def of(cls, structured: str, remembered: Any) -> "Dialect":
        """The dialect to begin with: what is remembered, unless the recipe states the mode."""
        known = cls(**remembered) if isinstance(remembered, dict) else cls()
        return known if structured == "auto" else replace(known, mode=structured)

    def remembered(self) -> dict[str, Any]:
        """What `of` takes back."""
        return asdict(self)

    def body(self, request: Request) -> dict[str, Any]:
        """The parameters of the call."""
        body: dict[str, Any] = {"model": request.model, "messages": request.messages}
        body[self.limit_name] = request.max_tokens
        if self.temperature:
            body["temperature"] = request.temperature
        if self.mode == "json_object":
            body["response_format"] = {"type": "json_object"}
        elif self.mode == "json_schema":
            described = {"name": request.schema, "strict": True, "schema": _wire_schema(request.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": described}
        return body

    def simpler(self, message: str, *, structured: str, proven: bool) -> "Dialect | None":
        """The dialect to try after the server refused this one with `message`; None when it is not to blame.

        Until this dialect is `proven` by an answer, a refusal without a telling reason is put down to the structure.
        """
        text = message.lower()
        if "max_completion_tokens" in text and self.limit_name == "max_tokens":
            return replace(self, limit_name="max_completion_tokens")
        if "temperature" in text and self.temperature:
            return replace(self, temperature=False)
        blamed = any(word in text for word in _STRUCTURE_WORDS)
        if structured == "auto" and self.mode != MODES[-1] and (blamed or not proven):
            return replace(self, mode=MODES[MODES.index(self.mode) + 1])
        return None


def memory(part: ChatPart) -> str:
    """The name under which a server's dialect is remembered."""
    return f"dialect of {part.model} at {part.base_url or 'OpenAI'}"


@functools.cache
def _wire_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schemas.text(name))
    return {key: value for key, value in schema.items() if key not in _NOT_FOR_THE_WIRE}
