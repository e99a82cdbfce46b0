"""What the commands do, as functions: the command line and `import builder` both call these.

Each takes plain arguments and returns plain data; printed, it reads as the command's output. Whatever goes wrong raises
BenchError in one sentence, CallError when the call is at fault. A SOURCE is a run's or a release's folder, or a version
on the Hugging Face Hub or in a local folder that serves as one: "organisation/name@v1.0.0". The work is imported where
it is done, so that nobody waits for what they do not use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.base.errors import BenchError, CallError

if TYPE_CHECKING:
    from builder.audit import Report
    from builder.base.recipe import Recipe
    from builder.baseline.command import Baseline
    from builder.baseline.comparing.command import Comparison
    from builder.figures.fetching import CheckedReferences, Fetched
    from builder.format.reading import Release
    from builder.hub.results import Published, Verified
    from builder.imports import Imported
    from builder.llm.remote.access import Access
    from builder.pipeline.embedding import Embedded
    from builder.pipeline.estimate import Estimate
    from builder.pipeline.generation import Engine
    from builder.pipeline.results import Generated, MadeSlice, Status
    from builder.release.diff import Difference


def load_recipe(
    recipe: str | Path | Mapping[str, Any] | Recipe = "mllmu", settings: Mapping[str, Any] | None = None
) -> Recipe:
    """Read a recipe and check it.

    Args:
        recipe: A bundled recipe's name, the path of a TOML file, or a mapping shaped as such a file.
        settings: Knobs to change, by their dotted keys: {"profiles.count": 80, "seed": 7}.
    """
    from builder.base import recipe as recipes

    return recipes.load(recipe, settings or {})


def generate(
    recipe: str | Path | Mapping[str, Any] | Recipe = "mllmu",
    out: str | Path | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    api_key_file: str | Path | None = None,
    max_cost: float | None = None,
    batch: bool = False,
    resend_rejected: bool = False,
    judge: int = 0,
    wikidata: bool = False,
    engine: Engine = "local",
    address: str | None = None,
) -> Generated:
    """Make a benchmark from a recipe, lay out its release and audit it.

    Stopped or killed, the same call goes on where it was. A changed recipe makes again only what the change touches.
    A failed audit is reported and raises nothing.

    Args:
        recipe: See `load_recipe`.
        out: The run's folder; "outputs/<recipe's name>" when it is not given.
        settings: See `load_recipe`.
        workers: The number of processes; one for each processor when it is not given.
        api_key_file: A file with the key of the writer's server; the environment's OPENAI_API_KEY otherwise.
        max_cost: Stop before the writer's language model costs more, in the currency of the recipe's prices.
        batch: Ask the writer's model through the Batch API.
        resend_rejected: Send the requests again that the writer's server rejected.
        judge: The number of people whose texts the writer's model is to judge.
        wikidata: Ask Wikidata for every name first; who is found there is named anew.
        engine: "ray" has a Ray cluster do the work.
        address: That of the cluster, such as "auto"; without one, a cluster is started on this machine.
    """
    from builder.llm.remote.access import Access
    from builder.pipeline import generation

    resolved = load_recipe(recipe, settings)
    access = _checked(Access(_path(api_key_file), max_cost, batch, judge, resend_rejected), resolved)
    return generation.generate(
        resolved, _folder(out, resolved), workers, access, wikidata=wikidata, engine=engine, address=address
    )


def generate_slice(
    recipe: str | Path | Mapping[str, Any] | Recipe = "mllmu",
    out: str | Path | None = None,
    *,
    slice: str,
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    api_key_file: str | Path | None = None,
    max_cost: float | None = None,
    batch: bool = False,
) -> MadeSlice:
    """Make one slice of a benchmark, at the same time as others, on any machine that shares the run's folder.

    `generate` then lays out the release and audits it; it has the same bytes as without slices.

    Args:
        recipe: See `load_recipe`; the same for all slices.
        out: The run's folder, shared by all slices; "outputs/<recipe's name>" when it is not given.
        slice: "2/8" for the second of eight.
        settings: See `load_recipe`.
        workers: See `generate`.
        api_key_file: See `generate`.
        max_cost: As for `generate`, for all slices together: each stops before it costs more than its share.
        batch: See `generate`.
    """
    from builder.llm.remote.access import Access
    from builder.pipeline import generation
    from builder.run.slices import Slice

    resolved, wanted = load_recipe(recipe, settings), Slice.parse(slice)
    access = _checked(Access(_path(api_key_file), max_cost, batch), resolved)
    return generation.generate_slice(resolved, _folder(out, resolved), wanted, workers, access)


def estimate(
    recipe: str | Path | Mapping[str, Any] | Recipe = "mllmu", settings: Mapping[str, Any] | None = None
) -> Estimate:
    """Work out what the writer's language model would be asked, and cost. Nothing is sent."""
    from builder.llm.writer import check_model
    from builder.pipeline import estimate as estimates

    resolved = load_recipe(recipe, settings)
    check_model(resolved)
    return estimates.estimate(resolved)


