"""People who look like each other are painted again, the higher number, however the run came about."""

import dataclasses
import io
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from builder.base.records import Portrait
from builder.portraits import OfflinePainter, Order
from builder.portraits.resemblance import perceptual_hash
from builder.portraits.views import scene
from builder.run import engine, remaking, shards
from tests.conftest import Run
from tests.folders import digests
from tests.portraits.people import order, somebody

TWINS = {"00004": 1, "00013": 1, "00009": 3}
"""Who looks like person 1, and how often they do when they are made again."""


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """Makes some people twins of person 1. The list fills with all references that are painted."""
    original = OfflinePainter.paint
    painted: list[Order] = []

    def paint(painter: OfflinePainter, orders: Sequence[Order]) -> list[Image.Image]:
        painted.extend(each for each in orders if each.view == "reference")
        return original(painter, [_as_person_1(each) if _is_twin(each) else each for each in orders])

    monkeypatch.setattr(OfflinePainter, "paint", paint)
    return painted


def _is_twin(each: Order) -> bool:
    return each.profile_id == "00001" or each.casting < TWINS.get(each.profile_id, 0)


def _as_person_1(each: Order) -> Order:
    one = somebody(1)
    looks = dataclasses.replace(each, appearance=one.appearance, gender=one.gender, age_group=one.age_group)
    there = scene(each.seed, "00001", each.view, each.index)
    return dataclasses.replace(looks, profile_id="00001", casting=0, scene=there)


def _castings(painted: Sequence[Order]) -> dict[str, int]:
    castings: dict[str, int] = {}
    for each in painted:
        castings[each.profile_id] = max(each.casting, castings.get(each.profile_id, 0))
    return {name: times for name, times in castings.items() if times}


def _references(out: Path) -> dict[str, str]:
    found: list[Portrait] = []
    for path in sorted((out / "portraits").glob("*.parquet")):
        found += shards.read(path, Portrait)
    return {each.profile_id: each.sha256 for each in found if each.view == "reference"}


def _generate(run: Run, brief: Path, out: Path, *arguments: str) -> None:
    result = run("generate", brief, "--out", out, "--workers", "1", *arguments)
    assert result.exit_code == 0, result.output


def test_the_higher_number_is_painted_again_until_it_is_unlike(
    twins: list[Order], brief: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "run"
    _generate(run, brief, out)
    assert _castings(twins) == TWINS
    memory = json.loads((out / "portraits" / "made-again.json").read_text())
    assert {name: len(entry["set_aside"]) for name, entry in memory.items()} == TWINS
    counts = Counter(each.profile_id for each in twins)
    assert counts == {f"{number:05d}": 1 + TWINS.get(f"{number:05d}", 0) for number in range(28)}, "nobody else again"
    assert "11 made" not in run("status", out).output
    assert "5 made" in run("status", out).output

    twins.clear()
    assert "Nothing to do" in run("generate", brief, "--out", out, "--workers", "1").output
    assert not twins


def test_it_does_not_matter_how_the_run_came_about(
    twins: list[Order], brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, grown, broken, sliced = (tmp_path / name for name in ("whole", "grown", "broken", "sliced"))
    _generate(run, brief, whole)
    _generate(run, brief, grown, "--profiles", "20")
    _generate(run, brief, grown)
    with monkeypatch.context() as trouble:
        remember = remaking.remember

        def stopped(*arguments: object) -> bool:
            remember(*arguments)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        trouble.setattr(engine, "remember", stopped)
        assert run("generate", brief, "--out", broken, "--workers", "1").exit_code == 130
    _generate(run, brief, broken)
    for number in (2, 1):
        _generate(run, brief, sliced, "--slice", f"{number}/2")
    _generate(run, brief, sliced)
    assert digests(whole / "release") == digests(broken / "release") == digests(grown / "release")
    assert digests(whole / "portraits") == digests(broken / "portraits") == digests(sliced / "portraits")
    assert digests(whole / "release") == digests(sliced / "release")


def test_what_is_remembered_ends_with_the_recipe_that_made_it(
    twins: list[Order], brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    _generate(run, brief, out)
    twins.clear()
    _generate(run, brief, out, "--set", "portraits.quality=80")
    assert _castings(twins) == TWINS
    twins.clear()
    _generate(run, brief, out, "--set", "portraits.apart=0")
    assert _castings(twins) == {}
    assert len(set(_references(out).values())) == 28 - len(TWINS)


def test_somebody_who_always_looks_like_another_is_recorded(
    twins: list[Order], brief: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TWINS, "00013", 99)
    out = tmp_path / "run"
    _generate(run, brief, out, "--set", "run.max_failure_rate=0.1")
    [failure] = map(json.loads, (out / "failures.jsonl").read_text().splitlines())
    assert failure["profile_id"] == "00013"
    assert "cast 8 times, and looked like a person of a lower number each time" in failure["reason"]


def test_a_mark_survives_what_changes_no_person() -> None:
    def differing(first: Image.Image, second: Image.Image) -> int:
        return (int(perceptual_hash(first), 16) ^ int(perceptual_hash(second), 16)).bit_count()

    painter, rng = OfflinePainter(), random.Random(0)
    for number in range(12):
        [picture, other] = painter.paint([order(number, size=256), order(number + 1, size=256)])
        buffer = io.BytesIO()
        ImageEnhance.Brightness(picture).enhance(rng.uniform(0.95, 1.05)).save(buffer, "JPEG", quality=85)
        assert differing(picture, Image.open(buffer)) <= 20
        assert differing(picture, other) > 40
