"""How a run reaches its model: options of one call of generate, never of the recipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from builder.base.errors import CallError
from builder.base.recipe import ChatPart, Recipe
from builder.llm import packages
from builder.llm.remote import keys
from builder.llm.remote.batch import BatchSender
from builder.llm.remote.live import LiveSender
from builder.llm.writer import asks_model
from builder.run.folder import RunFolder

Sender = LiveSender | BatchSender


@dataclass(frozen=True)
class Access:
    """The file with the key (None for the environment), the most to spend, whether to use the Batch API.

    `judged` is the number of people that a judge is to read, `resend_rejected` whether requests that the server would
    not take are sent again.
    """

    key_file: Path | None = None
    max_cost: float | None = None
    batch: bool = False
    judged: int = 0
    resend_rejected: bool = False


def check(part: ChatPart, access: Access) -> None:
    """Raise CallError if a package or a key is missing: before long work, not after it."""
    packages.check()
    keys.require_key(keys.find(access.key_file), part.base_url)


def sender(run: Path, part: ChatPart, access: Access, section: str = "chat") -> Sender:
    """The sender for the model of `part`, whose settings are called `section`; it keeps answers in the folder `run`.

    Raises CallError.
    """
    if access.max_cost is not None and not (part.input_price or part.output_price):
        raise CallError(
            f"--max-cost needs prices: set {section}.input_price and {section}.output_price, per million tokens, for "
            f"example --set {section}.input_price=0.15 --set {section}.output_price=0.6."
        )
    kind = BatchSender if access.batch else LiveSender
    return kind(run, part, keys.find(access.key_file), access.max_cost)


@contextmanager
def open_sender(run: RunFolder, recipe: Recipe, access: Access) -> Iterator[Sender | None]:
    """The sender for a run, or a slice of it with its share of each limit; None if the writer uses no model.

    Raises CallError.
    """
    if not asks_model(recipe):
        yield None
        return
    part = recipe.chat
    if run.slice:
        access = replace(access, max_cost=access.max_cost and access.max_cost / run.slice.of)
        limits = ("concurrency", "requests_per_minute", "tokens_per_minute")
        part = part.model_copy(update={name: run.slice.share(getattr(part, name)) for name in limits})
    with sender(run.own, part, access) as found:
        yield found
