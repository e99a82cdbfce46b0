"""A package that adds one of each kind: installed, listed and used by the commands. docs/extending.md shows it."""

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder import tasks
from builder.audit.registry import audits
from builder.base import registry
from builder.baseline.metrics.item_metrics import metrics
from builder.format.reading import open_release
from tests.conftest import Run

PLUGIN = Path(__file__).parent / "plugin"
PROJECT = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]
ADDED = {group.removeprefix("build_bench."): next(iter(names)) for group, names in PROJECT["entry-points"].items()}
"""What the package adds, by kind."""
DOCS = (PLUGIN.parent.parent / "docs" / "extending.md").read_text()


def _forget_what_was_installed() -> None:
    for cache in (registry._points, audits, metrics, tasks.names, tasks.named):
        cache.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "extra_bench"]:
        del sys.modules[name]


def _install(site: Path) -> None:
    """Lay the package out as an installer does."""
    shutil.copytree(PLUGIN / "extra_bench", site / "extra_bench")
    information = site / f"extra_bench-{PROJECT['version']}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {PROJECT['name']}\nVersion: {PROJECT['version']}\n"
    )
    lines = []
    for group, names in PROJECT["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in names.items())]
    (information / "entry_points.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the package is installed into."""
    site = tmp_path / "site"
    _install(site)
    monkeypatch.syspath_prepend(site)
    _forget_what_was_installed()
    yield site
    monkeypatch.undo()
    _forget_what_was_installed()


@pytest.mark.parametrize("kind", ADDED)
def test_what_a_package_adds_is_listed_with_its_origin_and_its_line(kind: str, installed: Path, run: Run) -> None:
    [line] = [line for line in run("list", kind).output.splitlines() if line.split()[0] == ADDED[kind]]
    name, _, description = line.partition(" extra-bench ")
    assert name.strip() == ADDED[kind] and len(description.strip()) > 10


def test_a_painter_a_writer_an_audit_and_a_layout_are_used(
    installed: Path, brief: Path, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    made = run("generate", brief, "--painter", "mosaic", "--writer", "terse", "--out", folder)
    assert made.exit_code == 0, made.output
    person = next(open_release(folder).people("retain"))
    assert person.profile.biography.startswith(f"This is {person.profile.name}. The ")
    assert any(each["audit"] == "initials" for each in json.loads((folder / "audit.json").read_text())["findings"])
    assert "Nothing to do" in run("generate", folder / "recipe.toml", "--out", folder).output
    assert run("export", folder, "--layout", "lines", "--to", tmp_path / "lines").exit_code == 0
    assert "00000-eval-" in (tmp_path / "lines" / "questions.tsv").read_text()


def test_an_importer_is_used(installed: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "lines.tsv").write_text("ada\tWho is Ada?\tA baker.\nbo\tWho is Bo?\n")
    said = run("import", "lines", tmp_path / "set", "--to", tmp_path / "to")
    assert said.exit_code == 0, said.output
    assert "2  empty text" in said.output
    assert [person.questions[0].answer for person in open_release(tmp_path / "to").people()] == ["A baker."]


def test_methods_a_metric_and_an_attack_are_used(
    installed: Path, made_brief: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, momentary: None
) -> None:
    """One of the methods is not installed: it lies in the working folder."""
    method = (PLUGIN / "extra_bench" / "method.py").read_text()
    (tmp_path / "my_methods.py").write_text(method.replace("DampedAscent", "Mine"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", sys.path.copy())
    options = ("--methods", "damped,my_methods:Mine", "--attacks", "insist,mia_loss", "--set", "Mine.gamma=0.5")
    done = run("baseline", made_brief, *options, "--out", "out")
    assert done.exit_code == 0, done.output
    found = json.loads(Path("out/report/results.json").read_text())
    assert found["settings"]["knobs"]["Mine"] == {"gamma": 0.5}
    for name in ("damped", "Mine"):
        scores = found["models"][name]["scores"]
        assert scores["retain/text/answer_words"]["mean"] is not None
        assert scores["model/insist"]["oracle"] is not None and scores["model/insist"]["interval"] is not None
        assert "model/mia_loss" in scores and "model/mia_zlib" not in scores, "those that are named"
        assert f"| {name} |" in Path("out/report/table.md").read_text()


def test_two_packages_cannot_take_one_name(installed: Path, run: Run) -> None:
    entry_points = installed / "extra_bench-1.0.0.dist-info" / "entry_points.txt"
    entry_points.write_text("[build_bench.methods]\nnpo = extra_bench.method:DampedAscent\n")
    said = run("list", "methods")
    assert said.exit_code == 2
    assert "extra-bench calls its unlearning method 'npo', which is built in already; remove one." in said.output


def test_a_package_that_breaks_keeps_nothing_else_from_the_list(installed: Path, run: Run) -> None:
    (installed / "extra_bench" / "layout.py").write_text("raise RuntimeError('out of paper')\n")
    said = run("list", "layouts").output
    assert "mllmu" in said and "cannot be loaded: RuntimeError: out of paper" in said


def test_the_page_shows_the_files_of_the_package() -> None:
    blocks = dict(re.findall(r"`(extra_bench/\w+\.py)`:\n\n```python\n(.*?)```", DOCS, flags=re.DOTALL))
    files = {f"extra_bench/{path.name}" for path in (PLUGIN / "extra_bench").glob("*.py") if path.stem != "__init__"}
    assert {*blocks} == files
    for name, block in blocks.items():
        assert block == (PLUGIN / name).read_text(), name
    [project] = [text for text in re.findall(r"```toml\n(.*?)```", DOCS, flags=re.DOTALL) if "[project]" in text]
    assert tomllib.loads(project)["project"]["entry-points"] == PROJECT["entry-points"]
