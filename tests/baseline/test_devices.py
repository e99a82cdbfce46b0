"""A model whose layers lie on several devices, faked on one: what is elsewhere may not meet what is here."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.item_sets import items
from builder.baseline.models.encoding import collate
from builder.baseline.models.likelihood import cross_entropy
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd
from builder.baseline.settings import EvaluatePart
from builder.baseline.training.examples import Example


class Elsewhere(Tensor):
    """A tensor on another device: it comes here by `.to`, and meets nothing that is here before."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        there = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
        if func is Tensor.to:
            return super().__torch_function__(func, types, args, kwargs).as_subclass(Tensor)  # type: ignore[no-untyped-call]
        if any(not isinstance(each, Elsewhere) and each.ndim for each in there):
            raise RuntimeError(f"Expected all tensors to be on the same device ({func}).")
        return super().__torch_function__(func, types, args, kwargs)  # type: ignore[no-untyped-call]


@pytest.fixture
def spread(vlm: Vlm) -> Iterator[Vlm]:
    """The last layers and the head lie elsewhere, as accelerate's hooks leave them."""
    body, head = vlm.inner.model, vlm.inner.get_output_embeddings()
    plain, top = body.forward, head.forward

    def moved(*args: Any, **kwargs: Any) -> Any:
        out = plain(*args, **kwargs)
        out.last_hidden_state = out.last_hidden_state.as_subclass(Elsewhere)
        if out.hidden_states is not None:
            out.hidden_states = tuple(each.as_subclass(Elsewhere) for each in out.hidden_states)
        return out

    body.forward = moved
    head.forward = lambda hidden: top(hidden).as_subclass(Elsewhere)
    yield vlm
    body.forward, head.forward = plain, top


def test_training_and_steering_meet_on_one_device(spread: Vlm, fresh: Any, learned: list[Example]) -> None:
    stream = random.Random(0)
    batch = collate(spread.chat, [each.row(spread.chat, stream) for each in learned[:6]])
    answers = spread.answers(batch)
    cross_entropy(answers).backward()  # type: ignore[no-untyped-call]
    assert type(answers.logits) is Tensor and type(spread.hidden(batch, 1)) is Tensor
    assert torch.allclose(answers.logits, fresh().answers(batch).logits, atol=1e-5)


def test_asking_gives_the_same(spread: Vlm, fresh: Any, crowd: Crowd) -> None:
    asked = [each for each in items(crowd, EvaluatePart()) if each.set == "forget"]
    here, there = (Examiner(each, 8, 4).ask(asked) for each in (fresh(), spread))
    assert [each.output for each in there] == [each.output for each in here]


def test_the_fake_tells_devices_apart() -> None:
    with pytest.raises(RuntimeError, match="same device"):
        torch.ones(2).as_subclass(Elsewhere) + torch.ones(2)
