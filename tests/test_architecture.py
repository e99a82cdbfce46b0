"""The shape of the package: who may import whom, and what the command line may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import builder

PACKAGE = Path(builder.__file__).parent
BASE = {"errors", "bundled", "plain_text", "randomness", "records", "recipe", "schemas"}
LAYERS: dict[str, set[str]] = {
    **dict.fromkeys(BASE, BASE),
    "public_figures": BASE,
    "wikidata": BASE,
    "run": BASE,
    "llm": BASE | {"run"},
    "profiles": BASE | {"run", "llm", "public_figures"},
    "portraits": BASE | {"run", "llm"},
    "questions": BASE | {"run", "llm"},
    "reading": BASE,
    "release": BASE | {"run", "reading"},
    "audit": BASE | {"run", "reading", "public_figures", "wikidata"},
    "pages": BASE,
    "preview": BASE | {"run", "reading", "pages"},
    "hub": BASE | {"run", "reading", "release"},
    "baseline": BASE | {"run", "reading", "llm", "pages"},
    "stages": BASE | {"run", "llm", "profiles", "portraits", "questions"},
    "estimate": BASE | {"run", "llm", "profiles", "questions"},
    "generation": BASE
    | {"run", "llm", "profiles", "portraits", "questions", "release", "stages"}
    | {"reading", "audit", "wikidata"},
}
"""What each part may import besides itself; a stage never imports another. Only `cli` imports everything."""


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
    if part in {"cli", "__init__", "__main__"}:
        return
    assert part in LAYERS, f"say in this test what {part} may import"
    forbidden = _imports(path) - LAYERS[part] - {part, "__version__"}
    assert not forbidden, f"{path.relative_to(PACKAGE)} imports {', '.join(sorted(forbidden))}"


def test_every_part_still_exists() -> None:
    assert set(LAYERS) <= {_part(path) for path in PACKAGE.rglob("*.py")}


def test_the_command_line_loads_click_and_nothing_heavy() -> None:
    code = "import sys, builder.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    third_party = loaded - set(sys.stdlib_module_names) - {"__main__", "builder", "click"}
    assert not {name for name in third_party if not name.startswith("_")}, third_party
