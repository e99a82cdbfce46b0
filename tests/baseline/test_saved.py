"""What is saved is what was evaluated, for everybody who loads it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from builder.base.errors import BenchError, CallError
from builder.baseline import methods, planning, running
from builder.baseline.folder import BaselineFolder
from builder.baseline.models import pretrained
from builder.baseline.models.encoding import Batch, collate
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.planning import Plan
from builder.baseline.settings import resolve
from builder.baseline.training.examples import Example

SMALL = {
    "train.epochs": 1,
    "train.batch": 16,
    "train.lr": 1e-2,
    "unlearn.lr": 1e-2,
    "unlearn.steps": 3,
    "evaluate.gate": 0,
}

ALONE = """
import json, sys, torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForImageTextToText as Auto
base, given, jobs = sys.argv[1:]
for how, folder, out in json.loads(jobs):
    model = Auto.from_pretrained(folder if how == "transformers" else base)
    model = PeftModel.from_pretrained(model, folder) if how == "peft" else model
    with torch.no_grad():
        save_file({"logits": model.eval()(**load_file(given)).logits.contiguous()}, out)
"""


def _inputs(batch: Batch) -> dict[str, Any]:
    return {"input_ids": batch.ids, "attention_mask": batch.mask, **batch.inputs}


def _run(plan: Plan, batch: Batch, patch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """Make the models of a plan; the logits of each when it is evaluated."""
    found = {}

    def evaluated(plan: Plan, vlm: Vlm, seed: int, name: str) -> list[Any]:
        vlm.learn(False)
        found[name] = vlm.inner(**_inputs(batch)).logits.detach()
        return []

    patch.setattr(running, "_evaluate", evaluated)
    running.run(plan)
    return found


def _plan(crowd: Crowd, folder: Path, given: dict[str, Any]) -> Plan:
    settings = resolve({"methods": ("npo",), **given}, SMALL, methods.knobs())
    kept = BaselineFolder(folder)
    kept.claim(settings, "1" * 64, fresh=False)
    return planning.plan(crowd, settings, kept)


@pytest.mark.parametrize(
    ("given", "ways"),
    [
        ({"lora": 4}, ("peft", "transformers")),
        ({"lora": 4, "model": "tiny"}, ("transformers",)),
        ({}, ("transformers",)),
    ],
    ids=["lora", "lora-tiny", "whole"],
)
def test_a_fresh_process_loads_the_very_model(
    given: dict[str, Any],
    ways: Sequence[str],
    users_model: Path,
    crowd: Crowd,
    learned: Sequence[Example],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = _plan(crowd, tmp_path / "run", {"model": str(users_model), **given})
    vlm = plan.source.untrained(0)
    batch = collate(vlm.chat, [each.row(vlm.chat, _stream()) for each in learned[:6]])
    evaluated = _run(plan, batch, monkeypatch)
    assert float((evaluated["npo"] - evaluated["vanilla"]).abs().max()) > 0.01, "nothing was unlearned"
    assert float((evaluated["vanilla"] - evaluated["untrained"]).abs().max()) > 0.01, "nothing was learned"
    save_file(_inputs(batch), tmp_path / "given")
    loaded = [(name, how, str(tmp_path / f"{name}-{how}")) for name in ("vanilla", "npo") for how in ways]
    jobs = json.dumps([(how, str(plan.folder.model(0, name)), out) for name, how, out in loaded])
    arguments = [str(users_model), str(tmp_path / "given"), jobs]
    subprocess.run([sys.executable, "-W", "ignore", "-c", ALONE, *arguments], check=True, cwd=tmp_path)
    for name, _, out in loaded:
        torch.testing.assert_close(load_file(out)["logits"], evaluated[name], atol=5e-4, rtol=1e-4)


def _stream() -> Any:
    from random import Random

    return Random(0)


@pytest.fixture
def trained(users_model: Path, crowd: Crowd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A run with an adapter whose base was named by a path that only holds here."""
    monkeypatch.chdir(users_model.parent)
    plan = _plan(crowd, tmp_path / "run", {"model": f"./{users_model.name}", "lora": 4})
    vlm = plan.source.untrained(0)
    _run(plan, collate(vlm.chat, [plan.retain[0].row(vlm.chat, _stream())]), monkeypatch)
    monkeypatch.chdir(tmp_path)
    return plan


def test_an_adapter_folder_is_evaluated_as_any_model(trained: Plan, crowd: Crowd, learned: Sequence[Example]) -> None:
    folder = trained.folder.model(0, "npo")
    settings = resolve({"model": str(folder), "evaluate_only": True}, {}, {})
    vlm = pretrained.load(str(folder), pictures_of(crowd.trained), settings)
    names = [name for name, _ in vlm.model.named_parameters()]
    assert any("lora_A" in name for name in names) and not vlm.model.training
    (folder / "processor_config.json").unlink()
    for path in (*folder.glob("*token*"), *folder.glob("chat*")):
        path.unlink()
    again = pretrained.load(str(folder), pictures_of(crowd.trained), settings)
    assert again.chat.prompt("Who?", None) == vlm.chat.prompt("Who?", None), "the base's processor serves"


def test_an_adapter_that_cannot_be_used_is_refused_by_name(trained: Plan) -> None:
    folder = trained.folder.model(0, "npo")
    with pytest.raises(CallError, match="is an adapter: --evaluate-only"):
        pretrained.load(str(folder), {}, resolve({"model": str(folder)}, {}, {}))
    only = resolve({"model": str(folder), "evaluate_only": True}, {}, {})
    config = folder / "adapter_config.json"
    kept = config.read_text()
    config.write_text(kept.replace(str(Path(trained.source.settings.model).name), "moved away"))
    with pytest.raises(BenchError, match=r"no model .*moved away, on which the adapter .* builds"):
        pretrained.load(str(folder), {}, only)
    config.write_text(kept)
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(BenchError, match="safetensors only"):
        pretrained.load(str(folder), {}, only)


def test_a_vanilla_that_is_gone_is_said_in_a_sentence(
    users_model: Path, crowd: Crowd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_evaluate", lambda *arguments: [])
    running.run(_plan(crowd, tmp_path / "run", {"model": str(users_model)}))
    shutil.rmtree(tmp_path / "run" / "models" / "0" / "vanilla")
    plan = _plan(crowd, tmp_path / "run", {"model": str(users_model), "methods": ("npo", "ga")})
    with pytest.raises(BenchError, match=r"vanilla is gone, and ga starts from that model.*delete .*vanilla\.json"):
        running.run(plan)
