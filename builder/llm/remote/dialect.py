"""Which features of the API a server accepts, found out by trying: the reply's structure, names of parameters.

Servers differ in what they accept of the OpenAI API. The first request uses every feature; each rejection that names
a reason removes one, until the server accepts the request. The result is remembered with the answers.
"""

import functools
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Any

from builder.base import schemas
from builder.base.recipe import ChatPart
from builder.llm.requests import Request

MODES = ("json_schema", "json_object", "text")
_NOT_FOR_THE_WIRE = ("$schema", "$id", "title")
_STRUCTURE_WORDS = ("response_format", "json_schema", "json_object", "structured", "schema", "guided", "grammar")
_SYSTEM_WORDS = (
    "system role",
    "system message",
    "system prompt",
    "system instruction",
    "developer instruction",
    "role 'system'",
    'role "system"',
    "role: system",
    "'system' role",
    "roles must alternate",
    "alternate user",
    "user and assistant roles",
)
_TOO_MANY_TOKENS = re.compile(
    r"max(?:_completion|_new|_output)?_tokens\W.{0,60}"
    r"(?:too (?:large|high|big)|exceed|at most|less than|greater than|must be)"
    r"|(?:maximum|max) (?:context|sequence) length|context (?:length|window|size)"
)
_FEWEST_TOKENS = 64


@dataclass(frozen=True)
class Dialect:
    """One form of a request. Without `system`, its text is put before the user's; 0 `most_tokens` means no limit."""

    mode: str = MODES[0]
    limit_name: str = "max_tokens"
    temperature: bool = True
    system: bool = True
    most_tokens: int = 0

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
        messages = (
            request.messages if self.system else [{"role": "user", "content": f"{request.system}\n\n{request.prompt}"}]
        )
        body: dict[str, Any] = {"model": request.model, "messages": messages}
        body[self.limit_name] = min(request.max_tokens, self.most_tokens or request.max_tokens)
        if self.temperature:
            body["temperature"] = request.temperature
        if self.mode == "json_object":
            body["response_format"] = {"type": "json_object"}
        elif self.mode == "json_schema":
            described = {"name": request.schema, "strict": True, "schema": _wire_schema(request.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": described}
        return body

    def simpler(
        self, message: str, *, structured: str, proven: bool, refused: bool = True, max_tokens: int = 0
    ) -> "Dialect | None":
        """The dialect to try after the server refused this one with `message`; None when it is not to blame.

        Until this dialect is `proven` by an answer, a refusal without a telling reason is put down to the structure,
        and then to the system text; a failure that is no refusal (`refused` is false) must name the reason. What was
        asked for at most is `max_tokens`.
        """
        text = message.lower()
        free = structured == "auto" and self.mode != MODES[-1]
        if _TOO_MANY_TOKENS.search(text):
            most = (self.most_tokens or max_tokens) // 2
            return replace(self, most_tokens=most) if most >= _FEWEST_TOKENS else None
        if "max_completion_tokens" in text and self.limit_name == "max_tokens":
            return replace(self, limit_name="max_completion_tokens")
        if self.system and any(word in text for word in _SYSTEM_WORDS):
            return replace(self, system=False)
        if free and any(word in text for word in _STRUCTURE_WORDS):
            return replace(self, mode=MODES[MODES.index(self.mode) + 1])
        if "temperature" in text and self.temperature:
            return replace(self, temperature=False)
        if proven or not refused:
            return None
        if free:
            return replace(self, mode=MODES[MODES.index(self.mode) + 1])
        return replace(self, system=False) if structured == "auto" and self.system else None

    def describe(self) -> str:
        """What the server does not accept, in a few words; empty if it accepts everything."""
        parts = [f"response_format: {self.mode}"] if self.mode != MODES[0] else []
        parts += ["no temperature"] if not self.temperature else []
        parts += ["no system message"] if not self.system else []
        parts += [f"at most {self.most_tokens} tokens a reply (chat.max_tokens)"] if self.most_tokens else []
        return ", ".join(parts)


def memory(part: ChatPart) -> str:
    """The name under which a server's dialect is remembered."""
    return f"dialect of {part.model} at {part.base_url or 'OpenAI'}"


@functools.cache
def _wire_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schemas.text(name))
    return {key: value for key, value in schema.items() if key not in _NOT_FOR_THE_WIRE}
