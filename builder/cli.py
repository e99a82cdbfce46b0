"""The command line: parse, call, print. Heavy imports happen inside the commands, so that --help is instant."""

import sys
from pathlib import Path
from typing import Any

import click

import builder
from builder.errors import BenchError


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
        except KeyboardInterrupt:
            message = "stopped. Everything finished is kept; the same command goes on from there."
            raise _Shown(message, 130) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(builder.__version__, prog_name="build-bench")
def cli() -> None:
    """Build, publish and check multimodal-unlearning benchmarks about people who do not exist."""


@cli.command()
@click.argument("recipe", default="mllmu")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run.  [default: outputs/<recipe's name>]")
@click.option("--seed", type=int, help="Another seed makes another world of people.")
@click.option("--profiles", type=int, help="How many people; the same as --set profiles.count=N.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any knob of the recipe; may be repeated.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def generate(
    recipe: str,
    out: Path | None,
    seed: int | None,
    profiles: int | None,
    settings: tuple[str, ...],
    workers: int | None,
) -> None:
    """Make a benchmark from RECIPE, a bundled one's name or a TOML file, and lay out its splits.

    Stopped or killed, the same command goes on where it was. A changed recipe makes again only what the change
    touches.
    """
    from builder import generation
    from builder import recipe as recipes

    overrides = {key: value for key, value in (("seed", seed), ("profiles.count", profiles)) if value is not None}
    resolved = recipes.load(recipe, settings, overrides)
    folder = out or Path("outputs") / resolved.name
    summary = generation.generate(resolved, folder, workers)
    click.echo(generation.describe(summary))


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
def status(run: Path) -> None:
    """Say what of RUN is made, what failed and why, and what is left."""
    from builder import generation

    click.echo(generation.describe_status(run))


@cli.command("audit")
@click.argument("path", metavar="RUN|RELEASE", type=click.Path(path_type=Path))
@click.option(
    "--names", type=click.Path(path_type=Path), help="Further names that nobody may bear: a text file, one a line."
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one for each processor]")
def audit_command(path: Path, names: Path | None, workers: int | None) -> None:
    """Check whether the benchmark in RUN or RELEASE is sound, and keep the report in audit.json.

    Exits with 1 when a check fails.
    """
    from builder import audit

    report, kept = audit.audit_path(path, names, workers)
    click.echo(audit.describe(report, kept, every=True))
    if not report.passed:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--repo", required=True, help="ORGANISATION/NAME on the Hub, or a folder: ./somewhere.")
@click.option("--version", help="Three numbers, greater than the last.  [default: what the changes ask for]")
@click.option("--dry-run", is_flag=True, help="Say what would be published and what changed; send nothing.")
@click.option("--public", is_flag=True, help="Open the repository to all; without it a new one is private.")
@click.option("--create-pr", is_flag=True, help="Propose a pull request; tagged by the same command once merged.")
@click.option(
    "--allow-failed-audit", "allowed", multiple=True, metavar="CHECK", help="A check that may fail; may be repeated."
)
def publish(
    run: Path, repo: str, version: str | None, dry_run: bool, public: bool, create_pr: bool, allowed: tuple[str, ...]
) -> None:
    """Publish RUN as a version that never changes: one commit, one tag.

    Interrupted, the same command finishes the work; run twice, it changes nothing.
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

    Exits with 1 when anything is wrong, and names the file and the row.
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
    """Say what changed from BEFORE to AFTER: people, questions, images, schemas.

    Each is a run, a release, or ORGANISATION/NAME@v1.0.0.
    """
    from builder.hub.command import diff as diff_sources

    click.echo(diff_sources(before, after))


@cli.group("recipe")
def recipe_group() -> None:
    """Look at recipes: every knob, its value and what it does."""


@recipe_group.command("list")
def recipe_list() -> None:
    """Name the bundled recipes."""
    from builder import recipe as recipes

    for name in recipes.bundled_names():
        click.echo(name)


@recipe_group.command("show")
@click.argument("recipe", default="mllmu")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any knob of the recipe; may be repeated.")
def recipe_show(recipe: str, settings: tuple[str, ...]) -> None:
    """Print RECIPE with every knob: also the way to start one's own, `recipe show mllmu > my.toml`."""
    from builder import recipe as recipes

    click.echo(recipes.to_toml(recipes.load(recipe, settings), documented=True), nl=False)


def main() -> None:
    """The entry point of the command `build-bench`."""
    cli()
