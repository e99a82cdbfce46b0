"""The embedded model, models from disk, and what is refused."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor, LlamaConfig

from builder.base.errors import BenchError, CallError
from builder.baseline.models import adapter, memory, pretrained, seeing, source, tiny, tower
from builder.baseline.models.encoding import collate
from builder.baseline.models.reference import ReferenceModel
from builder.baseline.models.source import ModelOpener
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import resolve
from builder.baseline.training.examples import Example


def test_the_embedded_model_is_small_repeatable_and_has_its_tower(crowd: Crowd) -> None:
    pictures = pictures_of(crowd.trained)
    one, two = (tiny.build(pictures) for _ in range(2))
    states = [each.model.state_dict() for each in (one, two)]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    assert sum(each.numel() for each in one.model.parameters()) < 4.2e6
    weights = tower.weights()
    for name, value in one.model.model.vision_tower.state_dict().items():
        assert torch.equal(value, weights[name])


def test_a_saved_model_opens_as_any_other(vlm: Vlm, tmp_path: Path, learned: list[Example], crowd: Crowd) -> None:
    source.save(vlm, tmp_path / "saved")
    assert not list((tmp_path / "saved").glob("*.bin"))
    model: Any = AutoModelForImageTextToText.from_pretrained(tmp_path / "saved")
    processor: Any = AutoProcessor.from_pretrained(tmp_path / "saved")
    assert processor.chat_template == vlm.chat.processor.chat_template
    again = Vlm(model.eval(), type(vlm.chat)(processor, vlm.chat.pictures))
    rows = [each.row(chat, _First()) for chat in (vlm.chat, again.chat) for each in learned[:4]]
    with torch.no_grad():
        batch = collate(vlm.chat, rows[:4])
        theirs = again.answers(collate(again.chat, rows[4:])).logits
        assert torch.allclose(vlm.answers(batch).logits, theirs, atol=1e-4)


class _First(Random):
    """Draws what stands first, so that two models are shown the same."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Any) -> Any:
        return seq[0]

    def sample(self, population: Any, k: int, *, counts: Any = None) -> Any:
        return list(population)[:k]


def test_an_adapter_is_all_that_learns_and_its_reference_is_the_model_without(
    users_model: Path, crowd: Crowd, learned: list[Example], tmp_path: Path
) -> None:
    settings = resolve({"model": str(users_model), "lora": 4}, {}, {})
    origin = ModelOpener(settings, pictures_of(crowd.trained), ())
    vlm = origin.trainable(0, "vanilla")
    assert all("lora_" in name for name, each in vlm.model.named_parameters() if each.requires_grad)
    batch = collate(vlm.chat, [each.row(vlm.chat, _First()) for each in learned[:4]])
    reference = ReferenceModel(vlm)
    with torch.no_grad():
        before = vlm.answers(batch).logits
        for parameter in vlm.trainable():
            parameter.add_(0.1)
        after = vlm.answers(batch).logits
        assert torch.equal(reference.answers(batch).logits, before) and not torch.allclose(after, before)
        source.save(vlm, tmp_path / "vanilla")
        next_one = origin.trainable(0, "npo", tmp_path / "vanilla")
        assert torch.allclose(next_one.answers(batch).logits, after, atol=1e-4), "what comes next starts from vanilla"
        assert torch.allclose(ReferenceModel(next_one).answers(batch).logits, after, atol=1e-4)


def test_the_memo_reads_the_layer_that_the_model_reads(users_model: Path, crowd: Crowd, learned: list[Example]) -> None:
    settings = resolve({"model": str(users_model)}, {}, {})
    origin = ModelOpener(settings, pictures_of(crowd.trained), ())
    plain, quick = origin.untrained(0), origin.trainable(0, "vanilla")
    assert quick.memo is not None, "llava-1.5 reads the last layer but one"
    batch = collate(plain.chat, [each.row(plain.chat, _First()) for each in learned[:6]])
    with torch.no_grad():
        expected = plain.answers(batch).logits
        for _ in range(2):
            assert torch.allclose(quick.answers(batch).logits, expected, atol=1e-5)


def test_a_model_without_eyes_is_refused(tmp_path: Path) -> None:
    LlamaConfig().save_pretrained(tmp_path)
    with pytest.raises(CallError, match=r"llama model.*not list as image-text-to-text"):
        pretrained.load(str(tmp_path), {}, resolve({"model": str(tmp_path)}, {}, {}))


