"""The shape of the package: who may import whom, and what the command line may load."""

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import builder

PACKAGE = Path(builder.__file__).parent
LAYERS: dict[str, set[str]] = {
    "base": set(),
    "tasks": {"base"},
    "run": {"base"},
    "figures": {"base", "run"},
    "pages": {"base"},
    "llm": {"base", "tasks", "run"},
    "format": {"base", "tasks", "run"},
    "profiles": {"base", "figures", "llm"},
    "portraits": {"base", "run"},
    "questions": {"base", "tasks", "llm"},
    "release": {"base", "tasks", "run", "format"},
    "imports": {"base", "tasks", "run", "format", "release"},
    "audit": {"base", "tasks", "figures", "run", "format"},
    "preview": {"base", "tasks", "run", "format", "pages"},
    "hub": {"base", "run", "format", "release"},
    "baseline": {"base", "tasks", "run", "llm", "format", "pages"},
    "pipeline": {
        *("base", "tasks", "figures", "run", "llm", "format", "profiles", "portraits", "questions", "release", "audit")
    },
}
"""What each part may import besides itself; a stage never imports another."""
FACES = {"__init__", "__main__", "api", "cli"}
"""What users call: these import everything, in the functions that need it."""


def _part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    parts = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module == "builder":
                parts |= {alias.name for alias in node.names}
            elif node.module and node.module.startswith("builder."):
                parts.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            parts |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("builder.")}
    return parts


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_point_downwards(path: Path) -> None:
    part = _part(path)
    if part in FACES:
        return
    assert part in LAYERS, f"say in this test what {part} may import"
    forbidden = _imports(path) - LAYERS[part] - {part}
    assert not forbidden, f"{path.relative_to(PACKAGE)} imports {', '.join(sorted(forbidden))}"


def test_every_part_still_exists_and_is_explained() -> None:
    parts = {_part(path) for path in PACKAGE.rglob("*.py")}
    assert set(LAYERS) == parts - FACES
    table = re.findall(
        r"^\| `(\w+)/` \|.*\| ([^|]*) \|$", (PACKAGE.parent / "CONTRIBUTING.md").read_text(), re.MULTILINE
    )
    assert {name: set(re.findall(r"`(\w+)`", may)) for name, may in table} == LAYERS


def test_no_part_imports_what_imports_it() -> None:
    order = list(LAYERS)
    assert all(order.index(below) < order.index(part) for part, parts in LAYERS.items() for below in parts)


def _rooms_of_baseline() -> dict[str, set[str]]:
    """What each folder and each loose file of `baseline` imports of the others."""
    folder, rooms = PACKAGE / "baseline", dict[str, set[str]]()
    for path in folder.rglob("*.py"):
        room = path.relative_to(folder).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("builder.baseline"):
                inside = node.module.split(".")[2:]
                named = inside[:1] or [alias.name for alias in node.names]
                rooms.setdefault(room, set()).update(set(named) - {room})
    return rooms


def test_the_rooms_of_baseline_form_no_cycle() -> None:
    sorter = graphlib.TopologicalSorter(_rooms_of_baseline())
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"{' imports '.join(reversed(error.args[1]))}")


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import builder", set()),
        ("import builder.api", set()),
        ("from builder.cli import cli; cli(['status', '--help'], standalone_mode=False)", {"click"}),
    ],
)
def test_what_users_start_with_loads_nothing_heavy(code: str, allowed: set[str]) -> None:
    command = [sys.executable, "-c", f"import sys; {code}; print('loaded', *sys.modules)"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    loaded = said.rpartition("loaded ")[2].split()
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith("_")} - {"builder", *allowed} == set()
    assert {name for name in loaded if name.startswith("builder.")} <= {
        "builder.api",
        "builder.base",
        "builder.base.errors",
        "builder.base.version",
        "builder.cli",
    }
