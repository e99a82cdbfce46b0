"""The measures that compare sentences, beside what a wrong value reaches in them."""

from collections.abc import Mapping
from typing import Any

from builder.baseline.report.grid import MODALITIES, by_set, number, shown_columns, table
from builder.baseline.report.sections import Part

_WORDING = {
    "rouge_l_trained": "ROUGE-L, trained wording",
    "rouge_l_held_out": "ROUGE-L, held-out wording",
    "rouge_l_max": "ROUGE-L, best",
    "bleu_trained": "BLEU, trained wording",
    "bleu_held_out": "BLEU, held-out wording",
    "bleu_max": "BLEU, best",
}
_WRONG = "right form, wrong value"
"""The row of what a sentence of the right form with a wrong value scores."""


def wording(found: Mapping[str, Any]) -> list[Part]:
    """The measures of wording, and above the models what a wrong value reaches in them."""
    parts: list[Part] = [
        "These measures compare sentences: the right value in another wording scores low, and a wrong value in the "
        f"right wording scores what the row '{_WRONG}' says. They show how an answer is worded, not what is known."
    ]
    for modality, word in MODALITIES:
        columns = shown_columns(found, by_set(found, modality, _WORDING))
        floor = [found["floor"].get(path) for path, _ in columns]
        cells = ["–" if value is None else number(value) for value in floor]
        head, *rows = table(found, columns)
        parts += [f"{word.capitalize()} questions:", [head, [_WRONG, *cells], *rows]]
    return parts
