"""The command line: each command parses, calls the function of `builder` that does the work, and prints its result.

Nothing heavy is imported before it is needed, so that --help is instant.
"""

import sys
from collections.abc import Callable
from typing import Any, Literal

import click

import builder
from builder.base.errors import BenchError, CallError


class _Shown(click.ClickException):
    """An error as the command line shows it: one message, no traceback, its own exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance

    def show(self, file: Any = None) -> None:
        click.echo(f"build-bench: {self.message}", file=file or sys.stderr)


class _Commands(click.Group):
    """Turns the project's own errors into messages."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BenchError as error:
            raise _Shown(str(error), error.exit_code) from error
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            from builder.run.files import full_disk

            if not full_disk(error):
                raise
            message = f"the disk is full ({error}). Free some space and run the same command to continue."
            raise _Shown(message, 1) from error
        except KeyboardInterrupt:
            message = "stopped. Everything finished is kept; run the same command to continue."
            raise _Shown(message, 130) from None


def _parse_settings(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    """The values of --set by their keys."""
    if not given:
        return {}
    from builder.base.settings import parse_change

    return dict(map(parse_change, given))


def _settings_option(text: str) -> Callable[[Any], Any]:
    return click.option(
        "--set", "settings", multiple=True, callback=_parse_settings, metavar="KEY=VALUE", help=f"{text}; repeatable."
    )


def _split(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    """The names in a list with commas between."""
    return None if given is None else tuple(name.strip() for name in given.split(",") if name.strip())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(builder.__version__, prog_name="build-bench")
def cli() -> None:
    """Build, publish and check multimodal-unlearning benchmarks about people who do not exist."""


@cli.command()
@click.argument("recipe", default="mllmu")
@click.option("--out", type=click.Path(), help="Folder of the run.  [default: outputs/<recipe's name>]")
@click.option("--seed", type=int, help="A different seed makes different people.")
@click.option("--profiles", type=int, help="How many people; the same as --set profiles.count=N.")
@_settings_option("Any setting of the recipe")
@click.option("--figures", type=click.Path(), help="Folder of 'figures fetch': sources of the public figures.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
@click.option("--painter", help="What makes the portraits: a name of 'build-bench list painters'.")
@click.option("--painter-model", help="The painter's pipeline: a Hub id or a folder.")
@click.option("--device", help="Where the painter's model runs: auto, cpu, mps, cuda, cuda:1.")
@click.option("--writer", help="What words the texts: a name of 'build-bench list writers'.")
@click.option("--writer-model", help="The writer's language model, as its server calls it.")
@click.option("--base-url", help="The writer's server, ending in /v1.  [default: OpenAI's own]")
@click.option("--api-key-file", type=click.Path(), help="A file with the key.  [default: OPENAI_API_KEY]")
@click.option("--estimate", is_flag=True, help="Print the number of requests and their cost; send nothing.")
@click.option("--max-cost", type=click.FloatRange(min=0), help="Stop before the writer's model costs more than this.")
@click.option("--batch", is_flag=True, help="Use the Batch API: half the price, within a day.")
@click.option("--resend-rejected", is_flag=True, help="Send again what the writer's server rejected (HTTP 400).")
@click.option("--judge", type=click.IntRange(min=1), metavar="N", help="Have a model rate the texts of N people.")
@click.option("--wikidata", is_flag=True, help="Look up every name in Wikidata first; rename those found.")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", help="What works: processes, or Ray.")
@click.option("--address", help="The Ray cluster: auto, or HOST:PORT.  [default: one on this machine]")
@click.option("--slice", metavar="I/N", help="Make only the I-th of N shares of the shards; finish without --slice.")
@click.option("--model", help="The model of the writer or painter just chosen: --painter diffusers --model ID.")
def generate(
    recipe: str,
    out: str | None,
    seed: int | None,
    profiles: int | None,
    settings: dict[str, Any],
    figures: str | None,
    workers: int | None,
    painter: str | None,
    painter_model: str | None,
    device: str | None,
    writer: str | None,
    writer_model: str | None,
    base_url: str | None,
    api_key_file: str | None,
    estimate: bool,
    max_cost: float | None,
    batch: bool,
    resend_rejected: bool,
    judge: int | None,
    wikidata: bool,
    engine: Literal["local", "ray"],
    address: str | None,
    slice: str | None,
    model: str | None,
) -> None:
    """Make a benchmark from RECIPE: the name of a bundled recipe or a TOML file.

    After a stop or a crash, the same command continues where it left off. If the recipe changed, only what the
    change affects is made again.
    """
    from builder.llm.writer import check_model

    asked = {
        "seed": seed,
        "profiles.count": profiles,
        "public_figures.references": figures,
        "portraits.painter": painter,
        "diffusion.model": painter_model,
        "diffusion.device": device,
        "writer.kind": writer,
        "chat.model": writer_model,
        "chat.base_url": base_url,
        **_model_for(painter, writer, model),
    }
    settings |= {key: value for key, value in asked.items() if value is not None}
    resolved = builder.load_recipe(recipe, settings)
    if not (writer_model is base_url is None):
        check_model(resolved)
    if estimate:
        click.echo(builder.estimate(resolved))
        return
    how: dict[str, Any] = {
        "workers": workers,
        "api_key_file": api_key_file,
        "max_cost": max_cost,
        "batch": batch,
    }
    if slice is not None:
        if wikidata or resend_rejected or judge:
            raise CallError("--wikidata, --judge and --resend-rejected concern the whole run; leave --slice away.")
        if engine != "local":
            raise CallError("A slice is made by processes of one machine; leave --slice or --engine away.")
        click.echo(builder.generate_slice(resolved, out, slice=slice, **how))
        return
    click.echo(
        builder.generate(
            resolved,
            out,
            **how,
            resend_rejected=resend_rejected,
            judge=judge or 0,
            wikidata=wikidata,
            engine=engine,
            address=address,
        )
    )


def _model_for(painter: str | None, writer: str | None, model: str | None) -> dict[str, str]:
    """The setting that --model changes: that of the one maker who is named and has a model."""
    from builder.base.makers import PAINTERS, WRITERS

    if model is None:
        return {}
    named = [makers.get(name).model_key for makers, name in ((PAINTERS, painter), (WRITERS, writer)) if name]
    keys = [key for key in named if key]
    if len(keys) != 1:
        raise CallError(
            "--model needs exactly one of --painter and --writer that has a model; use --painter-model or "
            "--writer-model instead."
        )
    return {keys[0]: model}


@cli.command()
@click.argument("run", type=click.Path())
def status(run: str) -> None:
    """Show what of RUN is done, what failed and why, and what is left."""
    click.echo(builder.status(run))


@cli.command("audit")
@click.argument("path", metavar="RUN|RELEASE", type=click.Path())
@click.option("--names", type=click.Path(), help="A text file with more names that nobody may have, one per line.")
@click.option("--wikidata", is_flag=True, help="Also look up the people and organisations in Wikidata.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def audit_command(path: str, names: str | None, wikidata: bool, workers: int | None) -> None:
    """Check whether the benchmark in RUN or RELEASE is sound, and write the report to audit.json.

    Exits with 1 if a check fails.
    """
    from builder import audit

    report = builder.audit_release(path, names=names, workers=workers, wikidata=wikidata)
    click.echo(audit.describe(report, builder.open_release(path).beside(audit.REPORT), every=True))
    if not report.passed:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("run", type=click.Path())
@click.option("--repo", required=True, help="ORGANISATION/NAME on the Hub, or a folder: ./somewhere.")
@click.option("--version", help="Three numbers, greater than the last version.  [default: follows from the changes]")
@click.option("--dry-run", is_flag=True, help="Show what would be published and what changed; send nothing.")
@click.option("--public", is_flag=True, help="Make the repository public; new ones are private by default.")
@click.option(
    "--create-pr", is_flag=True, help="Open a pull request; once it is merged, run without this option to set the tag."
)
@click.option(
    "--allow-failed-audit", "allowed", multiple=True, metavar="CHECK", help="A check that may fail; repeatable."
)
def publish(
    run: str, repo: str, version: str | None, dry_run: bool, public: bool, create_pr: bool, allowed: tuple[str, ...]
) -> None:
    """Publish RUN as a version that never changes: one commit, one tag.

    After an interruption, the same command finishes the work. Running it twice changes nothing.
    """
    published = builder.publish(
        run,
        repo,
        version=version,
        dry_run=dry_run,
        public=public,
        create_pr=create_pr,
        allow_failed_audits=allowed,
    )
    click.echo(published)


@cli.command()
@click.argument("source")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def verify(source: str, workers: int | None) -> None:
    """Check every file, record, law and split of SOURCE: a run, a release, or ORGANISATION/NAME@v1.0.0.

    Exits with 1 if anything is wrong, and names the file and the row.
    """
    verified = builder.verify(source, workers=workers)
    click.echo(verified)
    if not verified.sound:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Show what changed from BEFORE to AFTER: people, questions, images, schemas.

    Each is a run, a release, or ORGANISATION/NAME@v1.0.0.
    """
    difference = builder.diff(before, after)
    click.echo(f"From {before} to {after}:\n{difference}" if difference else difference)


@cli.command("preview")
@click.argument("path", metavar="RUN|RELEASE", type=click.Path())
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def preview_command(path: str, open_it: bool, workers: int | None) -> None:
    """Build a page to browse RUN or RELEASE: a static site that needs no network."""
    index = builder.preview_release(path, workers=workers)
    click.echo(index)
    if open_it:
        click.launch(index.resolve().as_uri())


@cli.command()
@click.argument("source")
@click.option("--layout", required=True, help="A name of 'build-bench list layouts', or my_package:write.")
@click.option("--to", required=True, type=click.Path(), help="A new or empty folder.")
def export(source: str, layout: str, to: str) -> None:
    """Write SOURCE in the layout of a tool: a run, a release, or ORGANISATION/NAME@v1.0.0."""
    notes = builder.export(source, layout, to)
    click.echo("\n".join([f"{source} is in {to}, in the layout {layout}.", *(f"Note: {note}." for note in notes)]))


@cli.command("import")
@click.argument("layout")
@click.argument("source")
@click.option("--to", required=True, type=click.Path(), help="A new or empty folder.")
def import_command(layout: str, source: str, to: str) -> None:
    """Read SOURCE, a benchmark that others made, into a release in --to.

    LAYOUT is a name of 'build-bench list importers', or my_package:read. SOURCE is a folder or a dataset of the Hub,
    ORGANISATION/NAME@REVISION.
    """
    click.echo(builder.import_set(layout, source, to))


@cli.command("baseline")
@click.argument("source")
@click.option("--out", type=click.Path(), help="Folder of results.  [default: baseline/MODEL beside it]")
@click.option("--model", default="tiny", show_default=True, help="'tiny', a folder, or a model's name on the Hub.")
@click.option(
    "--forget", type=int, help="The forget set, in percent of the people.  [default: 10, or the smallest there is]"
)
@click.option(
    "--methods",
    callback=_split,
    help="Names or my_package:MyMethod, separated by commas.  [default: ga,graddiff,kl,npo]",
)
@click.option(
    "--attacks",
    callback=_split,
    help="Names or my_package:MyAttack, separated by commas.  [default: membership inference]",
)
@click.option("--modality", type=click.Choice(["image", "text"]), help="Unlearn from one modality alone.")
@click.option(
    "--lora", type=click.IntRange(min=1), help="Train a low-rank adapter of this rank instead of all weights."
)
@click.option("--precision", type=click.Choice(["auto", "fp32", "bf16", "fp16"]), help="Number format to train in.")
@click.option("--seed", type=click.IntRange(min=0), help="First seed.  [default: 0]")
@click.option("--seeds", type=click.IntRange(min=1), help="How many seeds.  [default: 1]")
@_settings_option("Any setting, such as train.lr=1e-5")
@click.option("--tune", is_flag=True, help="First tune every method by the same protocol, on other people.")
@click.option(
    "--general",
    callback=_split,
    help="Tasks of lmms-eval that measure general ability, separated by commas: mmmu_val,pope.",
)
@click.option("--evaluate-only", is_flag=True, help="Evaluate the model as it is; train nothing.")
@click.option("--judge", metavar="MODEL", help="Have this language model rate the open answers.")
@click.option("--base-url", help="The judge's server, ending in /v1.  [default: OpenAI's own]")
@click.option("--api-key-file", type=click.Path(), help="A file with its key.  [default: OPENAI_API_KEY]")
@click.option("--max-cost", type=click.FloatRange(min=0), help="Stop before the judge costs more than this.")
@click.option("--reference", type=click.Path(), help="A TOML file of published figures to stand beside ours.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Models made side by side.  [default: one for each processor for 'tiny', otherwise 1]",
)
@click.option("--rescore", is_flag=True, help="Remake the report from the stored outputs, without any model.")
@click.option("--resume/--fresh", default=True, help="Keep finished models, or delete them first.  [default: resume]")
def baseline_command(source: str, resume: bool, **given: Any) -> None:
    """Fine-tune, unlearn and evaluate a model on SOURCE: a run, a release or ORGANISATION/NAME@v1.0.0.

    After a stop or a crash, the same command continues; finished models are kept.
    """
    click.echo(builder.run_baseline(source, fresh=not resume, **given))


@cli.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path())
@click.option("--out", type=click.Path(), default="comparison", show_default=True, help="Folder of the leaderboard.")
@click.option("--mix", is_flag=True, help="Allow runs of different releases or settings.")
@click.option(
    "--eval-results",
    metavar="ORGANISATION/NAME",
    help="Also write the Hub's evaluation results of every model on the release published there.",
)
def compare(runs: tuple[str, ...], out: str, mix: bool, eval_results: str | None) -> None:
    """Lay the baseline runs in the folders RUN... side by side as one leaderboard.

    Runs may differ in methods, models and seeds. Other differences are named and refused without --mix.
    """
    click.echo(builder.compare(runs, out, mix=mix, eval_results=eval_results))


@cli.command("list")
@click.argument("kind", metavar="KIND")
def list_command(kind: str) -> None:
    """List what can be chosen by name: name, origin and description.

    KIND is methods, metrics, attacks, layouts, importers, painters, writers, recipes, audits or tasks.
    """
    from builder.base import recipe as recipes
    from builder.base import registry

    if kind == "recipes":
        click.echo(registry.table(recipes.described()))
    elif kind in _REGISTRIES:
        click.echo(registry.table(registry.at(_REGISTRIES[kind]).described()))
    else:
        raise CallError(registry.unknown("kind", kind, (*_REGISTRIES, "recipes")))


_REGISTRIES = {
    "tasks": "builder.tasks:TASKS",
    "methods": "builder.baseline.methods:METHODS",
    "metrics": "builder.baseline.metrics.item_metrics:METRICS",
    "attacks": "builder.baseline.attacks:ATTACKS",
    "layouts": "builder.release.exports:LAYOUTS",
    "importers": "builder.imports:IMPORTERS",
    "painters": "builder.base.makers:PAINTERS",
    "writers": "builder.base.makers:WRITERS",
    "audits": "builder.audit.registry:AUDITS",
}
"""Where the registry of each kind lies."""


@cli.group("recipe")
def recipe_group() -> None:
    """Show recipes: every setting, its value and what it does."""


@recipe_group.command("show")
@click.argument("recipe", default="mllmu")
@_settings_option("Any setting of the recipe")
def recipe_show(recipe: str, settings: dict[str, Any]) -> None:
    """Print RECIPE with every setting. To start your own: `recipe show mllmu > my.toml`."""
    from builder.base import recipe as recipes

    click.echo(recipes.to_toml(builder.load_recipe(recipe, settings), documented=True), nl=False)


@cli.group("figures")
def figures_group() -> None:
    """Public figures: where real people's facts and pictures come from."""


@figures_group.command("fetch")
@click.option("--out", default="figures", show_default=True, type=click.Path(), help="Folder of the references.")
@click.option("--contact", required=True, help="An e-mail or web address of yours; both sites ask for one.")
@click.option("--count", type=click.IntRange(min=1), help="Only the first so many.  [default: everybody]")
@click.option("--with-pictures", is_flag=True, help="Download the pictures, too, and check each by its sha1.")
@click.option("--check", is_flag=True, help="Compare what was fetched with what the sites say now.")
def figures_fetch(out: str, contact: str, count: int | None, with_pictures: bool, check: bool) -> None:
    """Look up the public figures in Wikidata and Wikimedia Commons, and store references to items and pictures.

    After a stop or a crash, the same command continues; nothing is asked twice. --check exits with 1 if something
    no longer holds.
    """
    if not check:
        click.echo(builder.fetch_figures(out, contact=contact, count=count, with_pictures=with_pictures))
        return
    if count is not None or with_pictures:
        raise CallError("--check looks at all that is in the folder; leave out --count and --with-pictures.")
    checked = builder.check_figures(out, contact=contact)
    click.echo(checked)
    if not checked.sound:
        raise click.exceptions.Exit(1)


@figures_group.command("embed")
@click.argument("source")
@click.option("--to", required=True, type=click.Path(), help="The copy: a new folder.")
@click.option("--figures", default="figures", show_default=True, type=click.Path(), help="Folder of the files.")
@click.option("--contact", required=True, help="An e-mail or web address of yours; Wikimedia asks for one.")
def figures_embed(source: str, to: str, figures: str, contact: str) -> None:
    """Copy the release SOURCE, with the pictures that it refers to; each is checked by its sha1.

    After a stop or a crash, the same command continues; no file is downloaded twice.
    """
    click.echo(builder.embed_figures(source, to, folder=figures, contact=contact))


def main() -> None:
    """The entry point of the command `build-bench`."""
    cli()
