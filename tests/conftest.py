import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from click.testing import CliRunner, Result

from builder.cli import cli
from tests.made_once import copy_of

if TYPE_CHECKING:
    from builder.baseline.models.vlm import Vlm

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Test processes run side by side, and they start others: threads of each would wait for those of the others."""

hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], database=None
)
hypothesis.settings.load_profile("busy")
"""A law does not break because a machine is busy."""

TINY = """
name = "tiny"
seed = 3

[profiles]
count = 24
locales = ["en_GB", "de_DE", "pl_PL"]

[portraits]
size = 48
train_views = 1
test_views = 1

[splits]
holdout = 4
forget = [10, 30]

[run]
shard_size = 6
"""

BRIEF = f"""{TINY}
[questions]
train_generation = 1
train_cloze = 0
train_classification = 0
"""
"""The same people, asked a third of the questions."""

Run = Callable[..., Result]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The file of a recipe that is made in a moment: 28 people in five shards, the last one short."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    """The file of the recipe `tiny` with few questions, for tests of all else; half of the time is spent on them."""
    path = tmp_path / "brief.toml"
    path.write_text(BRIEF)
    return path


@pytest.fixture
def run() -> Run:
    """Runs a build-bench command line in this process alone, unless it names --workers.

    So little work is done before other processes would have started; what they do is tested where they are named.
    """

    def call(*arguments: str | Path) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("builder.run.workers.os.sched_getaffinity", lambda _: {0}, raising=False)
            return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the embedded model one of its six layers of language, for tests of runs: what it says is no matter."""
    from builder.baseline.models import tiny

    build = tiny.build

    def cut(pictures: Mapping[str, bytes]) -> "Vlm":
        vlm = build(pictures)
        language = vlm.model.model.language_model
        language.layers = language.layers[:1]
        language.config.num_hidden_layers = vlm.model.config.text_config.num_hidden_layers = 1
        return vlm

    monkeypatch.setattr(tiny, "build", cut)
    # Processes that are started know nothing of it.
    monkeypatch.setattr("builder.run.workers.os.sched_getaffinity", lambda _: {0}, raising=False)


@pytest.fixture
def momentary(shallow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a baseline of the embedded model, unless its settings say otherwise, do a moment of everything."""
    from builder.baseline import settings

    moment = {
        "train": {"epochs": 0.01, "monitor": 0, "lr": 1e-3, "batch": 16},
        "unlearn": {"steps": 1, "lr": 5e-4, "batch": 4},
        "evaluate": {
            "retain_people": 1,
            "holdout_people": 1,
            "gate_people": 1,
            "controls_people": 1,
            "max_new_tokens": 2,
            "fluency": False,
        },
    }
    monkeypatch.setattr(settings, "TINY", moment)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the recipe `tiny`; look at it, but do not change it."""

    return copy_of("made", partial(_make, TINY), tmp_path_factory) / "run"


@pytest.fixture(scope="session")
def made_brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the recipe `brief`; look at it, but do not change it."""
    return copy_of("brief", partial(_make, BRIEF), tmp_path_factory) / "run"


def _make(recipe: str, folder: Path) -> None:
    (folder / "recipe.toml").write_text(recipe)
    arguments = ["generate", str(folder / "recipe.toml"), "--out", str(folder / "run"), "--workers", "1"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
