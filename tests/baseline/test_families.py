"""What holds for the embedded model holds for the families of models that users bring."""

import copy
import io
import random
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from PIL import Image
from transformers.processing_utils import ProcessorMixin

from builder.base.errors import CallError
from builder.baseline.evaluation import general
from builder.baseline.evaluation.agreement import check_answers
from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.item_sets import items
from builder.baseline.models import adapter, pretrained
from builder.baseline.models.encoding import collate, encode
from builder.baseline.models.likelihood import token_nll
from builder.baseline.models.source import ModelOpener
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import EvaluatePart, TrainPart, resolve
from builder.baseline.training.examples import Example, texts
from builder.baseline.training.fitting import fit
from tests.baseline.families import FAMILIES, vlm_of
from tests.baseline.test_asking import plain_answers

LIMIT = 6


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    """The name of a family."""
    return str(request.param)


@pytest.fixture(scope="module")
def vlm(family: str, crowd: Crowd, learned: list[Example]) -> Vlm:
    """A model of a family, trained for a moment so that it says different things."""
    with pytest.MonkeyPatch.context() as patch:
        # Some processors ask for one of videos, too, which needs torchvision; images do not.
        patch.setattr(ProcessorMixin, "check_argument_for_proper_class", lambda *_: None)
        torch.manual_seed(0)
        vlm = vlm_of(family, texts(learned), pictures_of(crowd.everybody))
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
        assert mine.options == pytest.approx(theirs.options, abs=2e-3)
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


def test_portraits_of_any_shape_stand_in_one_batch(
    family: str, crowd: Crowd, learned: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessorMixin, "check_argument_for_proper_class", lambda *_: None)
    torch.manual_seed(0)
    own = vlm_of(family, texts(learned), _shaped(crowd))
    rows = [each.row(own.chat, random.Random(place)) for place, each in enumerate(learned[:8])]
    shapes = {own.chat.picture(row.picture).inputs["pixel_values"].shape for row in rows if row.picture}
    assert len(shapes) > 1 or not family.startswith("idefics"), "they take images of any shape as they are"
    with torch.no_grad():
        together = token_nll(own.answers(collate(own.chat, rows)))
        apart = torch.cat([token_nll(own.answers(collate(own.chat, [row]))) for row in rows])
    torch.testing.assert_close(together, apart, atol=1e-3, rtol=1e-3)


def _shaped(crowd: Crowd) -> dict[str, bytes]:
    """A picture of another shape for every portrait."""
    found = {}
    for place, name in enumerate(pictures_of(crowd.everybody)):
        size = ((24, 24), (40, 24), (24, 64), (70, 70), (30, 90))[place % 5]
        buffer = io.BytesIO()
        Image.new("RGB", size, (place * 37 % 255, place * 91 % 255, 9)).save(buffer, "PNG")
        found[name] = buffer.getvalue()
    return found


def test_a_family_that_can_be_asked_passes(vlm: Vlm) -> None:
    check_answers(vlm, "theirs")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (transformers.MllamaConfig(), r"mllama model \(MllamaForConditionalGeneration\).*cross-attention"),
        (transformers.Blip2Config(), r"blip-2 model \(Blip2ForConditionalGeneration\).*apart from its head"),
        (transformers.Kosmos2Config(), r"kosmos-2 model .*apart from its head"),
        (transformers.Florence2Config(), r"florence2 model .*separate encoder and decoder"),
    ],
    ids=lambda value: getattr(value, "model_type", ""),
)
def test_a_family_that_cannot_be_asked_is_refused_by_name_before_weights_are_read(
    config: Any, reason: str, tmp_path: Path
) -> None:
    config.save_pretrained(tmp_path)
    with pytest.raises(CallError, match=reason):
        pretrained.load(str(tmp_path), {}, resolve({"model": str(tmp_path)}, {}, {}))


def test_a_model_that_answers_otherwise_than_it_is_asked_is_refused_by_name(
    users_model: Path, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Granite's do, which divide their logits; and one whose forward pass fails."""
    origin = ModelOpener(resolve({"model": str(users_model)}, {}, {}), pictures_of(crowd.trained), check=check_answers)
    forward = transformers.LlavaForConditionalGeneration.forward

    def divided(*given: Any, **named: Any) -> Any:
        out = forward(*given, **named)
        out.logits = out.logits / 8
        return out

    monkeypatch.setattr(transformers.LlavaForConditionalGeneration, "forward", divided)
    with pytest.raises(CallError, match=r"llava model .*its own answers differ"):
        origin.untrained(0)
    monkeypatch.setattr(transformers.LlavaModel, "forward", lambda *_, **__: 1 / 0)
    with pytest.raises(CallError, match=r"llava model .*ZeroDivisionError"):
        origin.untrained(0)


def test_a_task_of_general_ability_is_answered_as_every_other_question(vlm: Vlm, asked: list[Item]) -> None:
    opened = [item for item in asked if item.task == "generation"][:6]
    outcomes = Examiner(vlm, 4, LIMIT).ask(opened)
    for item, outcome in zip(opened, outcomes, strict=True):
        images = [Image.open(io.BytesIO(vlm.chat.pictures[item.picture]))] if item.picture else []
        assert general.answer(vlm, item.prompt, images, {"max_new_tokens": LIMIT}) == outcome.output
