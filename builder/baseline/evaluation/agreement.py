"""Checks that our forward pass agrees with a model's own, by putting a few questions both ways."""

from collections.abc import Sequence

import torch

from builder.base.errors import BenchError
from builder.baseline.evaluation.asking import Examiner
from builder.baseline.models.encoding import Row, collate, encode
from builder.baseline.models.families import refuse
from builder.baseline.models.likelihood import token_nll
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.tasks.generation import GENERATION

_TOLERANCE = {torch.float32: 0.02}
_ROUNDED = 0.5
"""Largest difference of a log-probability in full precision, and where numbers are rounded."""
_ASKED = (
    ("What is the name of this?", "a house"),
    ("Say in a few words which of these things is nearest to the middle of it.", "the green lamp"),
)


@torch.no_grad()
def check_answers(vlm: Vlm, name: str) -> None:
    """Raise CallError if asking and training here do not give what the model itself gives."""
    pictures = [*sorted(vlm.chat.pictures)[:1], None]
    items = [_item(*each, picture) for picture in pictures for each in _ASKED]
    try:
        with vlm.evaluating():
            expected = [_own(vlm, _row(vlm, item)) for item in items]
            trained = vlm.answers(collate(vlm.chat, [_row(vlm, item) for item in items]))
            ours = [-token_nll(trained)[trained.rows == row] for row in range(len(items))]
            asked = [torch.tensor(each.truth.log_p) for each in Examiner(vlm, 2, 2).ask(items)]
    except (BenchError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a model that is made otherwise may raise anything
        refuse(name, vlm.inner, f"it fails when it is asked ({type(error).__name__}: {error})", error)
    tolerance = _TOLERANCE.get(vlm.dtype, _ROUNDED)
    for found in (ours, asked):
        if _apart(found, expected) > tolerance:
            refuse(name, vlm.inner, f"its own answers differ from ours by {_apart(found, expected):.2g}")


def _item(prompt: str, truth: str, picture: str | None) -> Item:
    modality = "text" if picture is None else "image_text"
    return Item("", "", "", "", "", GENERATION.name, modality, picture, prompt, truth, truth, "")


def _row(vlm: Vlm, item: Item) -> Row:
    return encode(vlm.chat, item.prompt, item.picture, item.truth)


def _own(vlm: Vlm, row: Row) -> torch.Tensor:
    """log p of the answer's tokens by the model's own forward pass on a single row."""
    batch = collate(vlm.chat, [row]).to(vlm.device, vlm.dtype)
    logits = vlm.inner(input_ids=batch.ids, attention_mask=batch.mask, **batch.inputs).logits[0, batch.places]
    log_p: torch.Tensor = logits.float().log_softmax(-1)
    return log_p.gather(1, batch.targets.to(logits.device)[:, None])[:, 0]


def _apart(found: Sequence[torch.Tensor], expected: Sequence[torch.Tensor]) -> float:
    """The largest difference; NaN is ignored, because it says nothing about the family."""
    gaps = [(one.cpu() - other.cpu()).abs() for one, other in zip(found, expected, strict=True)]
    return max(float(gap.nan_to_num(0).max()) for gap in gaps)
