"""The end-of-run report on the texts that a chat model was asked for."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from builder.base.errors import BenchError
from builder.base.recipe import Recipe
from builder.base.records import place_of
from builder.llm.remote.access import Sender
from builder.llm.response_cache import ResponseCache
from builder.llm.writer import asks_model

_PIECES = {"biography": "biographies", "words": "questions"}
_KINDS: dict[str, str] = {"profiles": "biography", "questions": "words"}
"""The kind of text that each stage has worded."""
_MOST_FAULTS = 6
_TELLING = 4
"""The fewest texts for which a share is checked."""


@dataclass(frozen=True)
class Share:
    """Texts of one kind: how many, how many the model repaired or code worded offline, and the faults found."""

    pieces: int
    repaired: int
    offline: int
    faults: Counter[str]

    def __str__(self) -> str:
        return f"{self.pieces}, {self.repaired} repaired, {self.offline} worded offline"


def refuse_fallback(run: Path, recipe: Recipe, stage: str) -> None:
    """Raise BenchError if more texts of a finished stage are worded offline than the recipe allows."""
    kind = _KINDS.get(stage)
    if kind is None or not asks_model(recipe):
        return
    found = shares(run, recipe).get(_PIECES[kind])
    if found and found.pieces >= _TELLING and found.offline > recipe.chat.max_fallback * found.pieces:
        listed = ", ".join(f"{count} x {fault}" for fault, count in found.faults.most_common(_MOST_FAULTS))
        raise BenchError(
            f"{found.offline} of {found.pieces} {_PIECES[kind]} had to be worded offline, more than "
            f"chat.max_fallback = {recipe.chat.max_fallback:g} allows; {recipe.chat.model} had texts sent back for "
            f"{listed}. Choose another chat.model, or raise chat.max_fallback and run "
            "the same command: nothing is asked twice."
        )


def shares(run: Path, recipe: Recipe) -> dict[str, Share]:
    """The share of each kind of text, for the people of the run; kinds that were not requested are left out."""
    found: dict[str, Share] = {}
    for kind, words in _PIECES.items():
        everybody = (each for each in ResponseCache(run).outcomes() if place_of(each.profile) < recipe.total)
        outcomes = [each for each in everybody if each.kind == kind]
        if outcomes:
            found[words] = Share(
                sum(each.pieces for each in outcomes),
                sum(each.repaired for each in outcomes),
                sum(each.fell_back for each in outcomes),
                sum((each.faults for each in outcomes), Counter[str]()),
            )
    return found


def describe_shares(run: Path, recipe: Recipe) -> dict[str, str]:
    """The shares as a release's card and manifest state them; empty if no model was used."""
    if not asks_model(recipe):
        return {}
    return {f"{words} by {recipe.chat.model}": str(share) for words, share in shares(run, recipe).items()}


def lines(run: Path, recipe: Recipe, sender: Sender | None) -> list[str]:
    """Lines on each kind of text: how many, repaired, worded offline and why; then what was sent and paid."""
    if not asks_model(recipe):
        return []
    found = []
    for words, share in shares(run, recipe).items():
        found.append(f"{words} by {recipe.chat.model}: {share}")
        if share.faults:
            listed = ", ".join(f"{count} x {fault}" for fault, count in share.faults.most_common(_MOST_FAULTS))
            found.append(f"  sent back for: {listed}")
    return found + _describe_rejected(run) + (sender.ledger.summary() if sender else [])


def _describe_rejected(run: Path) -> list[str]:
    reasons = ResponseCache(run).refused()
    if not reasons:
        return []
    return [
        f"{len(reasons)} requests were rejected by the server, such as: {reasons[0]}",
        "  to send them again, add --resend-rejected to the same command; nothing else is asked or paid for again",
    ]
