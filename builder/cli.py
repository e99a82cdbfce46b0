"""The command line: parse, call, print. Heavy imports happen inside the commands, so that --help is instant."""

import sys
from pathlib import Path
from typing import Any

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
        except Exception as error:
            from builder.run.files import full_disk

            if not full_disk(error):
                raise
            message = f"the disk is full ({error}). Free some space and run the same command to continue."
            raise _Shown(message, 1) from error
        except KeyboardInterrupt:
            message = "stopped. Everything finished is kept; run the same command to continue."
            raise _Shown(message, 130) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(builder.__version__, prog_name="build-bench")
def cli() -> None:
    """Build, publish and check multimodal-unlearning benchmarks about people who do not exist."""


@cli.command()
@click.argument("recipe", default="mllmu")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run.  [default: outputs/<recipe's name>]")
@click.option("--seed", type=int, help="A different seed makes different people.")
@click.option("--profiles", type=int, help="How many people; the same as --set profiles.count=N.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any setting of the recipe; repeatable.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
@click.option("--painter", type=click.Choice(["offline", "diffusers"]), help="What makes the portraits.")
@click.option("--painter-model", help="The painter's pipeline: a Hub id or a folder.")
@click.option("--device", help="Where the painter's model runs: auto, cpu, mps, cuda, cuda:1.")
@click.option("--writer", type=click.Choice(["offline", "openai"]), help="What words the texts.")
@click.option("--writer-model", help="The writer's language model, as its server calls it.")
@click.option("--base-url", help="The writer's server, ending in /v1.  [default: OpenAI's own]")
@click.option("--api-key-file", type=click.Path(path_type=Path), help="A file with the key.  [default: OPENAI_API_KEY]")
@click.option("--estimate", is_flag=True, help="Print the number of requests and their cost; send nothing.")
@click.option("--max-cost", type=click.FloatRange(min=0), help="Stop before the writer's model costs more than this.")
@click.option("--batch", is_flag=True, help="Use the Batch API: half the price, within a day.")
@click.option("--judge", type=click.IntRange(min=1), metavar="N", help="Have a model rate the texts of N people.")
@click.option("--wikidata", is_flag=True, help="Look up every name in Wikidata first; rename those found.")
@click.option("--model", help="The model of the writer or painter just chosen: --painter diffusers --model ID.")
def generate(
    recipe: str,
    out: Path | None,
    seed: int | None,
    profiles: int | None,
    settings: tuple[str, ...],
    workers: int | None,
    painter: str | None,
    painter_model: str | None,
    device: str | None,
    writer: str | None,
    writer_model: str | None,
    base_url: str | None,
    api_key_file: Path | None,
    estimate: bool,
    max_cost: float | None,
    batch: bool,
    judge: int | None,
    wikidata: bool,
    model: str | None,
) -> None:
    """Make a benchmark from RECIPE: the name of a bundled recipe or a TOML file.

    After a stop or a crash, the same command continues where it left off. If the recipe changed, only what the
    change affects is made again.
    """
    from builder.base import recipe as recipes
    from builder.pipeline import generation

    asked = {
        "seed": seed,
        "profiles.count": profiles,
        "portraits.painter": painter,
        "diffusion.model": painter_model,
        "diffusion.device": device,
        "writer.kind": writer,
        "chat.model": writer_model,
        "chat.base_url": base_url,
        **_model_for({"painter": ("diffusion.model", painter), "writer": ("chat.model", writer)}, model),
    }
    resolved = recipes.load(recipe, settings, {key: value for key, value in asked.items() if value is not None})
    only_for_models = (writer_model, base_url, api_key_file, estimate or None, max_cost, batch or None, judge)
    if resolved.writer.kind == "offline" and any(option is not None for option in only_for_models):
        raise CallError("The offline writer uses no model; add --writer openai.")
    if estimate:
        from builder.pipeline import estimate as estimates

        click.echo(estimates.describe(estimates.estimate(resolved)))
        return
    from builder.llm.remote.access import Access

    folder = out or Path("outputs") / resolved.name
    access = Access(api_key_file, max_cost, batch, judge or 0)
    summary = generation.generate(resolved, folder, workers, access, wikidata=wikidata)
    click.echo(generation.describe(summary))


def _model_for(makers: dict[str, tuple[str, str | None]], model: str | None) -> dict[str, str]:
    """The knob that --model sets: that of the one maker who is named and is not offline."""
    if model is None:
        return {}
    named = [name for name, (_, kind) in makers.items() if kind not in (None, "offline")]
    if len(named) != 1:
        options = " or ".join(f"--{name}-model" for name in makers)
        raise CallError(
            f"--model needs exactly one of --painter and --writer that is not offline; use {options} instead."
        )
    return {makers[named[0]][0]: model}


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
def status(run: Path) -> None:
    """Show what of RUN is done, what failed and why, and what is left."""
    from builder.pipeline import generation

    click.echo(generation.describe_status(run))


@cli.command("audit")
@click.argument("path", metavar="RUN|RELEASE", type=click.Path(path_type=Path))
@click.option(
    "--names", type=click.Path(path_type=Path), help="A text file with more names that nobody may have, one per line."
)
@click.option("--wikidata", is_flag=True, help="Also look up the people and organisations in Wikidata.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def audit_command(path: Path, names: Path | None, wikidata: bool, workers: int | None) -> None:
    """Check whether the benchmark in RUN or RELEASE is sound, and write the report to audit.json.

    Exits with 1 if a check fails.
    """
    from builder import audit

    report, kept = audit.audit_path(path, names, workers, wikidata=wikidata)
    click.echo(audit.describe(report, kept, every=True))
    if not report.passed:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
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
    run: Path, repo: str, version: str | None, dry_run: bool, public: bool, create_pr: bool, allowed: tuple[str, ...]
) -> None:
    """Publish RUN as a version that never changes: one commit, one tag.

    After an interruption, the same command finishes the work. Running it twice changes nothing.
    """
    from builder.hub.command import publish as publish_run
    from builder.hub.publishing import Request
    from builder.hub.versions import Version
    from builder.questions import check_questions

    request = Request(Version.parse(version) if version else None, public, create_pr)
    click.echo(publish_run(run, repo, request, check_questions, dry_run=dry_run, allowed=allowed))


@cli.command()
@click.argument("source")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def verify(source: str, workers: int | None) -> None:
    """Check every file, record, law and split of SOURCE: a run, a release, or ORGANISATION/NAME@v1.0.0.

    Exits with 1 if anything is wrong, and names the file and the row.
    """
    from builder.hub.command import verify as verify_source
    from builder.questions import check_questions

    sound, report = verify_source(source, check_questions, workers)
    click.echo(report)
    if not sound:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Show what changed from BEFORE to AFTER: people, questions, images, schemas.

    Each is a run, a release, or ORGANISATION/NAME@v1.0.0.
    """
    from builder.hub.command import diff as diff_sources

    click.echo(diff_sources(before, after))


@cli.command("preview")
@click.argument("path", metavar="RUN|RELEASE", type=click.Path(path_type=Path))
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def preview_command(path: Path, open_it: bool, workers: int | None) -> None:
    """Build a page to browse RUN or RELEASE: a static site that needs no network."""
    from builder import preview

    index = preview.preview_path(path, workers)
    click.echo(f"{index}")
    if open_it:
        click.launch(index.resolve().as_uri())


@cli.command()
@click.argument("source")
@click.option("--layout", required=True, help="A name of 'build-bench list layouts', or my_package:write.")
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
def export(source: str, layout: str, to: Path) -> None:
    """Write SOURCE in the layout of a tool: a run, a release, or ORGANISATION/NAME@v1.0.0."""
    from builder.hub.sources import open_source
    from builder.release.exports import export as export_release

    notes = export_release(open_source(source).release, layout, to)
    click.echo("\n".join([f"{source} is in {to}, in the layout {layout}.", *(f"Note: {note}." for note in notes)]))


@cli.command("baseline")
@click.argument("source")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of results.  [default: baseline/MODEL beside it]")
@click.option("--model", default="tiny", show_default=True, help="'tiny', a folder, or a model's name on the Hub.")
@click.option("--forget", type=int, help="The forget set, in percent of the people.  [default: 10]")
@click.option("--methods", help="With commas between: names, or my_package:MyMethod.  [default: ga,graddiff,kl,npo]")
@click.option("--attacks", help="With commas between: names, or my_package:MyAttack.  [default: membership inference]")
@click.option(
    "--lora", type=click.IntRange(min=1), help="Train a low-rank adapter of this rank instead of all weights."
)
@click.option("--precision", type=click.Choice(["auto", "fp32", "bf16", "fp16"]), help="Number format to train in.")
@click.option("--seed", type=click.IntRange(min=0), help="First seed.  [default: 0]")
@click.option("--seeds", type=click.IntRange(min=1), help="How many seeds.  [default: 1]")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any setting, such as train.lr=1e-5; repeatable."
)
@click.option("--tune", is_flag=True, help="First tune every method by the same protocol, on other people.")
@click.option("--general", help="Tasks of lmms-eval that measure general ability, with commas between: mmmu_val,pope.")
@click.option("--evaluate-only", is_flag=True, help="Evaluate the model as it is; train nothing.")
@click.option("--judge", metavar="MODEL", help="Have this language model rate the open answers.")
@click.option("--base-url", help="The judge's server, ending in /v1.  [default: OpenAI's own]")
@click.option("--api-key-file", type=click.Path(path_type=Path), help="A file with its key.  [default: OPENAI_API_KEY]")
@click.option("--max-cost", type=click.FloatRange(min=0), help="Stop before the judge costs more than this.")
@click.option("--rescore", is_flag=True, help="Remake the report from the stored outputs, without any model.")
@click.option("--resume/--fresh", default=True, help="Keep finished models, or delete them first.  [default: resume]")
def baseline_command(
    source: str,
    out: Path | None,
    settings: tuple[str, ...],
    judge: str | None,
    base_url: str | None,
    api_key_file: Path | None,
    max_cost: float | None,
    rescore: bool,
    resume: bool,
    **given: Any,
) -> None:
    """Fine-tune, unlearn and evaluate a model on SOURCE: a run, a release or ORGANISATION/NAME@v1.0.0.

    After a stop or a crash, the same command continues; finished models are kept.
    """
    from builder import baseline

    baseline.check_installed()
    from builder.baseline.command import baseline as run_baseline
    from builder.hub.command import verify as verify_source
    from builder.hub.sources import open_source
    from builder.llm.remote.access import Access
    from builder.questions import check_questions

    release = open_source(source).release.path
    sound, report = verify_source(source, check_questions)
    if not sound:
        raise BenchError(report)
    given = {key: value for key, value in given.items() if value is not None}
    if judge is not None:
        given["judge"] = {"model": judge, **({"base_url": base_url} if base_url else {})}
    elif any(option is not None for option in (base_url, api_key_file, max_cost)):
        raise CallError("--base-url, --api-key-file and --max-cost are for a judge; name its model with --judge.")
    here = Path(source) if Path(source).is_dir() else None
    access = Access(api_key_file, max_cost)
    click.echo(run_baseline(release, given, settings, out, home=here, fresh=not resume, rescore=rescore, access=access))


@cli.command("list")
@click.argument("kind", metavar="KIND")
def list_command(kind: str) -> None:
    """List what can be chosen by name: its name, whose it is and what it is.

    KIND is methods, metrics, attacks, layouts, painters, writers, recipes, audits or tasks.
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
    "methods": "builder.baseline.methods:METHODS",
    "attacks": "builder.baseline.attacks:ATTACKS",
    "layouts": "builder.release.exports:LAYOUTS",
    "audits": "builder.audit.registry:AUDITS",
}
"""Where the registry of each kind lies."""


@cli.group("recipe")
def recipe_group() -> None:
    """Show recipes: every setting, its value and what it does."""


@recipe_group.command("show")
@click.argument("recipe", default="mllmu")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any setting of the recipe; repeatable.")
def recipe_show(recipe: str, settings: tuple[str, ...]) -> None:
    """Print RECIPE with every setting. To start your own: `recipe show mllmu > my.toml`."""
    from builder.base import recipe as recipes

    click.echo(recipes.to_toml(recipes.load(recipe, settings), documented=True), nl=False)


def main() -> None:
    """The entry point of the command `build-bench`."""
    cli()
