"""How a release is named, and what may lie beside its files."""

import shutil
from pathlib import Path

import pytest

from builder.base.errors import CallError
from builder.hub.sources import open_source
from builder.run.files import left_by_tools
from tests.conftest import Run
from tests.hub.commands import Commands, commands
from tests.hub.server import LocalHub

LEFT = (
    ".DS_Store",
    "people/.DS_Store",
    "people/retain/._00000.parquet.x",
    "Thumbs.db",
    ".git/HEAD",
    ".git/objects/ab/cd.json",
    ".gitattributes",
    ".cache/huggingface/.gitignore",
    ".cache/huggingface/CACHEDIR.TAG",
    ".cache/huggingface/download/people/retain/00000.parquet.metadata",
    ".cache/huggingface/download/people/retain/00000.parquet.lock",
)
LOADED = (
    "people/retain/extra.parquet",
    "notes.txt",
    "load.py",
    "people/._00000.parquet",
    ".cache/huggingface/download/x.parquet",
    "git/HEAD",
    "DS_Store",
    "people/.git/config",
)


@pytest.fixture
def release(finished_run: Path, tmp_path: Path) -> Path:
    """A release of one's own in a folder whose path holds an @."""
    folder = tmp_path / "home@work" / "o'brien x"
    shutil.copytree(finished_run / "release", folder)
    return folder


def _put(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")


def test_a_folder_with_an_at_sign_is_a_folder_in_every_command(release: Path, run: Run, tmp_path: Path) -> None:
    assert run("verify", release).exit_code == 0
    assert run("diff", release, release).output == "Nothing differs.\n"
    assert run("export", release, "--layout", "tofu", "--to", tmp_path / "out@here").exit_code == 0
    assert run("audit", release, "--workers", "1").exit_code in (0, 1)


def test_an_at_sign_in_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"There is no folder .*home@work; a version after its name is written @v1"):
        open_source(str(tmp_path / "home@work"))


def test_what_tools_leave_is_passed_over_and_what_could_be_loaded_is_not(release: Path, run: Run) -> None:
    for name in LEFT:
        assert left_by_tools(name), name
        _put(release, name)
    result = run("verify", release)
    assert result.exit_code == 0, result.output
    for name in LOADED:
        assert not left_by_tools(name), name
        _put(release, name)
    result = run("verify", release)
    assert result.exit_code == 1
    for name in LOADED:
        assert f"{name}: manifest.json does not list it" in result.output


def test_a_hub_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    with commands("http://127.0.0.1:9", tmp_path) as process:
        said = process.run("verify", "org/bench@v1.0.0")
    assert (said.exit_code, said.output.count("\n")) == (1, 1), said
    assert "The Hub could not be reached at HF_ENDPOINT = http://127.0.0.1:9" in said.output


@pytest.mark.parametrize("endpoint", ["http://[bad", "nonsense", "huggingface.co", "https://"])
def test_an_endpoint_that_is_no_address_is_refused_unasked(
    run: Run, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    said = run("verify", "org/bench@v1.0.0")
    assert said.exit_code == 2
    assert said.output.startswith(f"build-bench: HF_ENDPOINT = {endpoint} is not an address: ")
    assert said.output.count("\n") == 1


def test_what_publish_prints_holds_in_any_folder(
    finished_run: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    said = run("publish", finished_run, "--repo", "./hub/small")
    monkeypatch.chdir(tmp_path / "elsewhere")
    check = said.output.splitlines()[-1].split()
    assert check[:2] == ["build-bench", "verify"]
    assert run(*check[1:]).exit_code == 0


def test_a_name_that_is_neither_on_the_hub_nor_here_is_said(hub: LocalHub, process: Commands) -> None:
    said = process.run("verify", "hub/small@v1.0.0")
    assert (said.exit_code, said.output.count("\n")) == (1, 1), said
    assert "There is no dataset hub/small on the Hub" in said.output
    assert "a folder is named ./hub/small or by its whole path" in said.output


@pytest.mark.parametrize("command", [("verify",), ("export", "--layout", "tofu", "--to", "out")])
def test_offline_the_hub_is_not_asked_and_it_is_said(
    process: Commands, tmp_path: Path, command: tuple[str, ...]
) -> None:
    name, *options = command
    code = (
        "import huggingface_hub.constants as c; c.HF_HUB_OFFLINE = True\n"
        "from click.testing import CliRunner; from builder.cli import cli\n"
        f"done = CliRunner().invoke(cli, [{name!r}, 'org/bench@v1.0.0', *{options!r}])\n"
        "result = [done.exit_code, done.output]"
    )
    exit_code, output = process.value(code)
    assert exit_code == 1
    assert output.startswith("build-bench: HF_HUB_OFFLINE is set, so the Hub is not asked for org/bench; unset it")
    assert output.count("\n") == 1
