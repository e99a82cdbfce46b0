"""What a run by a language model would cost, worked out without sending anything."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builder import profiles, questions
from builder.base.recipe import Recipe
from builder.base.records import number_at
from builder.llm.chat_writer import ChatWriter
from builder.llm.offline_writer import OfflineWriter
from builder.llm.remote.batch import DISCOUNT
from builder.llm.requests import Kind, Request, Unanswered
from builder.llm.response_cache import ResponseCache

_LIKELY = 0.75
"""The likely share of a request's `prompt_tokens`, which are a high estimate."""
_SAMPLE = 40
"""People whose requests are made and measured; the others are like them."""


@dataclass(frozen=True)
class Estimate:
    """Requests and tokens of a whole run, by the kind of request; prices are those of the recipe."""

    recipe: Recipe
    calls: Counter[Kind]
    input_tokens: float
    output_tokens: float

    @property
    def cost(self) -> float | None:
        """What it costs, without the discount of a batch; None when the recipe states no prices."""
        part = self.recipe.chat
        if not (part.input_price or part.output_price):
            return None
        return (self.input_tokens * part.input_price + self.output_tokens * part.output_price) / 1e6

    def __str__(self) -> str:
        named = {"biography": "for biographies", "words": "for questions", "judge": "for the judge"}
        calls = ", ".join(f"{count} {named[kind]}" for kind, count in self.calls.items())
        lines = [
            f"{self.recipe.total} people by {self.recipe.chat.model}: {sum(self.calls.values())} requests ({calls})",
            f"  about {self.input_tokens / 1e6:.2f}M tokens in, {self.output_tokens / 1e6:.2f}M out",
        ]
        if self.cost is None:
            lines.append("  no prices known: set chat.input_price and chat.output_price, per million tokens")
        else:
            lines.append(f"  about {self.cost:.2f}, or {self.cost * DISCOUNT:.2f} with --batch")
        lines.append("Repairs are extra; what the run's folder already holds is not asked again. Nothing was sent.")
        return "\n".join(lines)


def estimate(recipe: Recipe) -> Estimate:
    """The requests of a run that finds no answer of an earlier one, each text right at the first try."""
    step = max(1, recipe.total // _SAMPLE)
    numbers = [number_at(place) for place in range(0, recipe.total, step)]
    requests = [request for number in numbers for request in _requests(number, recipe)]
    scale = recipe.total / len(numbers)
    calls: Counter[Kind] = Counter(request.kind for request in requests)
    return Estimate(
        recipe=recipe,
        calls=Counter({kind: round(count * scale) for kind, count in calls.items()}),
        input_tokens=scale * sum(request.prompt_tokens * _LIKELY for request in requests),
        output_tokens=scale * sum(request.expected for request in requests),
    )


def _requests(number: int, recipe: Recipe) -> list[Request]:
    nowhere = ResponseCache(Path("/nonexistent"))
    writer = ChatWriter(recipe, nowhere, partial(questions.faults_of, recipe=recipe), OfflineWriter())
    profile = profiles.make_profile(number, recipe, OfflineWriter())
    found: list[Request] = []
    for ask in (
        lambda: profiles.make_profile(number, recipe, writer),
        lambda: questions.make_questions(profile, recipe, writer),
    ):
        try:
            ask()
        except Unanswered as missing:
            found += missing.wanted
    return found