def test_every_missing_package_of_a_processor_is_said_at_once(
    users_model: Path, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SmolVLM's source needs num2words, and its first complaint is of torchvision; before any weights are read."""

    def lacking(*given: Any, **options: Any) -> Any:
        raise ImportError("This processor requires the torchvision library.")

    monkeypatch.setattr(AutoProcessor, "from_pretrained", lacking)
    monkeypatch.setattr(pretrained, "find_spec", lambda name: None if "." not in name else find_spec(name))
    monkeypatch.setattr(AutoModelForImageTextToText, "from_pretrained", lambda *given, **options: pytest.fail("read"))
    with pytest.raises(BenchError, match="needs packages that are not installed: pip install torchvision"):
        pretrained.load(str(users_model), pictures_of(crowd.trained), resolve({"model": str(users_model)}, {}, {}))
    config = AutoConfig.for_model("smolvlm")
    assert pretrained._lacking(config, "requires the torchvision library") == ["num2words", "torchvision"]


def test_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="There is no model"):
        pretrained.load(str(tmp_path / "none"), {}, resolve({"model": "x"}, {}, {}))


def test_weights_that_are_not_safetensors_are_refused(users_model: Path, tmp_path: Path) -> None:
    for path in users_model.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(BenchError, match="cannot be loaded"):
        pretrained.load(str(tmp_path), {}, resolve({"model": str(tmp_path)}, {}, {}))


def test_code_in_a_model_folder_is_never_run(users_model: Path, tmp_path: Path) -> None:
    config = json.loads((users_model / "config.json").read_text())
    config |= {"model_type": "strange", "auto_map": {"AutoConfig": "evil.Config"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text("raise SystemExit('it was run')")
    with pytest.raises(BenchError):
        pretrained.load(str(tmp_path), {}, resolve({"model": str(tmp_path)}, {}, {}))


def test_too_little_memory_is_said_before_anything_is_loaded(
    users_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 1000)
    with pytest.raises(BenchError, match=r"needs about .* GiB of memory and there are 0\.0 GiB. --lora 16"):
        pretrained.load(str(users_model), {}, resolve({"model": str(users_model)}, {}, {}))


def test_a_model_that_is_only_evaluated_stays_in_the_numbers_it_was_saved_in(
    users_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained, "number_type", lambda settings: torch.bfloat16)  # as on an accelerator
    for changes, expected in (({}, torch.float32), ({"precision": "bf16"}, torch.bfloat16)):
        settings = resolve({"model": str(users_model), "evaluate_only": True}, changes, {})
        assert pretrained.load(str(users_model), {}, settings).dtype == expected
    assert pretrained.load(str(users_model), {}, resolve({"model": "x", "lora": 2}, {}, {})).dtype == torch.bfloat16


def test_an_adapter_needs_a_language_model(vlm: Vlm) -> None:
    vlm.model = torch.nn.Linear(2, 2)
    with pytest.raises(BenchError, match="omit --lora"):
        adapter.attach(vlm, 4)


def test_telling_people_apart(fresh: Callable[[], Vlm]) -> None:
    one = torch.eye(4)
    assert tower.telling_apart(one, one) == 1.0
    assert tower.telling_apart(one, one[[1, 0, 2, 3]]) == 0.5
    assert float(tower.contrast(one, one)) < float(tower.contrast(one, one[[1, 0, 2, 3]]))


def test_a_tower_that_does_not_know_the_portraits_is_adapted(vlm: Vlm, crowd: Crowd, learned: list[Example]) -> None:
    before = vlm.model.model.vision_tower.state_dict()["embeddings.class_embedding"].clone()
    weights = seeing.adapt(vlm, crowd.retain, seed=0, steps=3)
    assert not any(each.requires_grad for each in vlm.model.model.vision_tower.parameters())
    assert set(weights) == set(tower.weights())
    assert torch.equal(before, tower.weights()["embeddings.class_embedding"])
    assert any(not torch.equal(value, tower.weights()[name]) for name, value in weights.items())
    assert set(seeing.told_apart(vlm, crowd.trained)) == {"train", "test"}
    origin = ModelOpener(resolve({}, {}, {}), pictures_of(crowd.trained), crowd.retain)
    origin._adapted[0] = weights
    adapted = origin.untrained(0).model.model.vision_tower.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in adapted.items())


def test_a_processor_without_bf16_trains_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, "avx512_bf16": False}, raising=False)
    assert tiny.fast_type() is None
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True}, raising=False)
    assert tiny.fast_type() == torch.bfloat16
