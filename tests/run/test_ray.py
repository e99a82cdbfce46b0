"""A run on a Ray cluster one of whose machines dies. Ray is large: where it is not installed, these tests skip."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.folders import digests


def test_a_machine_that_dies_costs_nothing_but_time(made_brief: Path, brief: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    out = tmp_path / "run"
    memory = 80_000_000
    cluster = Cluster(True, head_node_args={"num_cpus": 0, "include_dashboard": False, "object_store_memory": memory})
    try:
        nodes = [cluster.add_node(num_cpus=1, object_store_memory=memory) for _ in range(3)]
        command = [sys.executable, "-m", "builder", "generate", str(brief), "--out", str(out), "--engine", "ray"]
        process = subprocess.Popen(
            [*command, "--address", cluster.address], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while process.poll() is None and not list(out.glob("portraits/*.parquet")):
            time.sleep(0.01)
        cluster.remove_node(nodes[0], allow_graceful=False)
        said, _ = process.communicate(timeout=500)
    finally:
        cluster.shutdown()
    assert process.returncode == 0, said
    assert "failed: nobody" in said
    for folder in ("profiles", "portraits", "questions", "release"):
        assert digests(out / folder) == digests(made_brief / folder)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--address", "auto"), "--address names a Ray cluster; use it with --engine ray."),
        (("--engine", "ray", "--slice", "1/2"), "A slice is made by processes of one machine"),
        (("--engine", "ray", "--writer", "openai"), "--engine ray is for writers that ask no model"),
    ],
)
def test_what_does_not_go_together_is_refused(
    brief: Path, tmp_path: Path, run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run("generate", brief, "--out", tmp_path / "run", *arguments)
    assert result.exit_code == 2
    assert sentence in result.output
