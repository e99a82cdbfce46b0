"""A wheel built from the tree works elsewhere: schemas, prompts and recipes come along."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from builder.base import bundled
from tests.folders import digests

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was unpacked, as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _elsewhere(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_an_installed_wheel_makes_the_same_bytes(installed: Path, made: Path, tiny: Path, tmp_path: Path) -> None:
    where = _elsewhere(installed, tmp_path, "-c", "import builder; print(builder.__file__)").stdout
    assert Path(where.strip()).is_relative_to(installed)
    _elsewhere(installed, tmp_path, "-m", "builder", "generate", str(tiny), "--out", "run", "--workers", "2")
    assert digests(tmp_path / "run" / "release") == digests(made / "release")


def test_the_wheel_carries_what_stands_beside_the_package(installed: Path) -> None:
    for name in ("schemas", "prompts"):
        assert digests(installed / "builder" / "bundled_files" / name) == digests(bundled.folder(name))
    for name in ("pages", "preview", "baseline/report"):
        assets = bundled.folder("builder") / name / "assets"
        assert digests(installed / "builder" / name / "assets") == digests(assets) != {}