def status(run: str | Path) -> Status:
    """Look at what of a run is made, what failed and why, and what is left."""
    from builder.pipeline import generation

    return generation.status(Path(run))


def open_release(source: str | Path) -> Release:
    """Open the release that SOURCE names, to read its people, portraits and questions."""
    from builder.hub.sources import open_source

    return open_source(_named(source)).release


def fetch_figures(
    folder: str | Path = "figures", *, contact: str, count: int | None = None, with_pictures: bool = False
) -> Fetched:
    """Ask Wikidata and Wikimedia Commons for the public figures, and keep references to items and pictures in a folder.

    Stopped or killed, the same call goes on; what was answered is not asked again.

    Args:
        folder: Where references, attribution and answers are kept.
        contact: An e-mail or web address of yours: both sites want to know who asks.
        count: Ask for the first of the roster only, so many.
        with_pictures: Download the pictures, too, and check each by its sha1.
    """
    from builder.figures import fetching

    return fetching.fetch(Path(folder), contact, count, with_pictures=with_pictures)


def check_figures(folder: str | Path = "figures", *, contact: str) -> CheckedReferences:
    """Ask anew for everybody in a folder of `fetch_figures`: items, and the licence and sha1 of each picture.

    Args:
        folder: The folder.
        contact: An e-mail or web address of yours.
    """
    from builder.figures import fetching

    return fetching.check(Path(folder), contact)


def embed_figures(source: str | Path, to: str | Path, *, folder: str | Path = "figures", contact: str) -> Embedded:
    """Copy the release that SOURCE names, with the pictures of public figures that it refers to.

    Each picture is downloaded from Wikimedia Commons and checked by its sha1. What the folder has is not asked for.

    Args:
        source: A release that was made with references and without pictures.
        to: The copy, a new folder.
        folder: Where the files of the pictures are kept; `fetch_figures` makes such a folder, too.
        contact: An e-mail or web address of yours.
    """
    from builder.pipeline import embedding

    return embedding.embed(open_release(source), Path(folder), Path(to), contact)


def audit_release(
    path: str | Path, *, names: str | Path | None = None, workers: int | None = None, wikidata: bool = False
) -> Report:
    """Check whether the benchmark in a run's or release's folder is sound, and keep the report in audit.json beside it.

    Args:
        path: The folder.
        names: A text file of further names that nobody may bear, one a line.
        workers: The number of processes; one for each processor when it is not given.
        wikidata: Ask Wikidata for the people and organisations, too.
    """
    from builder import audit

    return audit.audit_path(Path(path), _path(names), workers, wikidata=wikidata)


def preview_release(path: str | Path, *, workers: int | None = None) -> Path:
    """Build the page to look at the people in a run's or release's folder; return its index.html."""
    from builder import preview

    return preview.preview_path(Path(path), workers)


