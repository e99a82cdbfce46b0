"""`generate` and `status`: the whole line from a recipe to a release, and how far a run has come."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

from builder import audit, profiles, tasks
from builder.base import recipe as recipes
from builder.base.errors import CallError
from builder.base.recipe import Recipe
from builder.figures.wikidata import MEMORY, Wikidata
from builder.format.reading import open_release
from builder.llm import wording_report
from builder.llm.judge import judge_sample
from builder.llm.remote.access import Access, Sender, open_sender
from builder.llm.response_cache import ResponseCache
from builder.llm.writer import asks_model
from builder.pipeline.public_figures import public_figures
from builder.pipeline.results import Generated, MadeSlice, Status
from builder.pipeline.stages import WORDED, portraits_stage, stages_of
from builder.portraits import staging
from builder.release.build import build
from builder.release.public_figures import PublicFigures
from builder.run import engine, slices
from builder.run.fetching import Fetcher
from builder.run.folder import RECIPE, RunFolder
from builder.run.shards import Failure
from builder.run.slices import Slice
from builder.run.survey import survey
from builder.run.workers import Workers, available

Engine = Literal["local", "ray"]
"""What does the work: processes of this machine, or a Ray cluster."""


def generate(
    recipe: Recipe,
    out: Path,
    workers: int | None = None,
    access: Access | None = None,
    *,
    wikidata: bool = False,
    engine: Engine = "local",
    address: str | None = None,
) -> Generated:
    """Bring the run in `out` up to date with `recipe`, lay out its release and audit it.

    A failed audit is reported and takes nothing away. `workers` is the number of processes, by default one for each
    processor. `access` says how a language model may be reached, where the recipe has one. With `wikidata` it is asked
    for everybody's name before anything is made, and those who are found are named anew. With the engine "ray" the work
    is done by the Ray cluster at `address`, or by one of its own on this machine.
    """
    figures = _check(recipe)
    if engine == "ray" and asks_model(recipe):
        raise CallError(
            "--engine ray is for writers that ask no model: its answers are kept in a file that one machine writes. "
            "Several machines take --slice."
        )
    out = out.absolute() if engine == "ray" else out
    started = time.monotonic()
    run, access = RunFolder(out), access or Access()
    if wikidata:
        recipe = _without_the_known(recipe, run)
    stages = stages_of(recipe)
    with run.opened_for(recipe, partial(_take_in, run)), _workers(workers, engine, address) as pool:
        if access.resend_rejected:
            _forget_rejected(run)
        with _open_outside(run, recipe, access) as (fetchers, sender):
            failures = _make(run, recipe, pool, fetchers)
            opinions = judge_sample(run, recipe, sender, access.judged)
        rebuilt = build(run, stages, recipe, failures, pool, wording_report.describe_shares(out, recipe), figures)
        report = _audit_release(run.release, pool, wikidata)
    return Generated(
        recipe=recipe,
        folder=run.path,
        release=open_release(run.release),
        failures=tuple(failures),
        audit=report,
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
        writing=(*wording_report.lines(out, recipe, sender), *opinions),
    )


def generate_slice(
    recipe: Recipe, out: Path, slice: Slice, workers: int | None = None, access: Access | None = None
) -> MadeSlice:
    """Bring one slice of the run in `out` up to date with `recipe`; others may be made at the same time, anywhere.

    `generate` without a slice then settles near-duplicates, lays out the release and audits it.
    """
    _check(recipe)
    started = time.monotonic()
    run = RunFolder(out, slice)
    with (
        run.opened_for(recipe, partial(_take_in, run)),
        Workers(workers or available()) as pool,
        _open_outside(run, recipe, access or Access()) as (fetchers, sender),
    ):
        failures = _make(run, recipe, pool, fetchers)
    return MadeSlice(
        recipe=recipe,
        folder=run,
        failures=tuple(failures),
        seconds=time.monotonic() - started,
        writing=tuple(wording_report.lines(run.own, recipe, sender)),
    )


def status(path: Path) -> Status:
    """How far the run in `path` has come. Raises CallError when there is none."""
    run = RunFolder(path)
    recipe = run.recipe()
    stages = survey(run, stages_of(recipe), recipe)
    return Status(
        path, recipe, {name: tuple(statuses) for name, statuses in stages.items()}, tuple(slices.at_work(path))
    )


def _workers(count: int | None, engine: Engine, address: str | None) -> Workers:
    if engine == "ray":
        from builder.run.ray_workers import RayWorkers

        return RayWorkers(address, count)
    if address:
        raise CallError("--address names a Ray cluster; use it with --engine ray.")
    return Workers(count or available())


def _check(recipe: Recipe) -> PublicFigures | None:
    """The public figures of the run. Raises CallError if the recipe asks for what there is not."""
    profiles.check_capacity(recipe)
    tasks.check(recipe)
    return public_figures(recipe)


def _take_in(run: RunFolder, folders: Sequence[Path]) -> None:
    """Take over what models answered the slices that kept it in `folders`."""
    answers = ResponseCache(run.path)
    answers.take_in(folders, shared=run.slice is not None)
    if run.slice and answers.batches():
        raise CallError(f"{run.path} waits for a batch; run the same command without --slice until it is fetched.")


@contextmanager
def _open_outside(
    run: RunFolder, recipe: Recipe, access: Access
) -> Iterator[tuple[Mapping[str, Fetcher | None], Sender | None]]:
    """What the stages need from outside is fetched by, by the stage's name, and the sender among them."""
    with (
        staging.fetcher(portraits_stage(recipe), run.path, recipe) as painting,
        open_sender(run, recipe, access) as sender,
    ):
        yield {"profiles": sender, "portraits": painting, "questions": sender}, sender


def _make(run: RunFolder, recipe: Recipe, pool: Workers, fetchers: Mapping[str, Fetcher | None]) -> list[Failure]:
    worded = partial(wording_report.refuse_fallback, run.own, recipe)
    return engine.make(run, stages_of(recipe), recipe, pool, fetchers, worded)


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


def _forget_rejected(run: RunFolder) -> None:
    """Have the requests sent again that the server rejected, and the texts made again that were worded without them.

    The texts go first: whatever ends this early, the same command finds the rejected requests once more.
    """
    answers = ResponseCache(run.path)
    if answers.refused():
        for stage in WORDED:
            shutil.rmtree(run.path / stage, ignore_errors=True)
        answers.forget_refused()


def _audit_release(path: Path, pool: Workers, wikidata: bool) -> audit.Report | None:
    """The report on the release in `path`: the one that stands, or a new one; None when the release holds nobody.

    One with `wikidata` is always new: what is known there changes.
    """
    release = open_release(path)
    if not release.fictitious:
        return None
    if wikidata:
        return audit.audit(release, pool, wikidata=True)
    return audit.stands(release) or audit.audit(release, pool)
