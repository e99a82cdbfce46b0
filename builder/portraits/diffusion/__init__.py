"""The diffusers painter: any text-to-image pipeline of the `diffusers` package, loaded only when it paints."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from builder.base.recipe import Recipe
from builder.portraits.painter import Order, PainterSpec
from builder.run.fetching import Fetcher
from builder.run.made_on import MadeOn


def _studio(
    recipe: Recipe, shelf_of: Callable[[Order], Path], setting: str, made_on: MadeOn
) -> AbstractContextManager[Fetcher]:
    from builder.portraits.diffusion.studio import DiffusionStudio

    return DiffusionStudio(recipe, shelf_of, setting, made_on)


DIFFUSERS = PainterSpec(
    what="runs any text-to-image pipeline of diffusers, as [diffusion] says",
    recipe_parts=("diffusion",),
    files={"portraits": ("prompts/portrait.j2", "prompts/portrait_edit.j2")},
    libraries=("diffusers", "torch", "transformers"),
    model_key="diffusion.model",
    studio=_studio,
    photographic=True,
)
