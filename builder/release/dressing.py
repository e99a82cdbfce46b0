"""Writes what describes the rows of a release: the card with its sample, Croissant metadata, eval.yaml.

`generate` writes it without a stamp beside the rows; publishing writes it again, with the version and the audit.
"""

from pathlib import Path

from builder.base.recipe import Recipe
from builder.release import card, croissant, eval_tasks, front_matter, public_figures, sample
from builder.release.contents import Contents
from builder.release.manifest import sha256
from builder.release.sizes import weigh
from builder.release.stamp import UNSTAMPED, Stamp
from builder.run.files import replacing, write_text

CARD = "README.md"
CROISSANT = "croissant.json"
TASKS = "eval.yaml"


def dress(
    rows: Path, out: Path, recipe: Recipe, contents: Contents, made_with: dict[str, str], stamp: Stamp = UNSTAMPED
) -> None:
    """Write descriptions of the Parquet files in `rows` to `out`, which may be the same folder."""
    weights = weigh(rows, contents)
    shown = sample.take(rows, contents)
    for _, name, image in shown.portraits:
        with replacing(out / name) as temporary:
            temporary.write_bytes(image)
    head = front_matter.render(recipe, contents, weights)
    body = card.render(recipe, contents, shown, public_figures.pictured(rows, contents), made_with, stamp)
    write_text(out / CARD, f"---\n{head}---\n\n{body}")
    sums = {name: (weight.stored, sha256(rows / name)) for name, weight in weights.items()}
    write_text(out / CROISSANT, croissant.render(recipe, contents, sums, stamp))
    write_text(out / TASKS, eval_tasks.render(recipe, contents))
