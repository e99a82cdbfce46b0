"""What `import builder` offers, as its page in docs/ shows it."""

import re
from pathlib import Path

import pytest

import builder

PAGE = Path(__file__).parent.parent / "docs" / "python.md"


def test_the_page_runs_from_start_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, momentary: None) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL):
        exec(block, names)


def test_everything_offered_is_there_and_on_the_page() -> None:
    page = PAGE.read_text()
    for name in builder.__all__:
        assert getattr(builder, name).__doc__
        assert name in page, f"docs/python.md says nothing of {name}"


def test_a_name_that_is_not_offered_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'generat'"):
        builder.generat  # type: ignore[attr-defined]  # noqa: B018
    assert set(builder.__all__) <= set(dir(builder))


def test_a_path_is_a_folder_and_never_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(builder.BenchError, match="org/name has no version"):
        builder.verify(Path("org/name"))


def test_the_offline_writer_asks_no_model(tmp_path: Path) -> None:
    with pytest.raises(builder.CallError, match="offline writer uses no model"):
        builder.generate("quick", tmp_path / "run", max_cost=1.0)
    with pytest.raises(builder.CallError, match="offline writer uses no model"):
        builder.estimate("quick")
    assert not (tmp_path / "run").exists()
