"""What the command `baseline` does: prepare, run, report."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.base.errors import BenchError, CallError
from builder.baseline import attacks, methods, settings
from builder.format.reading import MANIFEST
from builder.llm.remote.access import Access, check, sender
from builder.run.workers import available

if TYPE_CHECKING:
    from builder.baseline.planning import Plan


@dataclass(frozen=True)
class Baseline:
    """What a baseline found, the content of results.json, and the folder of its report.

    Printed, it reads as the command's output.
    """

    results: Mapping[str, Any]
    report: Path

    def __str__(self) -> str:
        from builder.baseline.report import writing

        return writing.describe(self.results, self.report)


def baseline(
    release: Path,
    given: Mapping[str, Any],
    changes: Mapping[str, Any],
    out: Path | None = None,
    *,
    home: Path | None = None,
    fresh: bool = False,
    rescore: bool = False,
    workers: int | None = None,
    access: Access | None = None,
) -> Baseline:
    """Run what is not finished and report, or with `rescore` report again from the stored outcomes.

    `workers` models are made side by side; by default one for each processor if the model is the embedded one and there
    is no GPU, and else one. Results go to `out`, else beside the folder `home` of a run or release, else into the
    working folder. `access` says how to reach a judge; if the judge fails, BenchError is raised after the report is
    written without its marks.
    """
    from builder.baseline import people, planning
    from builder.baseline.evaluation import general
    from builder.baseline.report import writing

    chosen = _with_reference(_with_defaults(given))
    if chosen.get("forget") is None:
        chosen["forget"] = people.usual_forget(release)
    resolved = settings.resolve(chosen, changes, methods.knobs(chosen["methods"]))
    if not rescore:
        general.check(resolved.general, tiny=resolved.tiny)
    folder = out or default_folder(home, resolved.model)
    if rescore and not (folder / "settings.json").is_file():
        raise CallError(f"{folder} holds no baseline run to score again; name its folder with --out.")
    plan = planning.prepare(release, resolved, folder, fresh=fresh and not rescore)
    if not rescore:
        _make_and_report(plan, access or Access(), workers or _workers_for(plan))
    return Baseline(writing.write_report(plan), plan.folder.report)


def _workers_for(plan: "Plan") -> int:
    import torch

    return available() if plan.settings.tiny and not torch.cuda.is_available() else 1


def _make_and_report(plan: "Plan", access: Access, workers: int = 1) -> None:
    """Make what is not finished. If anything stops that, a report still covers what there is."""
    from builder.baseline.report import writing

    try:
        _make(plan, access, workers)
    except BenchError:
        with contextlib.suppress(BenchError):  # the first fault is the one to report
            writing.write_report(plan)
        raise


def _make(plan: "Plan", access: Access, workers: int) -> None:
    """Make and evaluate what is not finished, and have it judged when there is a judge."""
    from builder.baseline import running
    from builder.baseline.report import writing

    judge = plan.settings.judge
    if judge is None:
        running.run(plan, workers)
        return
    if running.unfinished_models(plan):
        check(judge, access)
    with sender(plan.folder.path, judge, access, "judge") as asking:
        running.run(plan, workers)
        writing.write_report(plan)  # a failing judge costs only its marks
        running.have_judged(plan, judge, asking)


def default_folder(home: Path | None, model: str) -> Path:
    """The default folder for results: outputs/quick/baseline/tiny, both for the run and for the release inside it."""
    name = Path("baseline") / Path(model).name
    if home is None:
        return name
    return (home.parent if (home / MANIFEST).is_file() else home) / name


def _with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    given = {**given, "attacks": given.get("attacks", attacks.DEFAULT)}
    attacks.make_attacks(given["attacks"])
    if given.get("evaluate_only"):
        if given.get("methods"):
            raise CallError("--evaluate-only runs no method; leave out --methods.")
        return {**given, "methods": ()}
    given = {**given, "methods": given.get("methods", methods.DEFAULT)}
    methods.METHODS.by_label(given["methods"])
    return given


def _with_reference(given: dict[str, Any]) -> dict[str, Any]:
    """The published figures in place of the file that holds them."""
    from builder.baseline.report import reference, table

    path = given.get("reference")
    return given if path is None else {**given, "reference": reference.read(path, table.mllmu_heads())}
