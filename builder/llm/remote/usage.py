"""The tokens that an answer is charged for: as the server states, or estimated if its figures are impossible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.llm.requests import Request

_CHARACTERS_TO_A_TOKEN = 3
"""On the low side: English has four."""
_TOKENS_OF_A_CHARACTER = 4
"""At most: a token stands for a byte at the least."""
_BESIDE = 10_000
"""Tokens that a server may put around a prompt or a reply: a template, a schema, thoughts."""
_MOST_WITHOUT_REQUEST = 10_000_000


@dataclass(frozen=True)
class Usage:
    """Tokens of the prompt and of the reply. `doubt` names the server's impossible figures, if any."""

    input_tokens: int
    output_tokens: int
    doubt: str = ""
    stated: bool = True


def usage(body: Mapping[str, Any], request: Request | None) -> Usage:
    """What `body`, the answer to `request`, was charged for."""
    counts = body.get("usage")
    counts = counts if isinstance(counts, dict) else {}
    characters = sum(map(len, _texts(body)))
    asked = len(request.system) + len(request.prompt) if request else 0
    most = (
        (_TOKENS_OF_A_CHARACTER * asked + _BESIDE, _TOKENS_OF_A_CHARACTER * (request.max_tokens + characters) + _BESIDE)
        if request
        else (_MOST_WITHOUT_REQUEST, _MOST_WITHOUT_REQUEST)
    )
    figures = (counts.get("prompt_tokens"), counts.get("completion_tokens"))
    sound = [_is_sound(figure, limit) for figure, limit in zip(figures, most, strict=True)]
    if all(sound):
        return Usage(int(figures[0] or 0), int(figures[1] or 0))
    doubts = [
        f"{name} = {str(figure)[:20]}"
        for name, figure, good in zip(("prompt_tokens", "completion_tokens"), figures, sound, strict=True)
        if not good and figure is not None
    ]
    reckoned = (request.prompt_tokens if request else 0, characters // _CHARACTERS_TO_A_TOKEN + 10)
    return Usage(*reckoned, doubt=", ".join(doubts), stated=False)


def _is_sound(figure: Any, most: int) -> bool:
    return isinstance(figure, int) and not isinstance(figure, bool) and 0 < figure <= most


def _texts(body: Mapping[str, Any]) -> list[str]:
    """Every text in the replies of a chat completion, in whichever field."""
    found: list[str] = []
    waiting: list[Any] = [body.get("choices")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
