"""The job files of docs/scale.md do what the page says, as far as one machine can tell."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.folders import digests

PAGE = (Path(__file__).parent.parent / "docs" / "scale.md").read_text()
SBATCH = {
    name: re.search(rf"`{name}.sbatch`:\n\n```bash\n(.*?)```", PAGE, flags=re.DOTALL) for name in ("make", "finish")
}
JOB = re.search(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_jobs_of_two_schedulers_make_one_run(made_brief: Path, brief: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(brief.read_text())
    make, finish = (_bash(match) for match in SBATCH.values())
    _run(make, tmp_path, SLURM_ARRAY_TASK_ID="1", SLURM_CPUS_PER_TASK="1")
    _run(["sh", "-c", _of_two(_pod()["command"][-1])], tmp_path, JOB_COMPLETION_INDEX="1")
    assert not (tmp_path / "run" / "release").exists()
    _run(finish, tmp_path, SLURM_CPUS_PER_TASK="1")
    assert digests(tmp_path / "run" / "release") == digests(made_brief / "release")


def test_as_many_jobs_are_started_as_there_are_slices() -> None:
    assert SBATCH["make"]
    assert JOB
    said = int(re.findall(r"ID/(\d+)", SBATCH["make"][1])[0])
    assert f"--array=1-{said}\n" in SBATCH["make"][1]
    job = yaml.safe_load(JOB[1])["spec"]
    assert (job["completionMode"], job["completions"]) == ("Indexed", said)
    assert f"+ 1))/{said}" in _pod()["command"][-1]


def _pod() -> dict[str, Any]:
    assert JOB
    container: dict[str, Any] = yaml.safe_load(JOB[1])["spec"]["template"]["spec"]["containers"][0]
    return container


def _bash(match: re.Match[str] | None) -> list[str]:
    assert match
    assert match[1].startswith("#!/bin/bash\n#SBATCH")
    return ["bash", "-c", _of_two(match[1])]


def _of_two(command: str) -> str:
    """The command for two slices, which are enough to see."""
    return command.replace("/8", "/2")


def _run(command: list[str], folder: Path, **environment: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
