"""Every random draw hangs on the seed, the model and the step, whatever ran before."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from builder.baseline import making, methods, planning
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.unlearning import unlearn
from builder.baseline.models.source import ModelOpener
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import TrainPart, UnlearnPart, resolve
from builder.baseline.training.examples import Example, examples
from builder.baseline.training.fitting import fit

SMALL = {"train.epochs": 0.3, "train.batch": 16, "train.monitor": 0, "evaluate.max_new_tokens": 2, "evaluate.gate": 0}


def _noisy(vlm: Vlm) -> Vlm:
    """The model with dropout, which draws in every step."""
    for layer in vlm.model.model.language_model.layers:
        layer.mlp.down_proj = nn.Sequential(layer.mlp.down_proj, nn.Dropout(0.2))
    return vlm


@pytest.mark.parametrize("seed", [0, 1])
def test_an_adapter_starts_from_the_seed_and_the_model_alone(seed: int, users_model: Path, crowd: Crowd) -> None:
    origin = ModelOpener(resolve({"model": str(users_model), "lora": 4}, {}, {}), pictures_of(crowd.trained))
    found = []
    for before, name in ((5, "vanilla"), (9, "vanilla"), (5, "oracle")):
        torch.manual_seed(before)
        vlm = origin.trainable(seed, name)
        found.append(torch.cat([each.detach().flatten() for each in vlm.trainable()]))
    assert torch.equal(found[0], found[1]), "the same seed and model, after other draws"
    assert not torch.equal(found[0], found[2])


def test_dropout_hangs_on_seed_model_and_step(fresh: Callable[[], Vlm], learned: Sequence[Example]) -> None:
    part = TrainPart(epochs=0.3, lr=1e-3, batch=16, monitor=0)
    losses = []
    for before, name in ((5, "vanilla"), (9, "vanilla"), (5, "oracle")):
        torch.manual_seed(before)
        losses.append(fit(_noisy(fresh()), learned, part, 0, lambda step, steps: None, name=name).losses)
    assert losses[0] == losses[1] and losses[0] != losses[2]


def test_unlearning_hangs_on_seed_method_and_step(fresh: Callable[[], Vlm], crowd: Crowd) -> None:
    part = UnlearnPart(lr=1e-3, batch=4, steps=2)
    losses = []
    for before in (5, 9):
        torch.manual_seed(before)
        people = examples(crowd.forget), examples(crowd.retain), crowd.forget
        method = methods.make("graddiff", {})
        losses.append(unlearn(_noisy(fresh()), method, *people, part, 0, lambda step, steps: None, "graddiff").losses)
    assert losses[0] == losses[1]


@pytest.mark.parametrize("lora", [0, 4])
def test_a_seed_gives_the_same_models_alone_and_in_company(
    lora: int, users_model: Path, crowd: Crowd, tmp_path: Path
) -> None:
    saved = []
    for first, seeds in ((1, 1), (0, 2)):
        given = {"model": str(users_model), "lora": lora, "methods": (), "seed": first, "seeds": seeds}
        settings = resolve(given, SMALL, methods.knobs())
        folder = BaselineFolder(tmp_path / str(first))
        folder.claim(settings, "1" * 64, fresh=False)
        plan = planning.plan(crowd, settings, folder)
        for seed in plan.seeds:
            making.make_model(plan, seed, "vanilla")
        [path] = folder.model(1, "vanilla").glob("*.safetensors")
        saved.append(load_file(path))
    assert saved[0].keys() == saved[1].keys()
    assert all(torch.equal(value, saved[1][name]) for name, value in saved[0].items())
