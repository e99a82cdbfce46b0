"""Every command in the README is run, and everything it links to exists."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from tests.conftest import Run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [
    line.partition("  #")[0].strip() for kind, block in BLOCKS if kind == "bash" for line in block.splitlines() if line
]
PIP = 'pip install ".[datasets]"'
SET_UP = {"make demo", "make test", PIP}
"""Checked below without being run whole: this test is itself part of `make test`."""
_LITTLE = [
    "splits.holdout=4",
    "portraits.train_views=0",
    "portraits.test_views=1",
    "portraits.size=64",
    "questions.train_generation=1",
    "questions.train_cloze=0",
    "questions.train_classification=0",
    "questions.classification=1",
    "questions.generation=1",
    "questions.cloze=1",
]


def test_the_commands_work_in_the_order_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, momentary: None, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        if command in SET_UP:
            continue
        line, _, target = command.partition(" > ")
        program, *arguments = shlex.split(line)
        assert program == "build-bench", command
        if arguments == ["generate"]:
            arguments += ["--profiles", "68"]
        if arguments[0] == "generate":  # each of them whole is measured in benchmarks/; here there is little of it
            arguments += [f"--set={setting}" for setting in _LITTLE]
        if arguments[0] == "baseline":
            arguments += ["--seeds", "1"]
        result = run(*arguments)
        assert result.exit_code == 0, f"{command}: {result.output}"
        if target:
            Path(target).write_text(result.output)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    for kind, block in BLOCKS:
        if kind == "python":
            exec(block, {})


def test_make_demo_and_make_test_do_what_is_said() -> None:
    def planned(target: str) -> str:
        return subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    assert "build-bench generate quick" in planned("demo")
    for step in ("ruff check", "mypy", "pytest"):
        assert step in planned("test")


def test_pip_understands_what_it_is_told_and_the_extra_exists() -> None:
    assert PIP in COMMANDS
    told = shlex.split(PIP)
    dry = [sys.executable, "-m", *told, "--dry-run", "--no-deps", "--no-build-isolation"]
    said = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "does not provide the extra" not in said.stderr


def test_links_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)", document.read_text()):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"
