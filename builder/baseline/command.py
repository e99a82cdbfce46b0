"""What the command `baseline` does: prepare, run, report."""

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.base.errors import BenchError, CallError
from builder.baseline import attacks, methods, settings
from builder.format.reading import MANIFEST
from builder.llm.remote.access import Access, check, sender

if TYPE_CHECKING:
    from builder.baseline.planning import Plan


def baseline(
    release: Path,
    given: Mapping[str, Any],
    changes: Iterable[str] = (),
    out: Path | None = None,
    *,
    home: Path | None = None,
    fresh: bool = False,
    rescore: bool = False,
    access: Access | None = None,
) -> str:
    """Run what is not finished and report, or with `rescore` report again from what is stored. Returns what to print.

    Results go to `out`, else beside the folder `home` of a run or release, else into the working folder. `access` says
    how a judge is reached: when it fails, BenchError is raised after the report was written without its marks.
    """
    from builder.baseline import planning
    from builder.baseline.evaluation import general
    from builder.baseline.report import writing

    _quiet()
    chosen = _with_names(given)
    resolved = settings.resolve(chosen, changes, methods.knobs(chosen["methods"]))
    if not rescore:
        general.check(resolved.general, tiny=resolved.tiny)
    folder = out or default_folder(home, resolved.model)
    if rescore and not (folder / "settings.json").is_file():
        raise CallError(f"{folder} holds no baseline run to score again; name its folder with --out.")
    plan = planning.prepare(release, resolved, folder, fresh=fresh and not rescore)
    if not rescore:
        _make_and_report(plan, access or Access())
    return writing.describe(writing.write(plan), plan.folder.report)


def _make_and_report(plan: "Plan", access: Access) -> None:
    """Make what is not finished. Whatever stops that, a report says what there is by then."""
    from builder.baseline.report import writing

    try:
        _make(plan, access)
    except BenchError:
        with contextlib.suppress(BenchError):  # the first fault is the one to be told of
            writing.write(plan)
        raise


def _make(plan: "Plan", access: Access) -> None:
    """Make and evaluate what is not finished, and have it judged when there is a judge."""
    from builder.baseline import running
    from builder.baseline.report import writing

    judge = plan.settings.judge
    if judge is None:
        running.run(plan)
        return
    if running.unfinished(plan):
        check(judge, access)
    with sender(plan.folder.path, judge, access, "judge") as asking:
        running.run(plan)
        writing.write(plan)  # a judge that fails costs its marks and nothing else
        running.have_judged(plan, judge, asking)


def default_folder(home: Path | None, model: str) -> Path:
    """Where results go when nobody says: outputs/quick/baseline/tiny, for the run and for the release inside it."""
    name = Path("baseline") / Path(model).name
    if home is None:
        return name
    return (home.parent if (home / MANIFEST).is_file() else home) / name


def _with_names(given: Mapping[str, Any]) -> dict[str, Any]:
    given = {**given, "general": _names(given.get("general") or "")}
    given["attacks"] = attacks.DEFAULT if given.get("attacks") is None else _names(given["attacks"])
    attacks.made(given["attacks"])
    named = given.get("methods")
    if given.get("evaluate_only"):
        if named:
            raise CallError("--evaluate-only runs no method; leave out --methods.")
        return {**given, "methods": ()}
    if named is None:
        return {**given, "methods": methods.DEFAULT}
    chosen = _names(named)
    methods.labelled(chosen)
    return {**given, "methods": chosen}


def _names(listed: str) -> tuple[str, ...]:
    """The names of a list with commas between, each once."""
    return tuple(dict.fromkeys(name.strip() for name in listed.split(",") if name.strip()))


def _quiet() -> None:
    """Our own bars say how work goes; transformers' say how weights are read."""
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
