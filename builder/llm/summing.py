"""What became of the texts that a chat model was asked for, for the end of a run."""

from collections import Counter
from pathlib import Path

from builder.llm.answers import Answers
from builder.llm.remote.access import Sender
from builder.recipe import Recipe

_PIECES = {"biography": "biographies", "words": "questions"}
_MOST_FAULTS = 6


def lines(run: Path, recipe: Recipe, sender: Sender | None) -> list[str]:
    """Each kind of text: how many there are, mended, worded offline, and why; then what was sent and paid."""
    if recipe.writer.kind == "offline":
        return []
    found = []
    for kind, words in _PIECES.items():
        outcomes = [each for each in Answers(run).outcomes() if each.kind == kind]
        pieces, repaired = sum(each.pieces for each in outcomes), sum(each.repaired for each in outcomes)
        offline = sum(each.fell_back for each in outcomes)
        found.append(f"{words} by {recipe.chat.model}: {pieces}, of them {repaired} mended, {offline} worded offline")
        faults = sum((each.faults for each in outcomes), Counter[str]())
        if faults:
            listed = ", ".join(f"{count} x {fault}" for fault, count in faults.most_common(_MOST_FAULTS))
            found.append(f"  sent back for: {listed}")
    return found + _refused(run) + (sender.ledger.summary() if sender else [])


def _refused(run: Path) -> list[str]:
    answers = Answers(run)
    reasons = answers.refused()
    if not reasons:
        return []
    return [
        f"{len(reasons)} requests were refused by the server, such as: {reasons[0]}",
        f'  to have them asked again: sqlite3 {answers.path} "DELETE FROM answers WHERE refused", delete the folders '
        f"profiles and questions of {run}, and run the same command; nothing else is asked or paid for anew",
    ]
