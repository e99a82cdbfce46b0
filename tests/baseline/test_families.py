"""What holds for the embedded model holds for the families of models that users bring."""

import copy
import io
import random

import pytest
import torch
from PIL import Image
from transformers.processing_utils import ProcessorMixin

from builder.baseline.encoding import collate, encode
from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.items import Item, items
from builder.baseline.examples import Example, texts
from builder.baseline.likelihood import token_nll
from builder.baseline.models import adapter
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import EvaluatePart, TrainPart
from builder.baseline.training import fit
from tests.baseline.families import FAMILIES, vlm_of
from tests.baseline.test_asking import plain_answers

LIMIT = 6


@pytest.fixture(scope="module", params=FAMILIES)
def vlm(request: pytest.FixtureRequest, crowd: Crowd, learned: list[Example]) -> Vlm:
    """A model of a family, trained for a moment so that it says different things."""
    with pytest.MonkeyPatch.context() as patch:
        # Some processors ask for one of videos, too, which needs torchvision; images do not.
        patch.setattr(ProcessorMixin, "check_argument_for_proper_class", lambda *_: None)
        torch.manual_seed(0)
        vlm = vlm_of(request.param, texts(learned), pictures_of(crowd.everybody))
    fit(vlm, learned, TrainPart(epochs=4, lr=5e-3, batch=16, monitor=0), 0, lambda step, steps: None)
    return vlm


@pytest.fixture(scope="module")
def asked(crowd: Crowd) -> list[Item]:
    """Some questions of each task, about images and names."""
    found = items(crowd, EvaluatePart())
    return random.Random(1).sample(found, 24)


def test_a_prompt_is_what_the_processor_makes_of_it(vlm: Vlm, crowd: Crowd) -> None:
    chat, name = vlm.chat, crowd.forget[0].portraits[0].id
    for text in ("What is the allergy of this person?", "Say it.\nA: milk\nB: dust"):
        turn = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}
        said = chat.processor.apply_chat_template([turn], add_generation_prompt=True, tokenize=False)
        image = Image.open(io.BytesIO(chat.pictures[name])).convert("RGB")
        made = chat.processor(images=[image], text=[said], return_tensors="pt")
        row = encode(chat, text, name)
        assert list(row.prompt) == made["input_ids"][0].tolist()
        batch = collate(chat, [encode(chat, text, None), row], left=True)
        for key in chat.marks():
            assert batch.inputs[key][1, -len(row) :].tolist() == made[key][0].tolist()
            assert not batch.inputs[key][0].any()


def test_neither_batch_nor_sharing_changes_what_comes_out(vlm: Vlm, asked: list[Item]) -> None:
    one = Examiner(vlm, 1, LIMIT, share=False).ask(asked)
    many = Examiner(vlm, 8, LIMIT, share=True).ask(asked)
    assert [each.output for each in many] == [each.output for each in one]
    for mine, theirs in zip(many, one, strict=True):
        assert mine.letters == pytest.approx(theirs.letters, abs=1e-3)
        assert mine.truth.log_p == pytest.approx(theirs.truth.log_p, abs=1e-3)
        assert mine.candidates == pytest.approx(theirs.candidates, abs=1e-3)


def test_answers_equal_those_of_generate_and_scores_those_of_a_whole_pass(vlm: Vlm, asked: list[Item]) -> None:
    opened = [item for item in asked if item.task != "classification"]
    found = Examiner(vlm, 8, LIMIT).ask(opened)
    assert [each.output for each in found] == plain_answers(vlm, opened, LIMIT)
    for outcome in found:
        row = encode(vlm.chat, outcome.item.prompt, outcome.item.picture, outcome.item.truth)
        with torch.no_grad():
            nll = token_nll(vlm.answers(collate(vlm.chat, [row])))
        assert outcome.truth.log_p == pytest.approx((-nll).tolist(), abs=1e-3)


def test_an_adapter_sits_on_the_language_model_alone(vlm: Vlm, learned: list[Example]) -> None:
    own = Vlm(copy.deepcopy(vlm.model), vlm.chat)
    adapter.attach(own, 2)
    named = [name for name, weight in own.model.named_parameters() if weight.requires_grad]
    assert len(named) == 2 * 2 * 7, "two matrices beside each of seven linear layers, in both layers"
    assert not any("vis" in name or "head" in name for name in named)
    batch = collate(own.chat, [each.row(own.chat, random.Random(0)) for each in learned[:4]])
    assert own.hidden(batch, 1).shape == (len(batch.targets), 32)


def test_the_batch_changes_no_gradient(vlm: Vlm, learned: list[Example]) -> None:
    stream = random.Random(0)
    rows = [each.row(vlm.chat, stream) for each in random.Random(2).sample(learned, 6)]
    assert {row.picture is None for row in rows} == {True, False}
    parts: list[list[torch.Tensor]] = []
    vlm.model.train()
    for pieces in ([rows], [[row] for row in rows]):
        vlm.model.zero_grad()
        for piece in pieces:
            token_nll(vlm.answers(collate(vlm.chat, piece))).sum().backward()  # type: ignore[no-untyped-call]
        parts.append([each.grad.clone() for each in vlm.trainable() if each.grad is not None])
    vlm.model.eval()
    for whole, apart in zip(*parts, strict=True):
        torch.testing.assert_close(whole, apart, atol=2e-3, rtol=2e-3)
