import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from builder.baseline.models import tiny
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.training.examples import Example, examples, texts
from tests.baseline.people import crowd_of
from tests.small.fixtures import finished_run, made_concepts, small_run

__all__ = ["finished_run", "made_concepts", "small_run"]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Test processes run side by side, and threads that wait for each other are slower than one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def crowd() -> Crowd:
    """Two people to forget, three to retain, one held out; three facts each."""
    return crowd_of(forget=2, retain=3, holdout=1)


@pytest.fixture(scope="session")
def learned(crowd: Crowd) -> list[Example]:
    """The training questions of everybody but the held out."""
    return examples(crowd.trained)


@pytest.fixture(scope="session")
def built(crowd: Crowd) -> Vlm:
    """The embedded model as it is before training; a test that changes it copies it first."""
    return tiny.build(pictures_of(crowd.everybody))


@pytest.fixture
def fresh(built: Vlm) -> Callable[[], Vlm]:
    """Makes the embedded model as it is before training, in full precision."""

    def make() -> Vlm:
        return Vlm(copy.deepcopy(built.model), built.chat)

    return make


@pytest.fixture
def vlm(fresh: Callable[[], Vlm]) -> Vlm:
    """An untrained model of a test's own."""
    return fresh()


@pytest.fixture(scope="session")
def users_model(tmp_path_factory: pytest.TempPathFactory, learned: list[Example]) -> Path:
    """A model as a user has it on disk: LLaVA of a few thousand weights, LLaVA-1.5's own chat template."""
    from tests.baseline.models import save_llava

    return save_llava(tmp_path_factory.mktemp("model"), texts(learned))
