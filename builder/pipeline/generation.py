"""`generate` and `status`: the whole line from a recipe to a release, and how far a run has come."""

import json
import shlex
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from builder import audit, profiles
from builder.base import recipe as recipes
from builder.base.recipe import Recipe
from builder.figures.wikidata import MEMORY, Wikidata
from builder.format.reading import open_release
from builder.llm import summing
from builder.llm.judge import judged
from builder.llm.remote.access import Access, opened
from builder.pipeline.stages import portraits_stage, stages_of
from builder.portraits import staging
from builder.release.build import build
from builder.release.contents import Contents, of_release
from builder.run import engine
from builder.run.folder import RECIPE, RunFolder
from builder.run.shards import Failure
from builder.run.survey import ShardStatus, survey
from builder.run.workers import Workers, available


@dataclass(frozen=True)
class Summary:
    """What `generate` did."""

    recipe: Recipe
    run: RunFolder
    contents: Contents
    failures: list[Failure]
    rebuilt: bool
    seconds: float
    report: audit.Report | None = None
    writing: list[str] = field(default_factory=list)


def generate(
    recipe: Recipe,
    out: Path,
    workers: int | None = None,
    access: Access | None = None,
    *,
    wikidata: bool = False,
) -> Summary:
    """Bring the run in `out` up to date with `recipe`, lay out its release and audit it.

    A failed audit is reported and takes nothing away. `workers` is the number of processes, by default one for each
    processor. `access` says how a language model may be reached, where the recipe has one. With `wikidata` it is asked
    for everybody's name before anything is made, and those who are found are named anew.
    """
    profiles.check_capacity(recipe)
    started = time.monotonic()
    run = RunFolder(out)
    if wikidata:
        recipe = _without_the_known(recipe, run)
    stages = stages_of(recipe)
    with run.opened_for(recipe), Workers(workers or available()) as pool:
        with (
            staging.fetcher(portraits_stage(recipe), out, recipe) as painting,
            opened(out, recipe, access or Access()) as sender,
        ):
            fetchers = {"profiles": sender, "portraits": painting, "questions": sender}
            worded = partial(summing.refuse_fallback, out, recipe)
            failures = engine.make(run, stages, recipe, pool, fetchers, worded)
            opinions = judged(run, recipe, sender, access.judged if access else 0)
        rebuilt = build(run, stages, recipe, failures, summing.worded(out, recipe))
        report = _audited(run.release, pool, wikidata)
    seconds = time.monotonic() - started
    writing = summing.lines(out, recipe, sender) + opinions
    return Summary(
        recipe,
        run,
        of_release(run.release, recipe, open_release(run.release).segments),
        failures,
        rebuilt,
        seconds,
        report,
        writing,
    )


def _without_the_known(recipe: Recipe, run: RunFolder) -> Recipe:
    """The recipe, with the names barred under which Wikidata knows somebody; those that the run bars already are kept.

    Whoever is named anew is asked for in turn, until nobody is found.
    """
    barred = recipe.profiles.barred_names
    if (run.path / RECIPE).is_file():
        barred += run.recipe().profiles.barred_names
    recipe = recipes.with_barred_names(recipe, barred)
    with run.opened_for(recipe):
        asked = Wikidata(run.path / MEMORY)
        while found := asked.found("person", profiles.all_names(recipe)):
            recipe = recipes.with_barred_names(recipe, (*recipe.profiles.barred_names, *found))
    return recipe


def _audited(path: Path, pool: Workers, wikidata: bool) -> audit.Report | None:
    """The report on the release in `path`: the one that stands, or a new one; None when the release holds nobody.

    One with `wikidata` is always new: what is known there changes.
    """
    release = open_release(path)
    if not any(release.segments.values()):
        return None
    if wikidata:
        return audit.audit(release, pool, wikidata=True)
    return audit.stands(release) or audit.audit(release, pool)


def describe(summary: Summary) -> str:
    """What was made, what failed and why, where it lies, and what to do next."""
    release, recipe = summary.run.release, summary.recipe
    counts = ", ".join(f"{config.name} {summary.contents.config_rows(config)}" for config in summary.contents.configs)
    made = sum(map(len, summary.contents.segments.values()))
    lines = [
        f"{made} people of recipe '{recipe.name}', seed {recipe.seed}, in {summary.seconds:.1f} s."
        if summary.rebuilt
        else f"Nothing to do: {made} people of recipe '{recipe.name}', seed {recipe.seed}, are complete.",
        f"  people in each split: {counts}",
    ]
    lines += _failure_lines(summary.failures, summary.run)
    lines += [f"  {line}" for line in summary.writing]
    if summary.report:
        lines.append(audit.describe(summary.report, summary.run.path / audit.REPORT))
    code = f'from datasets import load_dataset; print(load_dataset({json.dumps(str(release))}, "train"))'
    lines += [
        f"  release: {release}",
        "To look at it:",
        f"  build-bench preview {shlex.quote(str(summary.run.path))} --open",
        f"  python -c {shlex.quote(code)}",
    ]
    return "\n".join(lines)


def describe_status(path: Path) -> str:
    """How each stage of the run in `path` stands, why, what failed, and what to do next."""
    run = RunFolder(path)
    recipe = run.recipe()
    stages = survey(run, stages_of(recipe), recipe)
    lines = [
        f"{path}: recipe '{recipe.name}', seed {recipe.seed}, {recipe.total} people in {len(stages['profiles'])} shards"
    ]
    for name, statuses in stages.items():
        lines += _stage_lines(name, statuses)
    lines += _failure_lines(
        [failure for statuses in stages.values() for each in statuses for failure in each.failures], run
    )
    done = all(each.state == "made" for statuses in stages.values() for each in statuses)
    if done and (run.release / "manifest.json").is_file():
        lines.append(f"  release: {run.release}")
    else:
        command = ["build-bench", "generate", str(path / "recipe.toml"), "--out", str(path)]
        lines.append(f"Continue with: {shlex.join(command)}")
    return "\n".join(lines)


def _stage_lines(name: str, statuses: list[ShardStatus]) -> list[str]:
    counts = Counter(status.state for status in statuses)
    reasons = Counter(status.why for status in statuses if status.state in ("damaged", "outdated"))
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    return [f"  {name:<10} {states}", *(f"    {count} x {why}" for why, count in reasons.most_common(5))]


def _failure_lines(failures: list[Failure], run: RunFolder) -> list[str]:
    if not failures:
        return ["  failed: nobody"]
    lines = [f"  failed: {len(failures)}, listed in {run.failures}"]
    return lines + [f"    {each.profile_id} in {each.stage}: {each.reason}" for each in failures[:5]]
