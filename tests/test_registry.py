"""What can be chosen by name: listed, named wrongly, and lying in a file of one's own."""

from pathlib import Path

import pytest

from builder.base.errors import CallError
from builder.base.registry import Registry
from tests.conftest import Run

COLOURS: Registry[str] = Registry(
    "colour",
    "build_bench.colours",
    {"red": ("string:ascii_lowercase", "like blood"), "reed": ("string:digits", "")},
    must_be="a text",
    fits=lambda found: isinstance(found, str),
    about=lambda found: f"as {found}",
)


@pytest.mark.parametrize(
    "kind",
    ["tasks", "methods", "metrics", "attacks", "painters", "writers", "layouts", "importers", "recipes", "audits"],
)
def test_list_prints_a_line_for_each_with_its_origin(kind: str, run: Run) -> None:
    lines = run("list", kind).output.splitlines()
    assert len(lines) > 1
    origins = {line.index("built in") for line in lines}
    assert len(origins) == 1, "aligned"
    assert all(line.partition("built in")[2].strip() for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("list", "mothods"), "There is no kind 'mothods' (did you mean 'methods'?); there are"),
        (
            ("generate", "qick"),
            "There is no recipe 'qick' (did you mean 'quick'?); there are flux-schnell, flux2-klein, mllmu,",
        ),
        (("generate", "quick", "--painter", "offlin"), "There is no painter 'offlin' (did you mean 'offline'?)"),
        (("generate", "quick", "--writer", "openia"), "There is no writer 'openia' (did you mean 'openai'?)"),
    ],
)
def test_an_unknown_name_is_answered_with_those_near(arguments: tuple[str, ...], sentence: str, run: Run) -> None:
    said = run(*arguments)
    assert said.exit_code == 2 and sentence in said.output


def test_several_near_names_are_all_said() -> None:
    with pytest.raises(CallError, match=r"There is no colour 'rede' \(did you mean '\w+' or '\w+'\?\); there are red,"):
        COLOURS.get("rede")


def test_two_of_one_label_are_refused() -> None:
    assert COLOURS.by_label(["red", "os:sep", "red"]) == {"red": "red", "sep": "os:sep"}
    with pytest.raises(CallError, match="colours os:sep and posixpath:sep would both be called 'sep'; leave one out"):
        COLOURS.by_label(["os:sep", "posixpath:sep"])


def test_a_line_is_read_from_the_thing_where_none_is_written() -> None:
    assert {each.name: each.line for each in COLOURS.described()} == {"red": "like blood", "reed": "as 0123456789"}


def test_a_module_of_the_working_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_colours.py").write_text("MINE = 'mauve'\nclass Palette:\n    dark = 'navy'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["/nowhere"])
    assert COLOURS.get("my_colours:MINE") == "mauve" and COLOURS.label("my_colours:MINE") == "MINE"
    assert COLOURS.get("my_colours:Palette.dark") == "navy" and COLOURS.label("my_colours:Palette.dark") == "dark"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("string:Template", "string:Template is no colour: it must be a text."),
        ("nowhere_at_all:MINE", "The colour nowhere_at_all:MINE of nowhere_at_all cannot be loaded: ModuleNotFound"),
        ("string:nothing", "cannot be loaded: AttributeError"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(CallError, match=sentence):
        COLOURS.get(name)
