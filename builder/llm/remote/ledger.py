"""What was sent, answered and paid for."""

from collections import Counter

from builder.base.errors import BenchError
from builder.base.recipe import ChatPart
from builder.llm.remote.usage import Usage


class Ledger:
    """Counts requests, tokens and money of one call of generate, and keeps to `max_cost`."""

    def __init__(self, part: ChatPart, max_cost: float | None, discount: float = 1.0) -> None:
        self._part, self._max_cost, self._discount = part, max_cost, discount
        self.asked = self.answered = 0
        self.tokens = (0, 0)
        self.troubles: Counter[str] = Counter()
        self.reckoned = 0
        self.doubt = ""
        self.simpler = ""
        self.spent = self._reserved = 0.0

    def price(self, input_tokens: float, output_tokens: float) -> float:
        """What a request costs, in the currency of the recipe's prices."""
        part = self._part
        return self._discount * (input_tokens * part.input_price + output_tokens * part.output_price) / 1e6

    def reserve(self, cost: float) -> bool:
        """Reserve `cost`; return False if that would exceed the budget."""
        if self._max_cost is not None and self.spent + self._reserved + cost > self._max_cost:
            return False
        self._reserved += cost
        return True

    def settle(self, reserved: float, cost: float) -> None:
        """Replace what was reserved for a request by what it really cost."""
        self._reserved -= reserved
        self.spent += cost

    def book(self, used: Usage) -> None:
        """Count an answer."""
        self.answered += 1
        self.tokens = (self.tokens[0] + used.input_tokens, self.tokens[1] + used.output_tokens)
        self.reckoned += not used.stated
        self.doubt = self.doubt or used.doubt

    def exhausted(self) -> BenchError:
        """The error to stop with when the money is spent."""
        return BenchError(
            f"--max-cost = {self._max_cost:g} is reached: {self.spent:.4f} was spent on {self.answered} answers, and "
            "the longest possible next one might exceed it. All of them are kept; run the same command with a higher "
            "--max-cost to continue."
        )

    def status(self, in_flight: int) -> str:
        """The state in a few words, for a progress bar."""
        parts = [f"{self.answered}/{self.asked} answers", f"{in_flight} in flight", self._describe_usage()]
        return ", ".join(parts)

    def summary(self) -> list[str]:
        """What was done, for the end of a run: nothing when nothing was asked."""
        if not self.asked:
            return []
        lines = [f"asked {self.asked} requests, {self.answered} answered; {self._describe_usage()}"]
        if self.troubles:
            listed = ", ".join(f"{count} x {kind}" for kind, count in self.troubles.most_common())
            lines.append(f"sent again after: {listed}")
        if self.simpler:
            lines.append(f"the server rejects some features; it was asked with: {self.simpler}")
        if self.reckoned:
            why = f"impossible figures ({self.doubt})" if self.doubt else "no usage figures"
            lines.append(f"the server sent {why}: tokens and cost of {self.reckoned} answers are an estimate")
        return lines

    def _describe_usage(self) -> str:
        words = f"{_short(self.tokens[0])} tokens in, {_short(self.tokens[1])} out"
        if self._part.input_price or self._part.output_price:
            words += f", cost {self.spent:.2f}"
        return words


def _short(count: int) -> str:
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if count >= size:
            return f"{count / size:.1f}{unit}"
    return str(count)
