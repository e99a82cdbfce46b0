import tomllib
from datetime import date, datetime, time
from pathlib import Path

import pytest

from builder.base import recipe as recipes
from builder.base.errors import CallError
from tests.conftest import Run


@pytest.mark.parametrize("name", recipes.bundled_names())
@pytest.mark.parametrize("documented", [True, False])
def test_a_recipe_survives_being_written_and_read(tmp_path: Path, name: str, documented: bool) -> None:
    recipe = recipes.load(name)
    path = tmp_path / "copy.toml"
    path.write_text(recipes.to_toml(recipe, documented=documented))
    assert recipes.load(str(path)) == recipe


def test_show_prints_every_knob_with_what_it_does(run: Run) -> None:
    shown = run("recipe", "show", "mllmu").output
    lines = [line for line in shown.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            assert lines[number - 1].startswith("# "), f"nothing says what this does: {line}"
    assert tomllib.loads(shown)["profiles"]["count"] == 500


def test_show_states_what_was_set(run: Run) -> None:
    shown = run("recipe", "show", "quick", "--set", "portraits.format=png", "--set", "splits.forget=[2, 20]").output
    assert tomllib.loads(shown)["portraits"]["format"] == "png"
    assert tomllib.loads(shown)["splits"]["forget"] == [2, 20]


def test_list_names_the_bundled_recipes(run: Run) -> None:
    assert [line.split()[0] for line in run("list", "recipes").output.splitlines()] == [
        "flux-schnell", "flux2-klein", "mllmu", "mmubench", "mmubench-quick", "quick", "sd15", "sd3", "sdxl",
        "sdxl-turbo",
    ]  # fmt: skip


def test_a_file_without_a_name_goes_by_its_own(tmp_path: Path) -> None:
    path = tmp_path / "my-bench.toml"
    path.write_text("seed = 1\n")
    assert recipes.load(str(path)).name == "my-bench"


def test_a_date_of_toml_is_a_day(tmp_path: Path) -> None:
    assert recipes.load("quick", {"profiles.as_of": date(2024, 2, 29)}).profiles.as_of == "2024-02-29"
    (tmp_path / "r.toml").write_text("[profiles]\nas_of = 2024-02-29\n")
    assert recipes.load(str(tmp_path / "r.toml")).profiles.as_of == "2024-02-29"
    for value in ("2025-02-30", datetime(2025, 1, 1, 10), time(7)):
        with pytest.raises(CallError, match=r"as_of = .* is not a date.*write YYYY-MM-DD"):
            recipes.load("quick", {"profiles.as_of": value})
