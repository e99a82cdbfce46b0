"""What can go wrong with a Hub, to be served on purpose."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

When = Literal["before", "after", "cut"]
"""Instead of the answer; after the work is done but instead of its answer; in the middle of the request's body."""


@dataclass
class Fault:
    """Strikes the next `times` requests whose "METHOD /path" matches `pattern`: an answer, a cut, or an action.

    Status 0 closes the connection without an answer. `action` is called first: to wait, to kill, to commit as somebody
    else.
    """

    pattern: str
    status: int = 0
    times: int = 1
    when: When = "before"
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, object] = field(default_factory=dict)
    action: Callable[[], None] | None = None
    passes: bool = False
    struck: int = 0

    def strikes(self, request: str, when: When) -> bool:
        """Whether it strikes this request now; counts that it did."""
        if self.times <= 0 or when != self.when or not re.search(self.pattern, request):
            return False
        self.times -= 1
        self.struck += 1
        if self.action:
            self.action()
        return not self.passes
