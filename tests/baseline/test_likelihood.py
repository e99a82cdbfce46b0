"""Losses against values worked out by hand, and against everything that must not change them."""

import math
from collections.abc import Callable

import pytest
import torch

from builder.baseline.models.encoding import Row, collate, encode
from builder.baseline.models.likelihood import (
    cross_entropy,
    exactly_right,
    kl_divergence,
    lengths,
    sequence_log_probability,
    token_nll,
)
from builder.baseline.models.vlm import Answers, Vlm
from builder.baseline.training.examples import Example

HALF, QUARTER = math.log(0.5), math.log(0.25)


def said(*tokens: tuple[float, float, float], targets: list[int], rows: list[int]) -> Answers:
    """What a model of three tokens says: its probabilities at each answer token."""
    logits = torch.tensor(tokens).log()
    return Answers(logits, torch.tensor(targets), torch.tensor(rows), max(rows) + 1)


@pytest.fixture
def two() -> Answers:
    """Two answers: of two tokens with p = 1/2 and 1/4, and of one with p = 1/4."""
    return said((0.5, 0.25, 0.25), (0.25, 0.5, 0.25), (0.25, 0.25, 0.5), targets=[0, 0, 1], rows=[0, 0, 1])


def test_losses_of_a_model_of_three_tokens(two: Answers) -> None:
    assert token_nll(two).tolist() == pytest.approx([-HALF, -QUARTER, -QUARTER])
    assert sequence_log_probability(two).tolist() == pytest.approx([HALF + QUARTER, QUARTER])
    assert lengths(two).tolist() == [2, 1]
    assert float(cross_entropy(two)) == pytest.approx((-(HALF + QUARTER) / 2 - QUARTER) / 2)
    assert exactly_right(two).tolist() == [False, False]
    right = said((0.5, 0.25, 0.25), targets=[0], rows=[0])
    assert exactly_right(right).tolist() == [True]


def test_divergence_is_averaged_over_answer_tokens() -> None:
    reference = said((0.5, 0.25, 0.25), (0.25, 0.5, 0.25), targets=[0, 0], rows=[0, 1])
    same = said((0.5, 0.25, 0.25), (0.5, 0.25, 0.25), targets=[0, 0], rows=[0, 1])
    first, second = 0.0, 0.25 * math.log(0.5) + 0.5 * math.log(2)
    assert float(kl_divergence(reference, same)) == pytest.approx((first + second) / 2, abs=1e-6)


def _rows(vlm: Vlm, learned: list[Example]) -> list[Row]:
    return [encode(vlm.chat, each.prompt, (each.pictures or (None,))[0], each.answer) for each in learned[:8]]


def test_only_the_answer_and_its_end_token_are_learned(vlm: Vlm, learned: list[Example]) -> None:
    for row, example in zip(_rows(vlm, learned), learned, strict=False):
        assert vlm.chat.text(list(row.answer)) == example.answer
        assert row.answer[-1] == vlm.chat.end
        batch = collate(vlm.chat, [row])
        assert batch.targets.tolist() == list(row.answer)
        assert batch.ids[0, batch.places + 1].tolist() == list(row.answer), "a token is predicted one place before it"


@pytest.mark.parametrize("left", [False, True])
def test_padding_and_company_change_no_log_probability(vlm: Vlm, learned: list[Example], left: bool) -> None:
    rows = _rows(vlm, learned)
    vlm.model.requires_grad_(False)
    together = sequence_log_probability(vlm.answers(collate(vlm.chat, rows, left=left)))
    alone = [float(sequence_log_probability(vlm.answers(collate(vlm.chat, [row])))) for row in rows]
    assert together.tolist() == pytest.approx(alone, abs=1e-3)


def test_the_batch_size_changes_no_gradient(fresh: Callable[[], Vlm], learned: list[Example]) -> None:
    gradients = []
    for size in (8, 2):
        vlm = fresh()
        rows = _rows(vlm, learned)
        for start in range(0, 8, size):
            part = rows[start : start + size]
            (cross_entropy(vlm.answers(collate(vlm.chat, part))) * len(part) / 8).backward()  # type: ignore[no-untyped-call]
        gradients.append(torch.cat([each.grad.flatten() for each in vlm.trainable() if each.grad is not None]))
    assert torch.allclose(gradients[0], gradients[1], atol=1e-5)
    assert float(gradients[0].norm()) > 0.1
