"""Memory: judging many people takes hardly more of it than judging few, as nobody's notes are held."""

import tracemalloc
from pathlib import Path

import pytest

from builder.audit import sameness
from builder.audit.interface import Setting
from builder.audit.notes import Notebook, notebook, page
from builder.audit.registry import audits
from builder.format.reading import Person
from tests.audit.people import RECIPE, world

FEW, MANY = 60, 180
PAGE = 25
MOST_BYTES_A_PERSON = 4000
"""Notes as they are written take three times as much, and more when they are read."""


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return world(MANY, pictures=True)


def _noted(notes: Notebook, people: list[Person]) -> int:
    """Write everybody's notes; return their bytes."""
    setting = Setting(RECIPE, len(people))
    total = 0
    for number, start in enumerate(range(0, len(people), PAGE)):
        some = people[start : start + PAGE]
        noted = [(each.profile.id, {audit.name: audit.observe(each, setting) for audit in audits()}) for each in some]
        written = page(number, "retain" if number % 2 else "forget_5", noted)
        notes.add(written)
        total += sum(map(len, written.notes.values()))
    return total


def _peaks(notes: Notebook, people: int) -> dict[str, int]:
    """The bytes that each audit's judgement takes at its worst."""
    setting = Setting(RECIPE, people)
    peaks = {}
    for audit in audits():
        audit.assess(notes.of(audit.name), setting)  # what is loaded once and kept is not what is measured
        tracemalloc.start()
        audit.assess(notes.of(audit.name), setting)
        peaks[audit.name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peaks


def test_memory_hardly_grows_with_the_people(
    people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sameness, "MOST", FEW // 2)  # beyond so many people no more biographies are compared
    peaks = []
    for count in (FEW, MANY):
        with notebook(tmp_path) as notes:
            written = _noted(notes, people[:count])
            peaks.append(_peaks(notes, count))
    assert written / MANY > 2 * MOST_BYTES_A_PERSON  # else it shows nothing
    growth = {name: (peaks[1][name] - peak) / (MANY - FEW) for name, peak in peaks[0].items()}
    assert {name: grown for name, grown in growth.items() if grown > MOST_BYTES_A_PERSON} == {}


def test_notes_are_read_by_id_whatever_the_order_of_their_pages(tmp_path: Path) -> None:
    with notebook(tmp_path) as notes:
        notes.add(page(1, "retain", [("00001", {"a": {"x": 1}}), ("00003", {"a": {"x": 3, "y": 9}})]))
        notes.add(page(0, "forget_5", [("00000", {"a": {"x": 0}}), ("00002", {"a": {"x": 2}, "b": {"x": 7}})]))
        found = notes.of("a")
        assert len(found) == 4
        assert found.topics == ["x", "y"]
        assert [(seen.id, seen.segment, seen.note) for seen in found.of("x")] == [
            ("00000", "forget_5", 0),
            ("00001", "retain", 1),
            ("00002", "forget_5", 2),
            ("00003", "retain", 3),
        ]
        assert [seen.id for seen in found.of("y")] == ["00003"]
        assert list(found.of("z")) == []
        assert list(tmp_path.iterdir()) == []  # nothing is left behind, however the process ends
