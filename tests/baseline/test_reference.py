"""References and remembered features are computed in evaluation mode: without the noise of any dropout."""

import copy
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
import torch

from builder.baseline.models.encoding import Batch, collate
from builder.baseline.models.reference import ReferenceModel
from builder.baseline.models.source import ModelOpener
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import resolve
from builder.baseline.training.examples import Example


@pytest.fixture
def noisy(users_model: Path, tmp_path: Path) -> Path:
    """The user's model with dropout in the attention of both its parts."""
    shutil.copytree(users_model, tmp_path / "noisy")
    path = tmp_path / "noisy" / "config.json"
    config = json.loads(path.read_text())
    config["vision_config"]["attention_dropout"] = config["text_config"]["attention_dropout"] = 0.3
    path.write_text(json.dumps(config))
    return path.parent


def _batch(vlm: Vlm, learned: Sequence[Example]) -> Batch:
    return collate(vlm.chat, [each.row(vlm.chat, Random(0)) for each in learned[:6]])


def _vlm(model: Path, crowd: Crowd, lora: int = 0, frozen: bool = True) -> Vlm:
    settings = resolve({"model": str(model), "lora": lora}, {"train.freeze_vision": frozen}, {})
    return ModelOpener(settings, pictures_of(crowd.trained)).trainable(0, "npo")


@pytest.mark.parametrize("lora", [0, 4])
@pytest.mark.parametrize("frozen", [True, False])
def test_a_reference_carries_no_noise(
    lora: int, frozen: bool, noisy: Path, crowd: Crowd, learned: Sequence[Example]
) -> None:
    vlm = _vlm(noisy, crowd, lora=lora, frozen=frozen)
    batch = _batch(vlm, learned)
    with torch.no_grad():
        expected = Vlm(copy.deepcopy(vlm.model).eval(), vlm.chat).answers(batch).logits
        reference = ReferenceModel(vlm)
        vlm.learn()
        assert not torch.equal(vlm.answers(batch).logits, vlm.answers(batch).logits), "there is noise to be kept out"
        torch.testing.assert_close(reference.answers(batch).logits, expected, atol=1e-5, rtol=1e-5)
        assert vlm.model.training, "and learning goes on"


def test_what_is_remembered_in_training_is_what_is_asked_for(
    noisy: Path, crowd: Crowd, learned: Sequence[Example]
) -> None:
    vlm, plain = (_vlm(noisy, crowd) for _ in range(2))
    batch = _batch(vlm, learned)
    assert vlm.memo is not None
    vlm.model.train()  # whoever puts the whole of it into training mode
    with torch.no_grad():
        vlm.answers(batch)
        vlm.learn(False)
        assert plain.memo is not None
        plain.memo.detach()
        plain.memo = None
        plain.learn(False)
        torch.testing.assert_close(vlm.answers(batch).logits, plain.answers(batch).logits, atol=1e-5, rtol=1e-5)


def test_a_frozen_tower_stays_out_of_training_mode(noisy: Path, crowd: Crowd) -> None:
    vlm = _vlm(noisy, crowd)
    vlm.learn()
    [tower] = vlm.towers()
    assert vlm.model.training and not any(each.training for each in tower.modules())
    open_eyed = _vlm(noisy, crowd, frozen=False)
    open_eyed.learn()
    assert all(each.training for each in open_eyed.towers()[0].modules())
