"""Tuning: the same protocol for every method, on people and with a seed that are not reported."""

import dataclasses
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builder.base import schemas
from builder.base.errors import BenchError
from builder.baseline import making, methods, planning, running, settings
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.unlearning import unlearn
from builder.baseline.planning import Plan
from builder.baseline.report import writing
from builder.baseline.settings import resolve
from builder.baseline.tuning import protocol as tuning
from builder.baseline.tuning.protocol import Run, choose, crowd_of, grid
from tests.baseline.people import crowd_of as made_crowd

SMALL = {"train.epochs": 0.3, "train.batch": 16, "train.monitor": 0, "unlearn.batch": 8, "evaluate.max_new_tokens": 4}
TRAINING = sorted(name for name in methods.METHODS if methods.make(name, {}).trains)


def mark(step: int, forget: float, retain: float) -> dict[str, float]:
    return {"step": float(step), "forget/text/cloze": forget, "forget": forget, "retain": retain}


VANILLA, ORACLE = mark(0, 1.0, 0.8), mark(0, 0.25, 0.8)


def test_the_nearest_point_that_keeps_enough_is_taken() -> None:
    runs = [
        Run({"lr": 1.0}, [VANILLA, mark(2, 0.5, 0.75), mark(4, 0.25, 0.7), mark(6, 0.0, 0.1)], 8),
        Run({"lr": 0.5}, [VANILLA, mark(4, 0.35, 0.73), mark(8, 0.35, 0.8)], 8),
    ]
    found = choose(runs, VANILLA, ORACLE)
    assert found is not None and found.keeps
    # .7 is less than .9 x .8; of two points equally near the earlier is taken
    assert found.knobs == {"lr": 0.5, "steps": 1.0} and found.distance == pytest.approx(0.1)


def test_to_know_less_than_the_oracle_is_no_better_than_more() -> None:
    runs = [Run({}, [VANILLA, mark(1, 0.0, 0.8), mark(2, 0.4, 0.8)], 2)]
    found = choose(runs, VANILLA, ORACLE)
    assert found is not None and found.mark["forget"] == 0.4


def test_where_none_keeps_enough_the_one_that_keeps_most_is_taken_and_said_so() -> None:
    found = choose([Run({}, [VANILLA, mark(1, 0.3, 0.5), mark(2, 0.25, 0.1)], 2)], VANILLA, ORACLE)
    assert found is not None and not found.keeps and found.mark["retain"] == 0.5
    assert choose([Run({}, [VANILLA], 2)], VANILLA, ORACLE) is None, "a run that failed has no point but its start"


@pytest.mark.parametrize("name", TRAINING)
def test_every_method_has_the_same_budget_and_a_grid_of_its_own_knobs(name: str) -> None:
    found = grid(methods.METHODS.get(name))
    assert len(found) == 6 and len({json.dumps(each) for each in found}) == 6
    for knobs in found:
        dataclasses.replace(methods.make(name, {}), **knobs)


def test_tuning_forgets_other_people_in_whole_fours() -> None:
    crowd = made_crowd(forget=4, retain=12, holdout=1)
    ours = crowd_of(crowd, 1000)
    assert len(ours.forget) == 4 and len({each.profile.quartet for each in ours.forget}) == 1
    assert not {*_ids(ours.forget)} & {*_ids(crowd.forget)}
    assert {*_ids(ours.trained)} == {*_ids(crowd.trained)} and ours.holdout == crowd.holdout
    assert ours.forget == crowd_of(crowd, 1000).forget
    with pytest.raises(BenchError, match="--tune needs more than the 4 people of the retain set"):
        crowd_of(made_crowd(forget=4, retain=4, holdout=1), 1000)


def _ids(people: Any) -> list[str]:
    return [each.profile.id for each in people]


@pytest.fixture
def planned(shallow: None, tmp_path: Path) -> Callable[[], Plan]:
    crowd = made_crowd(forget=4, retain=8, holdout=1)

    def make() -> Plan:
        given = {"methods": ("graddiff", "prompting"), "tune": True}
        found = resolve(given, {**SMALL, "graddiff.gamma": 2}, methods.knobs())
        folder = BaselineFolder(tmp_path / "run")
        folder.claim(found, "0" * 64, fresh=False)
        return planning.plan(crowd, found, folder)

    return make


def test_a_tuned_run_takes_what_was_chosen_goes_on_and_says_so(
    planned: Callable[[], Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "grid", lambda method: [{"lr": 0.5, "alpha": 1.0}, {"lr": 1e34, "alpha": 1.0}])
    monkeypatch.setattr(tuning, "PASSES", 0.5)
    ran = list[str]()

    def stopped(*given: Any) -> Any:
        if len(ran) == 1:
            ran.append("killed")
            raise KeyboardInterrupt
        ran.append(given[8])
        return unlearn(*given)

    monkeypatch.setattr("builder.baseline.tuning.protocol.unlearn", stopped)
    with pytest.raises(KeyboardInterrupt):
        running.run(planned())
    plan = planned()
    running.run(plan)
    assert ran == ["graddiff", "killed", "graddiff"], "the first run of the grid is not made again"
    found = writing.write_report(plan)
    schemas.check("results", found)
    told = found["tuning"]
    assert told["seed"] == 1000 and not {*told["people"]} & {*_ids(plan.crowd.forget)}
    chosen = told["methods"]["graddiff"]["chosen"]
    assert chosen["knobs"]["lr"] == 0.5 and 0 < chosen["knobs"]["steps"] <= 0.5
    assert told["methods"]["graddiff"]["runs"][1]["marks"] == [], "it diverged, and costs nobody else anything"
    assert {*told["methods"]} == {"graddiff"}, "prompting has nothing to tune"
    made = plan.folder.finished(0, "graddiff")
    assert made is not None and made["knobs"] == {**chosen["knobs"], "gamma": 2.0}, "what is set by hand stays"
    table = (plan.folder.report / "table.md").read_text()
    assert "## How methods were tuned" in table and "| graddiff | 2 | lr 0.5, alpha 1, steps " in table
    assert found["models"]["oracle"]["marks"]["0"]["forget/text/cloze"] <= 1
    monkeypatch.setattr(making, "make_model", lambda *given: pytest.fail("nothing is left to be made"))
    running.run(planned())


def test_what_was_chosen_for_the_embedded_model_is_the_default() -> None:
    stored = tomllib.loads(settings._CHOICES.read_text())["tiny"]
    assert {*stored} <= {*TRAINING}
    plain, tuned = (resolve({"tune": tune}, {}, methods.knobs()) for tune in (False, True))
    assert plain.knobs == stored and tuned.knobs == {}
    for name, knobs in stored.items():
        assert {*knobs} <= {*methods.knobs()[name]}
