"""What a language model is asked, and the key under which its answer is kept."""

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from builder.base import schemas
from builder.run.fetching import NotFetched

Kind = Literal["biography", "words", "judge", "marks"]


@dataclass(frozen=True)
class Request:
    """One call of a chat model.

    `schema` names the schema in schemas/ that the reply keeps. `turn` counts the times that the same thing is asked
    (0 at first, then repairs), so that a repair worded like the first attempt is another request. `expected` is about
    how many tokens the reply has; it and `kind` serve planning and counting, and do not change the answer.
    """

    kind: Kind
    model: str
    system: str
    prompt: str
    schema: str
    temperature: float
    max_tokens: int
    turn: int
    expected: int

    @functools.cached_property
    def key(self) -> str:
        """The sha256 of all that the answer depends on.

        How the reply's structure is enforced on the wire is not part of it: the prompt states it in any case.
        """
        text = [self.model, self.system, self.prompt, schemas.text(self.schema)]
        parameters = [self.temperature, self.max_tokens, self.turn]
        return hashlib.sha256(json.dumps([text, parameters]).encode()).hexdigest()

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages as the chat completions API takes them."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.prompt}]

    @property
    def prompt_tokens(self) -> int:
        """About how many tokens the messages have, on the high side: English has four characters to a token."""
        return (len(self.system) + len(self.prompt)) // 3 + 10


class Unanswered(NotFetched):
    """Requests that have no stored answer yet."""

    def __init__(self, requests: Sequence[Request]) -> None:
        first = requests[0]
        super().__init__(
            requests,
            f"{len(requests)} requests to {first.model} have no stored answer ({first.kind}, {first.key[:12]}); "
            "run generate with access to the model.",
        )

    def __reduce__(self) -> Any:
        return Unanswered, (self.wanted,)
