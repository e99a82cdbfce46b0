"""Each stage makes the records that its version stands for."""

from dataclasses import replace

import pytest

from tests.pipeline import golden
from tests.pipeline.golden import COMMAND, Golden, fault


@pytest.fixture(scope="module")
def made() -> dict[str, Golden]:
    return golden.made()


@pytest.mark.parametrize("name", golden.kept())
def test_a_stage_makes_the_records_of_its_version(made: dict[str, Golden], name: str) -> None:
    before = golden.kept()[name]
    wrong = fault(name, before, made[name])
    assert not wrong, wrong
    if before.libraries != made[name].libraries:
        pytest.skip(f"the digests are of {dict(before.libraries)}")


def test_every_stage_has_a_digest(made: dict[str, Golden]) -> None:
    assert made.keys() == golden.kept().keys()


def test_what_to_do_is_said() -> None:
    before = Golden(2, {"numpy": "2.0"}, basis="a", records="b")
    others = replace(before, records="c")
    assert fault("portraits", before, before) == ""
    assert "raise the version in builder/pipeline/stages.py" in fault("portraits", before, others)
    assert fault("portraits", before, replace(others, libraries={"numpy": "2.1"})) == ""
    for now in (replace(others, version=3), replace(others, basis="d")):
        assert COMMAND in fault("portraits", before, now) and "raise" not in fault("portraits", before, now)
    assert COMMAND in fault("new", None, before)
