from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from builder.portraits import Order
from tests.portraits import people

Ordering = Callable[..., Order]


@pytest.fixture
def order() -> Ordering:
    """Orders of a size that diffusion pipelines take: order(3), order(3, "train", seed=2)."""
    return partial(people.order, size=64)


@pytest.fixture(scope="session")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tiny pipelines, one of each family, and `ip`, an IP-Adapter for `sd`."""
    pytest.importorskip("diffusers")
    import torch

    from tests.portraits import tiny_pipelines

    torch.set_num_threads(1)  # tests run side by side: threads that wait for each other would take the processors
    folder = tmp_path_factory.mktemp("pipelines")
    tiny_pipelines.stable_diffusion(folder / "sd")
    tiny_pipelines.stable_diffusion_3(folder / "sd3")
    tiny_pipelines.flux(folder / "flux", edits=False)
    tiny_pipelines.flux(folder / "kontext", edits=True)
    tiny_pipelines.flux_2_klein(folder / "klein")
    tiny_pipelines.ip_adapter(folder / "ip", folder / "sd")
    return folder