def publish(
    run: str | Path,
    repo: str | Path,
    *,
    version: str | None = None,
    dry_run: bool = False,
    public: bool = False,
    create_pr: bool = False,
    allow_failed_audits: Collection[str] = (),
) -> Published:
    """Publish a run as a version that never changes: one commit, one tag.

    Interrupted, the same call finishes the work; made twice, it changes nothing.

    Args:
        run: The run's folder.
        repo: "organisation/name" on the Hugging Face Hub, or a folder: "./somewhere" or a Path.
        version: Three numbers, greater than the last version's; what the changes ask for when it is not given.
        dry_run: Only say what would be published and what changed.
        public: Open the repository to all; without it a new one is private.
        create_pr: Propose a pull request; the same call tags it once it is merged.
        allow_failed_audits: Checks of the audit that may fail.
    """
    from builder.hub import command
    from builder.hub.publishing import PublishOptions
    from builder.hub.versions import Version
    from builder.questions.laws import faults

    request = PublishOptions(Version.parse(version) if version else None, public, create_pr)
    return command.publish(Path(run), _named(repo), request, faults, dry_run=dry_run, allowed=allow_failed_audits)


def verify(source: str | Path, *, workers: int | None = None) -> Verified:
    """Check every file, record, law and split of the release that SOURCE names."""
    from builder.hub import command
    from builder.questions.laws import faults

    return command.verify(_named(source), faults, workers)


def diff(before: str | Path, after: str | Path) -> Difference:
    """Find what changed from one SOURCE to another: people, questions, images, columns, schemas."""
    from builder.release import diff as diffs

    return diffs.diff(open_release(before), open_release(after))


def export(source: str | Path, layout: str, to: str | Path) -> list[str]:
    """Write the release that SOURCE names in the layout of another tool; return what users of the copy should know.

    Args:
        source: The release.
        layout: A name that `build-bench list layouts` prints, or "my_package:write".
        to: A new or empty folder.
    """
    from builder.release import exports

    return exports.export(open_release(source), layout, Path(to))


def import_set(layout: str, source: str | Path, to: str | Path) -> Imported:
    """Read a benchmark that others made into a release, to verify, preview, audit, export and run it.

    What its makers did not write is absent. What is wrong in it is set aside and listed in imported.jsonl.

    Args:
        layout: A name that `build-bench list importers` prints, or "my_package:read".
        source: A folder, or a dataset on the Hugging Face Hub: "organisation/name@revision".
        to: A new or empty folder.
    """
    from builder import imports
    from builder.hub.sources import fetch_foreign

    found = fetch_foreign(_named(source))
    return imports.import_set(found.path, layout, Path(to), name=found.repository, revision=found.commit)


