"""Bad input gets one clear sentence that names the thing, the place and the way out, and a non-zero exit code."""

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("qick",), "There is no recipe 'qick' (did you mean 'quick'?)"),
        (("nowhere.toml",), "There is no recipe file nowhere.toml"),
        (("quick", "--set", "portraits.sise=384"), "unknown key 'portraits.sise' (did you mean 'portraits.size'?)"),
        (("quick", "--set", "shard_size=4"), "unknown key 'shard_size' (did you mean 'run.shard_size'?)"),
        (("quick", "--set", "portraits.size=7"), "portraits.size = 7: input should be greater than or equal to 32"),
        (("quick", "--set", "portraits.size=big"), "portraits.size = 'big': input should be a valid integer"),
        (
            ("quick", "--set", "portraits.format=bmp"),
            "portraits.format = 'bmp': input should be 'png', 'jpeg' or 'webp'",
        ),
        (("quick", "--set", "portraits.size"), "--set takes key=value"),
        (("quick", "--set", "seed.more=1"), "'seed' is a value, not a section"),
        (("quick", "--set", 'profiles.locales=["en_XX"]'), "There is no locale 'en_XX' (did you mean '"),
        (("quick", "--set", "profiles.locales=[]"), "locales is empty"),
        (("quick", "--set", "splits.forget=[10, 5]"), "forget must list percentages between 1 and 99, ascending"),
        (("quick", "--seed", "-1"), "seed = -1: input should be greater than or equal to 0"),
        (("quick", "--profiles", "0"), "profiles.count = 0: input should be greater than or equal to 4"),
        (("quick", "--profiles", "22"), "profiles.count = 22: input should be a multiple of 4"),
        (("quick", "--profiles", "8"), "profiles.count = 8 makes 2 fours"),
        (
            ("quick", "--profiles", "89000", "--set", 'profiles.locales=["de_DE"]'),
            "name more locales or fewer profiles",
        ),
        (("quick", "--workers", "0"), "0 is not in the range x>=1"),
        (
            ("quick", "--set", "questions.wrong_answers=9"),
            "questions.wrong_answers = 9: input should be less than or equal to 3",
        ),
    ],
)
def test_a_wrong_call_is_explained(tmp_path: Path, run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    result = run("generate", *arguments, "--out", tmp_path / "run")
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())
    assert "Traceback" not in result.output
    assert not (tmp_path / "run").exists()


def test_a_bad_line_of_toml_is_named_by_its_number(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "my.toml"
    path.write_text('name = "my"\n\n[portraits]\nsize = = 3\n')
    result = run("generate", path, "--out", tmp_path / "run")
    assert result.exit_code == 2
    assert "my.toml is not valid TOML" in result.output
    assert "line 4" in result.output


def test_the_folder_of_another_recipe_is_refused(made: Path, run: Run) -> None:
    result = run("generate", "quick", "--out", made)
    assert result.exit_code == 2
    assert (
        "holds the run of recipe 'tiny' with seed 3, not of 'quick' with seed 7; choose another --out" in result.output
    )


def test_the_folder_of_another_seed_is_refused(made: Path, run: Run) -> None:
    result = run("generate", made / "recipe.toml", "--seed", "5", "--out", made)
    assert result.exit_code == 2
    assert "not of 'tiny' with seed 5" in result.output


def test_a_folder_that_is_no_run_is_refused(tiny: Path, run: Run) -> None:
    result = run("generate", tiny, "--out", tiny.parent)
    assert result.exit_code == 2
    assert "is not empty and not a run" in result.output


def test_an_output_folder_that_is_a_file_is_refused(tiny: Path, run: Run) -> None:
    result = run("generate", tiny, "--out", tiny)
    assert result.exit_code == 2
    assert "is a file, not a folder" in result.output


def test_an_output_folder_that_cannot_be_written_is_refused(tiny: Path, run: Run) -> None:
    result = run("generate", tiny, "--out", "/proc/build-bench")  # nobody can write there, not even root
    assert result.exit_code == 2
    assert "/proc/build-bench cannot be written" in result.output


def test_status_of_a_folder_that_is_no_run(tmp_path: Path, run: Run) -> None:
    result = run("status", tmp_path)
    assert result.exit_code == 2
    assert "is not a run: it has no recipe.toml" in result.output