def run_baseline(
    source: str | Path,
    out: str | Path | None = None,
    *,
    model: str = "tiny",
    forget: int | None = None,
    methods: Iterable[str] | None = None,
    modality: str | None = None,
    lora: int | None = None,
    precision: str | None = None,
    seed: int | None = None,
    seeds: int | None = None,
    settings: Mapping[str, Any] | None = None,
    attacks: Iterable[str] | None = None,
    tune: bool = False,
    general: Iterable[str] | None = None,
    evaluate_only: bool = False,
    judge: str | None = None,
    base_url: str | None = None,
    api_key_file: str | Path | None = None,
    max_cost: float | None = None,
    reference: str | Path | None = None,
    workers: int | None = None,
    rescore: bool = False,
    fresh: bool = False,
) -> Baseline:
    """Fine-tune, unlearn and evaluate a model on the release that SOURCE names, and report.

    Stopped or killed, the same call goes on; models that are finished are not made again. Needs
    `pip install "build-bench[baseline]"`.

    Args:
        source: The release. It is verified first.
        out: The folder of results; "baseline/<model>" in the run, or beside the release, when it is not given.
        model: "tiny", the embedded model; a folder; or a model's name on the Hub.
        forget: Which forget set, in percent of the people; 10, or the smallest there is, when it is not given.
        methods: The unlearning methods to run: names that `build-bench list methods` prints, or "my_package:MyMethod";
            ga, graddiff, kl and npo when none are given.
        attacks: Likewise; membership inference when none are given.
        modality: "image" or "text" to unlearn from the questions of one modality alone.
        lora: Train a low-rank adapter of this rank, not all weights.
        precision: The numbers to train in: "auto", "fp32", "bf16" or "fp16".
        seed: The first seed; 0 when it is not given.
        seeds: How many seeds; 1 when it is not given.
        settings: Any knob by its dotted key: {"train.lr": 1e-5}.
        tune: Tune every method first, by the same protocol, on other people.
        general: Tasks of lmms-eval that measure general ability: "mmmu_val", "pope".
        evaluate_only: Evaluate the model as it is; train nothing.
        judge: The language model that marks the open answers, as its server calls it.
        base_url: The judge's server, ending in /v1; OpenAI's own when it is not given.
        api_key_file: A file with the judge's key; the environment's OPENAI_API_KEY otherwise.
        max_cost: Stop before the judge costs more.
        reference: A TOML file of published figures, to stand beside ours in the table of MLLMU-Bench's layout.
        workers: How many models are made side by side, each in a process of its own; when it is not given, one for each
            processor for the embedded model, and else one.
        rescore: Make the report again from the stored outputs, without any model.
        fresh: Drop the finished models of an earlier run first.
    """
    from builder import baseline

    baseline.check_installed()
    from builder.baseline import command
    from builder.llm.remote.access import Access

    if judge is None and any(option is not None for option in (base_url, api_key_file, max_cost)):
        raise CallError("--base-url, --api-key-file and --max-cost are for a judge; name its model with --judge.")
    verified = verify(source)
    if not verified.sound:
        raise BenchError(str(verified))
    given = {
        "model": model,
        "forget": forget,
        "methods": _each_once(methods),
        "attacks": _each_once(attacks),
        "lora": lora,
        "precision": precision,
        "seed": seed,
        "seeds": seeds,
        "tune": tune,
        "general": _each_once(general),
        "evaluate_only": evaluate_only,
        "reference": _path(reference),
        "judge": judge and {"model": judge, **({"base_url": base_url} if base_url else {})},
    }
    return command.baseline(
        verified.release.path,
        {key: value for key, value in given.items() if value is not None},
        {**(settings or {}), **({"unlearn.modality": modality} if modality else {})},
        _path(out),
        home=Path(source) if Path(source).is_dir() else None,
        fresh=fresh,
        rescore=rescore,
        workers=workers,
        access=Access(_path(api_key_file), max_cost),
    )


def compare(
    runs: Iterable[str | Path],
    out: str | Path = "comparison",
    *,
    mix: bool = False,
    eval_results: str | None = None,
) -> Comparison:
    """Lay several baseline runs side by side as one leaderboard: a page, a Markdown table and JSON.

    Args:
        runs: The folders of results, of different methods, models or seeds.
        out: The folder of the leaderboard.
        mix: Allow runs of different releases, or with settings that make their figures incomparable.
        eval_results: "organisation/name" of the published release: write the Hub's evaluation results of every model.
    """
    from builder import baseline

    baseline.check_installed()
    from builder.baseline.comparing import command

    return command.compare([Path(run) for run in runs], Path(out), mix=mix, dataset=eval_results)


def _each_once(names: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(dict.fromkeys(names))


def _checked(access: Access, recipe: Recipe) -> Access:
    """How a model may be reached. Raises CallError if the recipe's writer asks none."""
    from builder.llm.remote.access import Access
    from builder.llm.writer import check_model

    if access != Access():
        check_model(recipe)
    return access


def _folder(out: str | Path | None, recipe: Recipe) -> Path:
    return _path(out) or Path("outputs") / recipe.name


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def _named(source: str | Path) -> str:
    """A source as it is written: a Path is a folder, never a repository of the Hub."""
    return source if isinstance(source, str) else str(source.absolute())
